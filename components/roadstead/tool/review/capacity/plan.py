"""Whether what a stack runs has a place on the nodes that its groups may have. Numbers and verdicts, no findings."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from roadstead.cluster.capacity import allocatable
from roadstead.core.placement import SPOT_TAINT_KEY
from roadstead.core.quantities import NOTHING, Amount
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.capacity.bound import fits_in_any_order
from roadstead.tool.review.capacity.matching import Matches
from roadstead.tool.review.capacity.pods import Demand, Filled, demand, pods_of, used
from roadstead.tool.review.capacity.scheduling import run_daemons, schedule
from roadstead.tool.review.views.addon import addons
from roadstead.tool.review.views.namespace import owners
from roadstead.tool.review.views.node_group import Node, node_groups, nodes
from roadstead.tool.review.views.placement import NO_SCHEDULE, Placement, Toleration
from roadstead.tool.review.views.quota import quotas
from roadstead.tool.review.views.reading import Unread, once_a_graph
from roadstead.tool.review.views.storage import storage
from roadstead.tool.review.views.workload import DAEMON_SET, Workload, workloads

FEWEST_ORDERS, ORDERS = 5, 25
"""The scheduler meets pods in an order that nobody knows: everything must have a place in each of so many."""
LOOKS = 5_000_000
"""How often pods are held against nodes, some seconds' worth: the largest stacks are tried in the fewest orders only."""
OVERCOMMIT = {"production": Fraction(1), "staging": Fraction(3, 2), "development": Fraction(2)}
"""How many times over the quotas of all teams may promise what the nodes can give. A quota is a ceiling that few reach."""


class Bar(NamedTuple):
    """How much of something is taken when every app has its most replicas."""

    name: str
    """Of a team or a node group."""
    taken: Amount
    room: Amount
    """The team's quotas, or what the group's nodes can give at their most."""


class Homeless(NamedTuple):
    """Pods of which none fits a node, even an empty one."""

    demand: Demand
    rooms: dict[str, Amount]
    """By node group: the most that a node has free for it. Groups that it may not run on are not there."""


class Plan(NamedTuple):
    """What is to be placed, and where; and what of both nobody can read."""

    nodes: list[Node]
    """All nodes, with every group at its most."""
    daemons: list[Demand]
    demands: list[Demand]
    unread_nodes: tuple[Unread, ...] = ()
    """Of each node group whose nodes are not among them, what is missing."""
    unread_addons: tuple[Unread, ...] = ()
    """The same of add-ons."""
    unread_workloads: tuple[tuple[Workload, Unread], ...] = ()
    """The same of workloads."""


@once_a_graph
def plan(graph: Graph) -> Plan:
    """A stack at its most: every app with its most replicas, every group with its most nodes."""
    groups = [
        group.most if isinstance(group.most, Unread) else nodes(group, group.most) for group in node_groups(graph)
    ]
    running = [(workload, demand(workload, storage(graph))) for workload in workloads(graph)]
    known = [asked for _, asked in running if not isinstance(asked, Unread)]
    return Plan(
        [node for group in groups if not isinstance(group, Unread) for node in group],
        [asked for asked in known if asked.workload.kind == DAEMON_SET],
        [asked for asked in known if asked.workload.kind != DAEMON_SET],
        tuple(group for group in groups if isinstance(group, Unread)),
        tuple(addon.objects for addon in addons(graph) if isinstance(addon.objects, Unread)),
        tuple((workload, asked) for workload, asked in running if isinstance(asked, Unread)),
    )


def homeless(planned: Plan) -> list[Homeless]:
    """The workloads whose pods fit no node of any group."""
    free, matches = _free(planned), Matches(planned.nodes)
    found = []
    for asked in planned.demands:
        fitting = [planned.nodes[position] for position in matches.of(asked.placement, asked.zones).candidates]
        if asked.pods and not any(asked.requests.fits(free[node.name]) for node in fitting):
            found.append(Homeless(asked, {node.group.name: free[node.name] for node in fitting}))
    return found


