"""`roadstead diff`: what a change would do to every stack."""

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from roadstead.tool.cli.exits import FailOn, end_for, telling_errors
from roadstead.tool.cli.preview import ProjectFolder, Stacks
from roadstead.tool.cli.report_files import formats, write
from roadstead.tool.offline.errors import InputError, ProgramError
from roadstead.tool.review.finding import Severity

if TYPE_CHECKING:
    from roadstead.tool.review.review import Review

DEFAULT_BASE = "HEAD"
DEFAULT_PAGE = Path("build", "diff.html")
STACK = "{stack}"
"""In a file's name: one file for each stack, with its name here."""


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
    stack: Stacks = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="What to write. Default: what the name of the file ends with, or terminal."),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            help="File to write to; may be given more than once. {stack} in its name: a file for each stack. "
            "Default: standard output; for html build/diff.html."
        ),
    ] = None,
    fail_on: FailOn = Severity.ERROR,
    waivers: Annotated[
        bool, typer.Option("--waivers", help="Print a waiver of each finding too, to paste into infra/waivers.yaml.")
    ] = False,
    from_pulumi: Annotated[
        Path | None,
        typer.Option(help="Instead of rendering: a file with the output of `pulumi preview --json --show-sames`."),
    ] = None,
) -> None:
    """Show what the files here would change in every stack, compared with a revision, and what the rules say of it.

    Every stack is rendered at both revisions with the code of each: no Pulumi CLI, no credential, no network. Ends with
    0; with 3 where there are findings as bad as --fail-on; with 2 for bad input; with 1 where a program fails. The other
    stacks are reviewed all the same.
    """
    # As where a stack is rendered: looking through millions of values for garbage takes longer than the command lives.
    gc.disable()
    with telling_errors():
        from roadstead.tool.review import reviewing
        from roadstead.tool.review.reports import drafts

        files = formats(out or ([project / DEFAULT_PAGE] if form is Format.HTML else []), form, Format)
        if from_pulumi is None:
            with Console(stderr=True).status("rendering every stack at both revisions"):
                review = reviewing.against_revision(
                    project, DEFAULT_BASE if base is None else base, stack or [], date.today()
                )
        elif base is not None or stack:
            raise InputError("--from-pulumi: the file says what is compared with what; leave --base and --stack out")
        else:
            review = reviewing.of_preview(project, from_pulumi, date.today())
        wrong = write(texts(review, files, project)) if files else []
        if not files:
            typer.echo(_text(review, form or Format.TERMINAL, project, color=True), nl=False)
        if waivers:
            typer.echo(drafts.text(review), nl=False)
        _end_for_what_is_wrong(review, [*wrong, *review.problems])
    end_for((finding for reviewed in review.stacks for finding in reviewed.findings), fail_on)


def _end_for_what_is_wrong(review: "Review", wrong: list[str]) -> None:
    """A program that fails counts more than input that can be mended: nobody knows what its stack would be."""
    failed = [stack for stack in review.stacks if stack.failure is not None]
    said = "\n".join([*wrong, *(f"{stack.diff.stack}: {stack.failure}" for stack in failed)])
    if any(not stack.is_input for stack in failed):
        raise ProgramError(said)
    if said:
        raise InputError(said)


def texts(review: "Review", files: Mapping[Path, Format], project: Path) -> Iterator[tuple[Path, Callable[[], str]]]:
    """Each file with what makes its text."""
    for file, form in files.items():
        if STACK not in str(file):
            yield file, partial(_text, review, form, project, color=False)
            continue
        for stack in review.stacks:
            # A preview's file names the stack as it likes: the name must not lead to another folder.
            name = re.sub(r"[^A-Za-z0-9._-]", "-", stack.diff.stack)
            of_it = replace(review, stacks=(stack,))
            yield Path(str(file).replace(STACK, name)), partial(_text, of_it, form, project, color=False)


def _text(review: "Review", form: Format, project: Path, *, color: bool) -> str:
    from roadstead.tool.review.reports import as_json, html, markdown, page, sarif, terminal

    match form:
        case Format.HTML:
            extras = {stack.diff.stack: page.extra(stack.diff) for stack in review.stacks}
            return html.report(review, extras)
        case Format.MARKDOWN:
            return markdown.report(review)
        case Format.JSON:
            return as_json.report(review)
        case Format.SARIF:
            return sarif.report(review, project)
        case Format.TERMINAL:
            return terminal.report(review, color=color)
