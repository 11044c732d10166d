"""Whether a stack would cost more, and what nobody knows the price of."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.cost.bill import Bill, Cost, Span
from roadstead.tool.review.cost.line import Line
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.stacks import finding

INCREASE, MISSING = IDS = ("cost/increase", "cost/missing-price")
NOTE_USD, NOTE_PART = 10, Fraction(5, 100)
WARNING_USD, WARNING_PART = 100, Fraction(25, 100)
"""So much more a month, and so large a part of what it was: with the fewest nodes and replicas, or with the most."""


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What the month costs more. A stack that is new, or whose base could not be rendered, has nothing to compare with."""
    found = diff.cost if diff.base else None
    if diff.head and found and found.before and found.now:
        yield from _increase(diff.head, found, found.before, found.now)
        yield from _missing(diff.head, found.before, found.now)


def _increase(graph: Graph, found: Cost, before: Bill, now: Bill) -> Iterator[Finding]:
    for severity, usd, part in (
        (Severity.WARNING, WARNING_USD, WARNING_PART),
        (Severity.NOTE, NOTE_USD, NOTE_PART),
    ):
        rises = zip(found.change(), before.total, strict=True)
        if any(more >= usd and more >= was * part for more, was in rises):
            teams = {team: found.change(team) for team in now.teams}
            causes = [f"{team} {change.signed}" for team, change in _dearest_first(teams) if max(change) > 0]
            lacking = f", without {' and '.join(now.lacks)}" if now.lacks else ""
            what = (
                f"{graph.stack} would cost {now.total} USD a month instead of {before.total}{lacking}: "
                f"{', '.join(causes)}."
            )
            do = "Confirm it, or take fewer or smaller nodes."
            yield finding(graph, _cause(before, now), INCREASE, severity, what, do)
            return


def _missing(graph: Graph, before: Bill, now: Bill) -> Iterator[Finding]:
    """What a change brings; what had no price before stands in the report alone."""
    known: set[str] = set(before.lacks)
    for line in now.lines:
        for lack in line.lacks:
            if lack not in known:
                known.add(lack)
                what = f"{graph.stack} has {line.kind} that are not counted: no price for {lack}."
                do = "Renew the prices with roadstead facts refresh, or reckon it yourself."
                yield finding(graph, line.resource, MISSING, Severity.NOTE, what, do)


def _cause(before: Bill, now: Bill) -> Resource:
    """What costs most more than before; every bill that rose has a line that did."""
    was: dict[str, Fraction] = {}
    for line in before.lines:
        was[line.resource.urn] = was.get(line.resource.urn, Fraction(0)) + _most(line)
    rises: dict[str, Fraction] = {}
    for line in now.lines:
        urn = line.resource.urn
        rises[urn] = rises.get(urn, -was.get(urn, Fraction(0))) + _most(line)
    resources = {line.resource.urn: line.resource for line in now.lines}
    return resources[max(sorted(rises), key=lambda urn: rises[urn])]


def _most(line: Line) -> Fraction:
    # Both ends, so that a group whose smallest size alone rises is found too.
    return line.unit_usd * (line.least + line.most)


def _dearest_first(teams: Mapping[str, Span]) -> list[tuple[str, Span]]:
    return sorted(teams.items(), key=lambda item: (-max(item[1]), item[0]))