def unplaced(planned: Plan, lost_zone: str | None = None) -> Counter[str]:
    """How many pods of each workload, by its key, find no place in the worst order; without the nodes of a lost zone.

    Pods whose volumes lie in the lost zone are not counted: no number of nodes elsewhere would help them.
    """
    remaining = [node for node in planned.nodes if node.zone != lost_zone]
    movable = [asked for asked in planned.demands if asked.zones is None or asked.zones - {lost_zone}]
    worst: Counter[str] = Counter()
    empty = _empty(remaining, planned.daemons)
    pods = pods_of(movable, empty)
    if fits_in_any_order(empty, movable, pods):
        return worst
    looks = sum(asked.pods for asked in movable) * len(remaining) or 1
    for seed in range(max(FEWEST_ORDERS, min(ORDERS, LOOKS // looks))):
        worst |= schedule([node.copied() for node in empty], movable, pods, seed)
    return worst


def zones_to_lose(planned: Plan) -> list[str]:
    """The zones whose loss is worth a look: of two that are alike, the first."""
    bound = {zone for asked in planned.demands for zone in asked.zones or ()}
    different: dict[object, str] = {}
    for zone in sorted({node.zone for node in planned.nodes}):
        here = Counter((node.group.name, node.instance.size) for node in planned.nodes if node.zone == zone)
        different.setdefault((tuple(sorted(here.items())), zone if zone in bound else ""), zone)
    return list(different.values()) if len({node.zone for node in planned.nodes}) > 1 else []


def group_bars(planned: Plan) -> list[Bar]:
    """How full each node group is at its most; what the add-ons' daemonsets take counts as taken."""
    filled = _empty(planned.nodes, planned.daemons)
    schedule(filled, planned.demands, pods_of(planned.demands, filled), seed=0)
    names = dict.fromkeys(node.group.name for node in planned.nodes)
    by_group = {name: [node for node in filled if node.node.group.name == name] for name in names}
    return [
        Bar(name, used(mine), _total([allocatable(node.node.instance) for node in mine]))
        for name, mine in by_group.items()
    ]


def team_bars(graph: Graph) -> list[Bar]:
    """How much of its quotas each team takes at its most, as far as that can be read."""
    namespaces = {name: team for name, team in owners(graph).named.items() if isinstance(team, str) and team}
    promises, planned = promised(graph), plan(graph)
    taken: dict[str, Amount] = dict.fromkeys(namespaces.values(), NOTHING)
    for asked in (*planned.demands, *planned.daemons):
        if isinstance(asked.workload.team, str) and asked.workload.team:
            before = taken.get(asked.workload.team, NOTHING)
            taken[asked.workload.team] = before.plus(asked.requests.times(asked.pods))
    return [
        Bar(
            team,
            amount,
            _total([promises[name] for name, owner in namespaces.items() if owner == team and name in promises]),
        )
        for team, amount in taken.items()
    ]


def promised(graph: Graph) -> dict[str, Amount]:
    """The quota of each namespace that has one for CPU, memory and pods; of a namespace that nobody can read, by its URN."""
    return {
        each.namespace if isinstance(each.namespace, str) else each.resource.urn: each.hard
        for each in quotas(graph)
        if isinstance(each.hard, Amount)
    }


def offered(planned: Plan) -> tuple[Amount, Unread | None]:
    """What the nodes can give to teams at their most: nodes that none of their pods can bear do not count.

    With it, what decides whether nodes count and cannot be read.
    """
    spot = Placement((Toleration(SPOT_TAINT_KEY, "Exists", "", NO_SCHEDULE),))
    teams = {
        spot,
        *(asked.placement for asked in planned.demands if asked.workload.team and isinstance(asked.workload.team, str)),
    }
    may_be = [(asked.placement, asked.workload.team) for asked in planned.demands]
    free, borne = _free(planned), [node for node in planned.nodes if any(pods.tolerates(node.taints) for pods in teams)]
    others = [node for node in planned.nodes if node not in borne]
    open_ = (
        team
        for pods, team in may_be
        if isinstance(team, Unread) and any(pods.tolerates(node.taints) for node in others)
    )
    return _total([free[node.name] for node in borne]), next(open_, None)


def _free(planned: Plan) -> dict[str, Amount]:
    """What each node has left beside what runs on every one, by its name."""
    free, matches = {node.name: allocatable(node.instance) for node in planned.nodes}, Matches(planned.nodes)
    for daemon in planned.daemons:
        for position in matches.of(daemon.placement, None).candidates:
            name, asked = planned.nodes[position].name, daemon.requests
            room = free[name]
            free[name] = Amount(room.cpu - asked.cpu, room.memory - asked.memory, room.pods - 1)
    return free


def _empty(all_nodes: Sequence[Node], daemons: Sequence[Demand]) -> list[Filled]:
    """Nodes on which nothing runs but what runs on every node."""
    filled = [Filled.of(node, allocatable(node.instance)) for node in all_nodes]
    run_daemons(filled, daemons)
    return filled


def _total(amounts: Sequence[Amount]) -> Amount:
    total = NOTHING
    for amount in amounts:
        total = total.plus(amount)
    return total
