"""`roadstead diff`: what a change would do to every stack."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from roadstead.cli.exits import telling_errors
from roadstead.cli.preview import ProjectFolder
from roadstead.cli.reporting import end_for, write
from roadstead.offline.errors import InputError
from roadstead.review.finding import Severity

if TYPE_CHECKING:
    from roadstead.review.review import Review

DEFAULT_BASE = "HEAD"
DEFAULT_PAGE = Path("build", "diff.html")


class Format(StrEnum):
    """What a review can be written as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    SARIF = "sarif"


def diff(
    project: ProjectFolder = Path(),
    base: Annotated[
        str | None, typer.Option(help="Revision to compare the files here with. Default: HEAD, the last commit.")
    ] = None,
    stack: Annotated[
        list[str] | None, typer.Option("--stack", "-s", help="A stack; may be given more than once. Default: all.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.TERMINAL,
    out: Annotated[
        Path | None, typer.Option(help="File to write to. Default: standard output; for html build/diff.html.")
    ] = None,
    fail_on: Annotated[Severity, typer.Option(help="End with 3 for findings as bad as this.")] = Severity.ERROR,
    from_pulumi: Annotated[
        Path | None,
        typer.Option(help="Instead of rendering: a file with the output of `pulumi preview --json --show-sames`."),
    ] = None,
) -> None:
    """Show what the files here would change in every stack, compared with a revision, and what the rules say of it.

    Every stack is rendered at both revisions with the code of each: no Pulumi CLI, no credential, no network. Ends with
    0; with 3 where there are findings as bad as --fail-on; with 2 for bad input; with 1 where a program fails.
    """
    with telling_errors():
        from roadstead.review import reviewing

        if from_pulumi is None:
            with Console(stderr=True).status("rendering every stack at both revisions"):
                review, wrong = reviewing.against_revision(project, base or DEFAULT_BASE, stack or [], date.today())
        elif base or stack:
            raise InputError("--from-pulumi: the file says what is compared with what; leave --base and --stack out")
        else:
            review, wrong = reviewing.of_preview(project, from_pulumi, date.today())
        if form is Format.HTML:
            out = out or project / DEFAULT_PAGE
        write(_text(review, form, project, color=out is None), out)
        if wrong:
            raise InputError("\n".join(wrong))
    end_for((finding for reviewed in review.stacks for finding in reviewed.findings), fail_on)


def _text(review: "Review", form: Format, project: Path, *, color: bool) -> str:
    from roadstead.review.reports import as_json, html, markdown, page, sarif, terminal

    if form is Format.HTML:
        return html.report(review, {stack.diff.stack: page.extra(stack.diff) for stack in review.stacks})
    if form is Format.MARKDOWN:
        return markdown.report(review)
    if form is Format.JSON:
        return as_json.report(review)
    if form is Format.SARIF:
        return sarif.report(review, project)
    return terminal.report(review, color=color)
