"""A review in a terminal: the summary first, then what the rules say, then every change."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadstead.review.change import Change, Kind
from roadstead.review.cost.bill import Cost
from roadstead.review.finding import Finding, Severity
from roadstead.review.reports import lines, money
from roadstead.review.reports.lines import MAX_TEAMS, details, heading, named_urn, one_line
from roadstead.review.review import (
    BY_RISK,
    Review,
    StackReview,
    by_team,
    findings_summary,
    summary,
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


def show(console: Console, *parts: str | tuple[str, str], style: str = "", indent: int = 0) -> None:
    """A text, indented; what is too long for a terminal goes on below, at the end of a word where there is one.

    In a file or a pipe a line stays whole, for those who search in it.
    """
    for text in Text.assemble(*parts, style=style).split("\n"):
        text.plain = one_line(text.plain)
        room = max(20, console.width - indent)
        for line in text.wrap(console, room) if console.is_terminal else [text]:
            console.print(Text(" " * indent).append_text(line))


def _show(review: Review, console: Console) -> None:
    show(console, f"Compared with {review.base}.", style="dim")
    for note in review.notes:
        show(console, f"note: {note}", style="yellow")
    for stack in review.stacks:
        _summary(stack, console)
    for stack in review.stacks:
        if stack.diff.changes or stack.findings or stack.waived:
            _stack(stack, console)


def _summary(stack: StackReview, console: Console) -> None:
    found = findings_summary(stack.findings)
    console.print()
    show(console, f"{stack.diff.stack}: {summary_of(stack.diff)}{f'; {found}' if found else ''}", style="bold")
    for note in stack.notes:
        show(console, note, style="yellow", indent=2)
    teams = by_team(stack.diff)
    if teams:
        _counts(stack, teams, console)
    if stack.cost:
        _cost(stack.cost, console, with_teams=bool(teams))


def _counts(stack: StackReview, teams: Mapping[str, list[Change]], console: Console) -> None:
    kinds = [kind for kind in BY_RISK if any(change.kind is kind for change in stack.diff.changes)]
    table = _table(*kinds)
    for team in list(teams)[:MAX_TEAMS]:
        counts = [sum(change.kind is kind for change in teams[team]) for kind in kinds]
        table.add_row(team, *(str(count or "") for count in counts))
    console.print(table)
    others = [change for team in list(teams)[MAX_TEAMS:] for change in teams[team]]
    if others:
        show(console, f"{len(teams) - MAX_TEAMS} more teams: {summary(others)}", indent=1)


def _cost(cost: Cost, console: Console, *, with_teams: bool) -> None:
    """What it costs and, of the teams for which that changes or is new, by team."""
    show(console, money.headline(cost), indent=1)
    if cost.now is None:
        return
    rows = money.changed_rows(cost) if with_teams else []
    if rows:
        table = _table("USD a month", "change")
        for row in rows[: MAX_TEAMS + 1]:
            table.add_row(*row)
        console.print(table)
        if rows[MAX_TEAMS + 1 :]:
            show(console, f"{len(rows) - MAX_TEAMS - 1} more teams", indent=1)
    for says in (money.prices(cost.now), money.basis(cost.now)) if rows else (money.remarks(cost.now),):
        if says:
            show(console, says, style="dim", indent=1)


def _table(*columns: str) -> Table:
    table = Table("", box=None, pad_edge=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _stack(stack: StackReview, console: Console) -> None:
    console.print()
    show(console, f"── {stack.diff.stack}", style="dim")
    show_findings(stack.findings, stack.waived, console)
    for team, changes in by_team(stack.diff).items():
        show(console, f"{team}:", style="bold")
        for change in changes:
            _change(change, console)


def show_findings(findings: Sequence[Finding], waived: Sequence[Waived], console: Console) -> None:
    """What the rules say, and what somebody answers for."""
    for finding in to_read(findings):
        _finding(finding, console)
    for severity, rule, names in lines.by_rule(there_before(findings)):
        show(console, f"{severity} {rule}, there before: {names}", style="dim")
    for finding, waiver in waived:
        where = f"{finding.rule}: {named_urn(finding.resource)}"
        show(console, f"waived until {waiver['expires']} by {waiver['person']}: {where}", style="dim")


def _finding(finding: Finding, console: Console) -> None:
    place = ": ".join(filter(None, [finding.file, finding.key]))
    before = "" if finding.is_new else ", there before"
    about = f" {finding.rule}{before}: {named_urn(finding.resource)}{f' ({place})' if place else ''}"
    show(console, (finding.severity, _SEVERITIES[finding.severity]), about)
    show(console, finding.what, indent=4)
    show(console, finding.do, indent=4)


def _change(change: Change, console: Console) -> None:
    """What happens to a resource; of one that only follows others the heading says it all, but for an alias to add."""
    show(console, heading(change), style="dim" if change.is_consequence else _STYLES[change.kind], indent=2)
    if change.alias or not change.is_consequence:
        for line in details(change, VALUE_LENGTH):
            show(console, line, indent=6)
