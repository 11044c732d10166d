"""Whether spot nodes can be had, and whether what runs on them bears their loss.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-best-practices.html
"""

from collections.abc import Iterator, Sequence

from roadstead.cluster.node_group_spec import FEWEST_SPOT_TYPES
from roadstead.facts.instance_types import instance_types
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.capacity.matching import Matches
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import PRODUCTION, finding
from roadstead.tool.review.views.node_group import SPOT, Node, NodeGroup, node_groups, nodes
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.tier import tier
from roadstead.tool.review.views.workload import DAEMON_SET, SERVING, STATEFUL_SET, Workload, workloads

TYPES, ZONES, SIZES, SINGLE, STATEFUL, GRACE, FLOOR = IDS = (
    "spot/too-few-types",
    "spot/too-few-zones",
    "spot/mixed-sizes",
    "spot/single-replica",
    "spot/stateful",
    "spot/grace-period",
    "spot/no-on-demand-floor",
)
FEWEST_ZONES = 2
NOTICE_SECONDS = 120
"""How long before a spot node goes AWS says so."""


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What is wrong with spot groups, and with what may run on them. Stacks without spot groups have nothing of it."""
    graph = diff.head
    if graph is None:
        return
    groups = [group for group in node_groups(graph) if group.capacity == SPOT]
    unsure = [group.capacity for group in node_groups(graph) if isinstance(group.capacity, Unread)]
    yield from (Undecided(IDS, unread) for unread in unsure)
    for group in groups:
        yield from _group(graph, group)
    of_groups = [_nodes(group, group.most) for group in groups]
    yield from (Undecided((SINGLE, STATEFUL, GRACE), unread) for unread in of_groups if isinstance(unread, Unread))
    spot_nodes = Matches([node for made in of_groups if not isinstance(made, Unread) for node in made])
    for workload in workloads(graph) if groups else ():
        if workload.kind != DAEMON_SET and workload.team:
            yield from _workload(graph, workload, spot_nodes)
    if groups:
        yield from _floor(graph, min(groups, key=lambda group: group.resource.urn))


def _nodes(group: NodeGroup, number: int | Unread) -> list[Node] | Unread:
    return number if isinstance(number, Unread) else nodes(group, number)


def _group(graph: Graph, group: NodeGroup) -> Iterator[Finding | Undecided]:
    made, named, places = group.resource, group.types, group.zones
    if isinstance(named, Unread):
        yield Undecided((TYPES, SIZES), named)
    else:
        yield from _types(graph, group, list(dict.fromkeys(named)))
    if isinstance(places, Unread):
        yield Undecided((ZONES,), places)
    elif len(places) < FEWEST_ZONES:
        what = f"Spot group {made.name} has nodes in {', '.join(places)} alone: each zone runs out of spot capacity by itself."
        yield finding(graph, made, ZONES, Severity.WARNING, what, f"Give it subnets in at least {FEWEST_ZONES} zones.")


def _types(graph: Graph, group: NodeGroup, named: Sequence[str]) -> Iterator[Finding | Undecided]:
    made = group.resource
    sizes = {name: instance_types()[name].size for name in named if name in instance_types()}
    if len(named) < FEWEST_SPOT_TYPES:
        what = f"Spot group {made.name} has {len(named)} instance types ({', '.join(named)}): when they run out, it stays empty."
        do = f"Name at least {FEWEST_SPOT_TYPES} types of the same size, of several families and generations."
        yield finding(graph, made, TYPES, Severity.ERROR, what, do, "instance_types")
    if len(set(sizes.values())) > 1:
        what = f"Spot group {made.name} mixes sizes ({'; '.join(f'{name}: {size}' for name, size in sizes.items())}): the autoscaler reckons with one size a group."
        do = "Name types with the same vCPU, memory and architecture; make a group for each other size."
        yield finding(graph, made, SIZES, Severity.ERROR, what, do, "instance_types")
    elif isinstance(group.instances, Unread):
        yield Undecided((SIZES,), group.instances)


def _may_run_on(workload: Workload, nodes: Matches) -> bool | Unread:
    placement = workload.pod.placement
    return placement if isinstance(placement, Unread) else bool(nodes.of(placement, None).candidates)


def _workload(graph: Graph, workload: Workload, spot_nodes: Matches) -> Iterator[Finding | Undecided]:
    """What is wrong with what may run on spot; where its team or its nodes cannot be read, nobody can say whether it is."""
    may, there = _may_run_on(workload, spot_nodes), list(_on_spot(graph, workload))
    unread = next((value for value in (may, workload.team) if isinstance(value, Unread)), None)
    if unread and there:
        yield Undecided(tuple(dict.fromkeys(id_ for each in there for id_ in _ids(each))), unread)
    elif may:
        yield from there


def _ids(said: Finding | Undecided) -> tuple[str, ...]:
    return said.rules if isinstance(said, Undecided) else (said.rule,)


def _on_spot(graph: Graph, workload: Workload) -> Iterator[Finding | Undecided]:
    yield from _state(graph, workload)
    grace = workload.pod.grace_seconds
    if isinstance(grace, Unread):
        yield Undecided((GRACE,), grace)
    elif grace > NOTICE_SECONDS:
        what = f"{workload} may run on spot nodes and takes up to {grace} seconds to stop; a spot node is gone after {NOTICE_SECONDS}."
        do = f"Stop within {NOTICE_SECONDS} seconds, or keep it off spot nodes with spot: never."
        yield finding(graph, workload.resource, GRACE, Severity.ERROR, what, do, "grace_seconds")


def _state(graph: Graph, workload: Workload) -> Iterator[Finding | Undecided]:
    keeps = (workload.kind == STATEFUL_SET, workload.claims, workload.pod.claims)
    unread = next((value for value in keeps if isinstance(value, Unread)), None)
    if any(value and not isinstance(value, Unread) for value in keeps):
        what = f"{workload} keeps data on volumes and may run on spot nodes, which go with {NOTICE_SECONDS} seconds' notice."
        do = "Keep it off spot nodes: spot: never."
        yield finding(graph, workload.resource, STATEFUL, Severity.ERROR, what, do, "spot")
        return
    if unread:
        yield Undecided((STATEFUL,), unread)
    if workload.kind in SERVING and isinstance(workload.least, Unread):
        yield Undecided((SINGLE,), workload.least)
    elif workload.kind in SERVING and workload.least == 1:
        what = f"{workload} may run on spot nodes with a single replica: while its node goes, it does not answer."
        do = "Let it have at least 2 replicas, or keep it off spot nodes with spot: never."
        yield finding(graph, workload.resource, SINGLE, Severity.WARNING, what, do, "replicas", "min")


def _floor(graph: Graph, spot_group: NodeGroup) -> Iterator[Finding | Undecided]:
    """On-demand nodes that are there whatever happens to spot, and that apps may run on."""
    of_tier, apps = tier(graph), [workload for workload in workloads(graph) if workload.team]
    if not apps or (isinstance(of_tier, str) and of_tier != PRODUCTION):
        return
    floors = [_nodes(group, group.least) for group in node_groups(graph) if group.capacity != SPOT]
    known = Matches([node for made in floors if not isinstance(made, Unread) for node in made])
    # Of an app that may not run there, nobody needs to know whose it is.
    fitting = [app.team if may is True else may for app in apps if (may := _may_run_on(app, known))]
    if any(isinstance(team, str) for team in fitting):
        return
    unread = next((value for value in (of_tier, *floors, *fitting) if isinstance(value, Unread)), None)
    if unread:
        yield Undecided((FLOOR,), unread)
        return
    what = "Production has spot nodes and no on-demand node that apps may run on: when spot runs out, nothing is left."
    do = "Add an on-demand node group without taints, with min_size of at least 1."
    yield finding(graph, spot_group.resource, FLOOR, Severity.ERROR, what, do)
