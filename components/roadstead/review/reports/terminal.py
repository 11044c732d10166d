"""A review in a terminal: the summary first, then what the rules say, then every change."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from roadstead.review.change import Change, Kind
from roadstead.review.cost.bill import Cost
from roadstead.review.finding import Finding, Severity
from roadstead.review.reports import lines, money
from roadstead.review.reports.lines import details, heading, named_urn
from roadstead.review.review import (
    BY_RISK,
    Review,
    StackReview,
    by_team,
    findings_summary,
    summary_of,
    there_before,
    to_read,
)
from roadstead.review.waivers import Waived

VALUE_LENGTH = 100
_STYLES = {
    Kind.REPLACE: "red",
    Kind.MAY_REPLACE: "red",
    Kind.DELETE: "red",
    Kind.UPDATE: "yellow",
    Kind.CREATE: "green",
    Kind.MOVE: "cyan",
}
_SEVERITIES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def report(review: Review, *, color: bool) -> str:
    """A review as text, in colours where standard output shows them and they are wanted."""
    console = console_for(color=color)
    with console.capture() as captured:
        _show(review, console)
    return captured.get()


def console_for(*, color: bool) -> Console:
    """What text is written with."""
    if color:
        return Console(soft_wrap=True, highlight=False, emoji=False, markup=False)
    return Console(soft_wrap=True, highlight=False, emoji=False, markup=False, no_color=True, width=120)


def _show(review: Review, console: Console) -> None:
    console.print(f"Compared with {review.base}.", style="dim")
    for note in review.notes:
        console.print(f"note: {note}", style="yellow")
    for stack in review.stacks:
        _summary(stack, console)
    for stack in review.stacks:
        if stack.diff.changes or stack.findings or stack.waived:
            _stack(stack, console)


def _summary(stack: StackReview, console: Console) -> None:
    found = findings_summary(stack.findings)
    console.print(f"\n{stack.diff.stack}: {summary_of(stack.diff)}{f'; {found}' if found else ''}", style="bold")
    for note in stack.notes:
        console.print(f"  {note}", style="yellow")
    teams = by_team(stack.diff)
    if teams:
        _counts(stack, teams, console)
    if stack.cost:
        _cost(stack.cost, console, with_teams=bool(teams))


def _counts(stack: StackReview, teams: Mapping[str, list[Change]], console: Console) -> None:
    kinds = [kind for kind in BY_RISK if any(change.kind is kind for change in stack.diff.changes)]
    table = Table("", *kinds, box=None, pad_edge=True)
    for team, changes in teams.items():
        counts = [sum(change.kind is kind for change in changes) for kind in kinds]
        table.add_row(team, *(str(count or "") for count in counts))
    console.print(table)


def _cost(cost: Cost, console: Console, *, with_teams: bool) -> None:
    """What it costs, and where something changes or is new by team too."""
    console.print(f" {money.headline(cost)}")
    if cost.now is None:
        return
    if with_teams:
        table = Table("", box=None, pad_edge=True)
        for heading in ("USD a month", "change"):
            table.add_column(heading, justify="right")
        for row in money.rows(cost):
            table.add_row(*row)
        console.print(table)
    console.print(f" {money.prices(cost.now)}", style="dim")


def _stack(stack: StackReview, console: Console) -> None:
    console.print(f"\n── {stack.diff.stack}", style="dim")
    show_findings(stack.findings, stack.waived, console)
    for team, changes in by_team(stack.diff).items():
        console.print(f"{team}:", style="bold")
        for change in changes:
            _change(change, console)


def show_findings(findings: Sequence[Finding], waived: Sequence[Waived], console: Console) -> None:
    """What the rules say, and what somebody answers for."""
    for finding in to_read(findings):
        _finding(finding, console)
    for severity, rule, names in lines.by_rule(there_before(findings)):
        console.print(f"{severity} {rule}, there before: {names}", style="dim")
    for finding, waiver in waived:
        where = f"{finding.rule}: {named_urn(finding.resource)}"
        console.print(f"waived until {waiver['expires']} by {waiver['person']}: {where}", style="dim")


def _finding(finding: Finding, console: Console) -> None:
    place = ": ".join(filter(None, [finding.file, finding.key]))
    console.print(f"{finding.severity}", style=_SEVERITIES[finding.severity], end="")
    before = "" if finding.is_new else ", there before"
    console.print(f" {finding.rule}{before}: {named_urn(finding.resource)}{f' ({place})' if place else ''}")
    console.print(f"    {finding.what}")
    console.print(f"    {finding.do}")


def _change(change: Change, console: Console) -> None:
    console.print(f"  {heading(change)}", style="dim" if change.is_consequence else _STYLES[change.kind])
    for line in details(change, VALUE_LENGTH):
        console.print(f"      {line}", style="dim" if change.is_consequence else None)
