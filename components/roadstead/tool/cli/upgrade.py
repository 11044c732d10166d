"""`roadstead upgrade`: the way to a newer Kubernetes."""

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
from roadstead.tool.offline.errors import InputError
from roadstead.tool.review.finding import Severity

if TYPE_CHECKING:
    from roadstead.tool.review.upgrade.plan import Plan


class Format(StrEnum):
    """What the way can be written as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"


def upgrade(
    to: Annotated[str, typer.Option("--to", help="Kubernetes version to go to, e.g. 1.37.")],
    project: ProjectFolder = Path(),
    stack: Stacks = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="What to write. Default: what the name of the file ends with, or terminal."),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(help="File to write to; may be given more than once. Default: standard output."),
    ] = None,
    fail_on: FailOn = Severity.ERROR,
) -> None:
    """Show what stands between the stacks and another version of Kubernetes, and the changes to make, in their order.

    Reads the program and tables of facts: no Pulumi CLI, no credential, no network; docs/upgrade.md has what that leaves
    to look at. Ends with 0; with 3 where there are findings as bad as --fail-on; with 2 for bad input; with 1 where a
    program fails.
    """
    with telling_errors():
        from roadstead.tool.review import upgrading

        files = formats(out or [], form, Format)
        with Console(stderr=True).status("rendering every stack"):
            plan, wrong = upgrading.way_to(project, to, stack or [], date.today())
        if files:
            wrong = [*write((file, partial(_text, plan, form, color=False)) for file, form in files.items()), *wrong]
        else:
            typer.echo(_text(plan, form or Format.TERMINAL, color=True), nl=False)
        if wrong:
            raise InputError("\n".join(wrong))
    end_for((finding for one in plan.stacks for finding in one.findings), fail_on)


def _text(plan: "Plan", form: Format, *, color: bool) -> str:
    from roadstead.tool.review.reports import upgrade_json, upgrade_markdown, upgrade_terminal

    if form is Format.MARKDOWN:
        return upgrade_markdown.report(plan)
    if form is Format.JSON:
        return upgrade_json.report(plan)
    return upgrade_terminal.report(plan, color=color)
