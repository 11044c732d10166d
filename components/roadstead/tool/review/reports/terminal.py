"""A review in a terminal: the summary first, then what the rules say, then every change."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadstead.tool.review import together
from roadstead.tool.review.change import Change, Kind
from roadstead.tool.review.cost.bill import Cost
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.reports import lines, money
from roadstead.tool.review.reports.lines import MAX_TEAMS, details, heading, named_urn, one_line
from roadstead.tool.review.review import (
    BY_RISK,
    Review,
    StackReview,
    by_team,
    findings_summary,
    summary,
    summary_of,
    there_before,
)
from roadstead.tool.review.together import Together
from roadstead.tool.review.waivers import Waived

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
    """The summary, what the rules say, and then stack by stack what that is about."""
    show(console, f"Compared with {review.base}.", style="dim")
    for problem in review.problems:
        show(console, ("error: ", "bold red"), problem)
    for note in review.notes:
        show(console, ("note: ", "bold"), note, style="yellow")
    console.print()
    for stack in review.stacks:
        _summary(stack, console)
    listed = together.findings(review.stacks), together.findings(review.stacks, there_before)
    lifted = list(together.waived(review.stacks))
    if any((*listed, lifted)):
        console.print()
        show_findings(*listed, lifted, console, names_stacks=len(review.stacks) > 1)
    for stack in review.stacks:
        _numbers(stack, console)
    for alike in together.changes(review.stacks, VALUE_LENGTH):
        console.print()
        show(console, f"── {', '.join(alike.stacks)}", style="dim")
        for team, changes in alike.teams.items():
            show(console, f"{team}:", style="bold")
            for change in changes:
                _change(change, console)


def _summary(stack: StackReview, console: Console) -> None:
    found = findings_summary(stack.findings)
    show(console, f"{stack.diff.stack}: {summary_of(stack)}{f'; {found}' if found else ''}", style="bold")
    for note in stack.notes:
        show(console, note, style="yellow", indent=2)


def _numbers(stack: StackReview, console: Console) -> None:
    """How many changes of which kind, and what it costs."""
    teams = by_team(stack.diff)
    if teams or stack.cost:
        console.print()
        show(console, f"{stack.diff.stack}:", style="bold")
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


def show_findings(
    to_read: Sequence[Together],
    old: Sequence[Together],
    waived: Sequence[tuple[str, Waived]],
    console: Console,
    *,
    names_stacks: bool,
) -> None:
    """What the rules say, and what somebody answers for."""
    for each in to_read:
        _finding(each, console, names_stacks=names_stacks)
    for severity, rule, names in lines.by_rule(each.finding for each in old):
        show(console, f"{severity} {rule}, there before: {names}", style="dim")
    for stack, (finding, waiver) in waived:
        where = f"{finding.rule}{f' in {stack}' if names_stacks else ''}: {named_urn(finding.resource)}"
        show(console, f"waived until {waiver['expires']} by {waiver['person']}: {where}", style="dim")


def _finding(each: Together, console: Console, *, names_stacks: bool) -> None:
    finding, where = each.finding, f" in {each.where}" if names_stacks else ""
    place = lines.place(finding)
    about = f" {lines.about(finding)}{where}: {named_urn(finding.resource)}{f' ({place})' if place else ''}"
    show(console, (finding.severity, _SEVERITIES[finding.severity]), about)
    show(console, finding.what, indent=4)
    show(console, finding.do, indent=4)


def _change(change: Change, console: Console) -> None:
    """What happens to a resource; of one that only follows others the heading says it all, but for an alias to add."""
    show(console, heading(change), style="dim" if change.is_consequence else _STYLES[change.kind], indent=2)
    if change.alias or not change.is_consequence:
        for line in details(change, VALUE_LENGTH):
            show(console, line, indent=6)
