"""What a stack costs in a month, and which team how much of it; what goes by use is named and not counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import NamedTuple

from roadstead.cluster.capacity import allocatable
from roadstead.core.quantities import NOTHING, Amount
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.capacity.matching import takes
from roadstead.tool.review.cost.aws import aws_lines
from roadstead.tool.review.cost.balancers import balancer_lines
from roadstead.tool.review.cost.by_use import by_use
from roadstead.tool.review.cost.line import AWS, NOTHING_USD, Line, Stack
from roadstead.tool.review.cost.readable import readable
from roadstead.tool.review.cost.running import Running, running
from roadstead.tool.review.cost.volumes import claim_lines
from roadstead.tool.review.stacks import PLATFORM
from roadstead.tool.review.views.node_group import Node, node_groups, nodes
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.workload import DAEMON_SET, ENDING

ANYWHERE = ("",)
"""The zone of nodes of which it makes no difference."""
Shares = Mapping[str, Mapping[str, Fraction]]
"""By URN of a node group and by team: what part of the group's nodes is the team's."""


def in_cents(usd: Fraction) -> Fraction:
    """Rounded to the cent."""
    return Fraction(floor(usd * 100 + Fraction(1, 2)), 100)


class Span(NamedTuple):
    """USD a month: with every group's fewest nodes and every app's fewest replicas, and with the most of both."""

    least: Fraction = NOTHING_USD
    most: Fraction = NOTHING_USD

    def plus(self, other: "Span") -> "Span":
        """Both together."""
        return Span(self.least + other.least, self.most + other.most)

    def minus(self, other: "Span") -> "Span":
        """What is left of it without another one."""
        return Span(self.least - other.least, self.most - other.most)

    def __str__(self) -> str:
        return _range(f"{float(in_cents(usd)):,.2f}" for usd in self)

    @property
    def signed(self) -> str:
        """The same of a change: `+34.95 to +139.81`, `-3.65`, `0`."""
        return _range(f"{float(in_cents(usd)):+,.2f}" if in_cents(usd) else "0" for usd in self)


NO_MONEY = Span()


class Bill(NamedTuple):
    """What a stack costs in a month."""

    region: str
    lines: tuple[Line, ...]
    teams: Mapping[str, Span]
    """By team, the platform among them; together they are all of it."""
    by_use: tuple[str, ...] = ()
    """What costs money too, by how much it is used, and is not counted."""

    @property
    def total(self) -> Span:
        """Of the environment."""
        return _sum(_span(line) for line in self.lines)

    def part(self, team: str | None = None) -> Span:
        """A team's part; all of it without one."""
        return self.total if team is None else self.teams.get(team, NO_MONEY)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What no price is known for, and what therefore is not counted."""
        return tuple(dict.fromkeys(lack for line in self.lines for lack in line.lacks))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        return tuple(line.note for line in self.lines if line.note)


class Cost(NamedTuple):
    """What a stack costs at two revisions."""

    before: Bill | None
    """Nothing where it was not there or could not be rendered."""
    now: Bill | None
    """Nothing where it is gone."""

    def change(self, team: str | None = None) -> Span:
        """How much more it costs now, all of it or one team's part."""
        before, now = (bill.part(team) if bill else NO_MONEY for bill in self)
        return now.minus(before)


def cost(base: Graph | None, head: Graph | None, today: date) -> Cost | None:
    """What a stack costs at both revisions; nothing to say of a stack without AWS."""
    bills = [bill(graph, today) if graph and graph.of_type(AWS) else None for graph in (base, head)]
    return Cost(*bills) if any(bills) else None


def bill(graph: Graph, today: date) -> Bill:
    """A stack's bill, as prices and versions are on a day.

    A team pays for what is its own: what its component made (keys) and what is in its namespaces (balancers, volumes).
    Of each node group, nodes and root volumes, it pays the share that its pods ask for: half of the price goes by CPU
    and half by memory, as parts of what the nodes can give to pods, at the fewest and at the most. Pods that may run on
    several groups are spread over them as there is room. Where pods ask for more than there is, they share all of it.
    Jobs count at the most alone. What nobody asked for, and what the cluster's own pods take, is the platform's.
    """
    graph, hidden = readable(graph)
    runs, unread = running(graph)
    stack = Stack.of(graph, runs, today)
    unseen = (stack.unseen(made) for made in (*hidden, *unread))
    lines = (*aws_lines(stack), *balancer_lines(stack), *claim_lines(stack), *unseen)
    least, most = _shares(graph, runs, "minSize"), _shares(graph, runs, "maxSize")
    teams = sorted({*stack.owners.values(), *(line.team for line in lines)} - {PLATFORM})
    spent = dict.fromkeys((PLATFORM, *teams), NO_MONEY)
    for line in lines:
        whole, urn = _span(line), line.resource.urn
        for team, part in most.get(urn, {}).items():
            share = Span(whole.least * least.get(urn, {}).get(team, 0), whole.most * part)
            spent[team] = spent[team].plus(share)
            spent[line.team] = spent[line.team].minus(share)
        spent[line.team] = spent[line.team].plus(whole)
    return Bill(stack.region, lines, spent, by_use(graph))


def _shares(graph: Graph, runs: Sequence[Running], size: str) -> Shares:
    """What part of each group's nodes each team's pods ask for, with every group at its `minSize` or its `maxSize`."""
    rooms = {node.group.urn: (node, room) for node, room in _rooms(graph, size)}
    asked: dict[str, dict[str, Amount]] = {urn: {} for urn in rooms}
    for workload in runs:
        number = workload.most if size == "maxSize" else 0 if workload.kind in ENDING else workload.least
        fitting = {urn: room for urn, (node, room) in rooms.items() if takes(node, workload.placement, None)}
        whole = sum(room.cpu for room in fitting.values())
        if workload.kind == DAEMON_SET or not whole:
            continue
        for urn, room in fitting.items():
            wants, part = workload.requests.times(number), room.cpu / whole
            taken = asked[urn].get(workload.team, NOTHING)
            asked[urn][workload.team] = taken.plus(Amount(wants.cpu * part, wants.memory * part, 0))
    return {urn: _parts(rooms[urn][1], by_team) for urn, by_team in asked.items()}


def _parts(room: Amount, asked: Mapping[str, Amount]) -> dict[str, Fraction]:
    """Each team's part of what there is to share: what the nodes can give, or what is asked for where that is more."""
    total = NOTHING
    for amount in asked.values():
        total = total.plus(amount)
    cpu, memory = max(room.cpu, total.cpu), max(room.memory, total.memory)
    return {team: (amount.cpu / cpu + amount.memory / memory) / 2 for team, amount in asked.items() if team}


def _rooms(graph: Graph, size: str) -> Iterable[tuple[Node, Amount]]:
    """A node of each group that is not empty, and what all of the group's can give to pods."""
    for group in node_groups(graph):
        number = group.least if size == "minSize" else group.most
        # Where its nodes will be may stay open.
        made = nodes(replace(group, zones=ANYWHERE), 1)
        if isinstance(number, int) and number and not isinstance(made, Unread):
            yield made[0], allocatable(made[0].instance).times(number)


def _range(ends: Iterable[str]) -> str:
    return " to ".join(dict.fromkeys(ends))


def _span(line: Line) -> Span:
    return Span(line.unit_usd * line.least, line.unit_usd * line.most)


def _sum(spans: Iterable[Span]) -> Span:
    total = NO_MONEY
    for span in spans:
        total = total.plus(span)
    return total
