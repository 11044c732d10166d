"""Whether what a stack runs has a place on the nodes that its groups may have. Numbers and verdicts, no findings."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from roadstead.cluster.capacity import allocatable
from roadstead.cluster.nodes import NODE_GROUP, Node, nodes
from roadstead.offline.graph import Graph
from roadstead.placement import PREFER, tolerations
from roadstead.quantities import NOTHING, Amount, parse
from roadstead.review.capacity.bound import fits_in_any_order
from roadstead.review.capacity.matching import Volumes, once_a_kind, tolerates, wants
from roadstead.review.capacity.pods import Demand, Filled, moved, pods_of, takes, used
from roadstead.review.capacity.scheduling import run_daemons, schedule
from roadstead.review.workloads import DAEMON_SET, Body, Workload, objects, teams, workloads

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
    """A workload no pod of which fits a node, even an empty one."""

    workload: Workload
    rooms: dict[str, Amount]
    """By node group: the most that a node has free for it. Groups that it may not run on are not there."""


class Plan(NamedTuple):
    """What is to be placed, and where."""

    nodes: list[Node]
    """All nodes, with every group at its most."""
    daemons: list[Workload]
    demands: list[Demand]


def plan(graph: Graph) -> Plan:
    """A stack at its most: every app with its most replicas, every group with its most nodes."""
    all_nodes = [
        node
        for group in graph.of_type(NODE_GROUP)
        for node in nodes(graph, group, group.inputs["scalingConfig"]["maxSize"])
    ]
    running, volumes = workloads(graph), Volumes.of(graph)
    demands = [
        Demand(workload, workload.most, volumes.zones(workload)) for workload in running if workload.kind != DAEMON_SET
    ]
    return Plan(all_nodes, [workload for workload in running if workload.kind == DAEMON_SET], demands)


def homeless(planned: Plan) -> list[Homeless]:
    """The workloads whose pods fit no node of any group."""
    free = {node.name: _free(node, planned.daemons) for node in planned.nodes}
    found = []
    for workload, number, zones in planned.demands:
        taken = once_a_kind(workload.pod, partial(takes, workload=workload, zones=zones))
        fitting = [node for node in planned.nodes if taken(node)]
        if number and not any(workload.requests.fits(free[node.name]) for node in fitting):
            found.append(Homeless(workload, {node.group.name: free[node.name] for node in fitting}))
    return found


def unplaced(planned: Plan, lost_zone: str | None = None) -> Counter[str]:
    """How many pods of each workload, by its key, find no place in the worst order; without the nodes of a lost zone.

    Pods whose volumes lie in the lost zone are not counted: no number of nodes elsewhere would help them.
    """
    remaining = [node for node in planned.nodes if node.zone != lost_zone]
    movable = [demand for demand in planned.demands if demand.zones is None or demand.zones - {lost_zone}]
    worst: Counter[str] = Counter()
    empty = _empty(remaining, planned.daemons)
    pods = pods_of(movable, empty)
    if fits_in_any_order(empty, movable, pods):
        return worst
    looks = sum(demand.pods for demand in movable) * len(remaining) or 1
    for seed in range(max(FEWEST_ORDERS, min(ORDERS, LOOKS // looks))):
        filled = _empty(remaining, planned.daemons)
        worst |= schedule(filled, movable, moved(pods, filled), seed)
    return worst


def zones_to_lose(planned: Plan) -> list[str]:
    """The zones whose loss is worth a look: of two that are alike, the first."""
    bound = {zone for demand in planned.demands for zone in demand.zones or ()}
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
    """How much of its quotas each team takes at its most."""
    owners, quotas = teams(graph), promised(graph)
    taken: dict[str, Amount] = dict.fromkeys(owners.values(), NOTHING)
    for workload in workloads(graph):
        if workload.team:
            taken[workload.team] = taken[workload.team].plus(workload.requests.times(workload.most))
    return [
        Bar(
            team,
            amount,
            _total([quotas[namespace] for namespace, owner in owners.items() if owner == team and namespace in quotas]),
        )
        for team, amount in taken.items()
    ]


def promised(graph: Graph) -> dict[str, Amount]:
    """The quota of each namespace that has one for CPU, memory and pods."""
    found = {}
    for _, body in objects(graph, "ResourceQuota"):
        hard = body["spec"].get("hard") or {}
        cpu, memory = (hard.get(f"requests.{kind}", hard.get(kind)) for kind in ("cpu", "memory"))
        if cpu and memory and "pods" in hard:
            found[body["metadata"].get("namespace", "default")] = Amount(
                parse(str(cpu)), parse(str(memory)), int(hard["pods"])
            )
    return found


def offered(planned: Plan) -> Amount:
    """What the nodes can give to teams at their most: nodes that none of their pods can bear do not count."""
    apps: list[Body] = [demand.workload.pod for demand in planned.demands if demand.workload.team]
    apps.append({"tolerations": tolerations(PREFER)})
    return _total(
        [_free(node, planned.daemons) for node in planned.nodes if any(tolerates(app, node.taints) for app in apps)]
    )


def _free(node: Node, daemons: Sequence[Workload]) -> Amount:
    room = allocatable(node.instance)
    for daemon in daemons:
        if tolerates(daemon.pod, node.taints) and wants(daemon.pod, node.labels):
            asked = daemon.requests
            room = Amount(room.cpu - asked.cpu, room.memory - asked.memory, room.pods - 1)
    return room


def _empty(all_nodes: Sequence[Node], daemons: Sequence[Workload]) -> list[Filled]:
    """Nodes on which nothing runs but what runs on every node."""
    filled = [Filled.of(node, allocatable(node.instance)) for node in all_nodes]
    run_daemons(filled, daemons)
    return filled


def _total(amounts: Sequence[Amount]) -> Amount:
    total = NOTHING
    for amount in amounts:
        total = total.plus(amount)
    return total
