"""`roadstead diff`: what a change would do to every stack."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from roadstead.cli.exits import FOUND, telling_errors
from roadstead.cli.preview import ProjectFolder
from roadstead.cli.report_files import Format, formats, text, write
from roadstead.offline.errors import InputError
from roadstead.review.finding import Severity

DEFAULT_BASE = "HEAD"
DEFAULT_PAGE = Path("build", "diff.html")


def diff(
    project: ProjectFolder = Path(),
    base: Annotated[
        str | None, typer.Option(help="Revision to compare the files here with. Default: HEAD, the last commit.")
    ] = None,
    stack: Annotated[
        list[str] | None, typer.Option("--stack", "-s", help="A stack; may be given more than once. Default: all.")
    ] = None,
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

        files = formats(out or ([project / DEFAULT_PAGE] if form is Format.HTML else []), form)
        if from_pulumi is None:
            with Console(stderr=True).status("rendering every stack at both revisions"):
                review, wrong = reviewing.against_revision(project, base or DEFAULT_BASE, stack or [], date.today())
        elif base or stack:
            raise InputError("--from-pulumi: the file says what is compared with what; leave --base and --stack out")
        else:
            review, wrong = reviewing.of_preview(project, from_pulumi, date.today())
        if files:
            wrong = [*write(review, files, project), *wrong]
        else:
            typer.echo(text(review, form or Format.TERMINAL, project, color=True), nl=False)
        if wrong:
            raise InputError("\n".join(wrong))
    bad = list(Severity)[: list(Severity).index(fail_on) + 1]
    if any(finding.severity in bad for reviewed in review.stacks for finding in reviewed.findings):
        raise typer.Exit(FOUND)
