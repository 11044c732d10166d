"""Whether the nodes that a stack may have hold what it runs."""

from collections import Counter
from collections.abc import Iterator

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.core import quantities
from roadstead.core.quantities import NOTHING, Amount
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.capacity.plan import (
    OVERCOMMIT,
    Homeless,
    Plan,
    homeless,
    offered,
    plan,
    promised,
    unplaced,
    zones_to_lose,
)
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import PRODUCTION, finding, source
from roadstead.tool.review.views.quota import quotas
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.tier import tier
from roadstead.tool.review.views.workload import DAEMON_SET

NO_NODE, REPLICAS, ZONE, QUOTAS = IDS = (
    "capacity/fits-no-node",
    "capacity/replicas-find-no-place",
    "capacity/zone-loss-leaves-no-place",
    "capacity/quotas-exceed-nodes",
)
PLACES = (NO_NODE, REPLICAS, ZONE)
MIB, GIB = 1024**2, 1024**3


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What finds no place when every app has its most replicas and every group its most nodes.

    A stack without node groups of its own, as on a cluster that is there already, has nothing to reckon with.
    """
    graph = diff.head
    if graph is None or not graph.of_type(NODE_GROUP):
        return
    planned = plan(graph)
    yield from _unread(planned)
    # What finds no place may find one on nodes of which nobody can read how they are.
    if not planned.unread_nodes:
        yield from _places(graph, planned)
        yield from _quotas(graph, planned)


def _unread(planned: Plan) -> Iterator[Undecided]:
    for unread in (*planned.unread_nodes, *planned.unread_addons):
        yield Undecided(IDS, unread)
    for workload, unread in planned.unread_workloads:
        is_everywhere = workload.kind == DAEMON_SET or isinstance(workload.pod.placement, Unread)
        yield Undecided(IDS if is_everywhere else PLACES, unread)


def _places(graph: Graph, planned: Plan) -> Iterator[Finding | Undecided]:
    nowhere = homeless(planned)
    yield from (_fits_no_node(graph, found) for found in nowhere)
    hopeless = {found.demand.key for found in nowhere}
    left = unplaced(planned)
    yield from _left(graph, planned, left, hopeless, REPLICAS, "with every node group at its maximum")
    of_tier = tier(graph)
    if isinstance(of_tier, Unread):
        yield Undecided((ZONE,), of_tier)
    elif of_tier == PRODUCTION:
        hopeless |= left.keys()
        for zone in zones_to_lose(planned):
            lost = unplaced(planned, zone)
            yield from _left(
                graph, planned, lost, hopeless, ZONE, f"with every node group at its maximum and zone {zone} lost"
            )
            hopeless |= lost.keys()


def _fits_no_node(graph: Graph, found: Homeless) -> Finding:
    asked = found.demand
    offers = "; ".join(f"{name}: {_text(room)}" for name, room in found.rooms.items())
    where = f"the nodes that it may run on have at most {offers} free" if offers else "no node group takes it"
    what = f"A pod of {asked.workload} asks for {_text(asked.requests)} and fits no node: {where}."
    do = (
        "Ask for less, or choose larger instance types."
        if offers
        else "Change its tolerations, node selector or volumes' zones, or add a node group that takes it."
    )
    return finding(graph, asked.workload.resource, NO_NODE, Severity.ERROR, what, do)


def _left(
    graph: Graph, planned: Plan, left: Counter[str], hopeless: set[str], rule: str, when: str
) -> Iterator[Finding]:
    for asked in planned.demands:
        if left[asked.key] and asked.key not in hopeless:
            what = f"{left[asked.key]} of {asked.pods} pods of {asked.workload} find no place {when}; each asks for {_text(asked.requests)}."
            do = "Raise max_size of a node group that takes them, or lower the replicas or requests of what shares its nodes."
            yield finding(graph, asked.workload.resource, rule, Severity.ERROR, what, do, "replicas")


def _quotas(graph: Graph, planned: Plan) -> Iterator[Finding | Undecided]:
    of_tier, (room, open_) = tier(graph), offered(planned)
    missing = (of_tier, open_, *(quota.hard for quota in quotas(graph)))
    yield from (Undecided((QUOTAS,), unread) for unread in missing if isinstance(unread, Unread))
    if isinstance(of_tier, Unread) or open_:
        return
    factor = OVERCOMMIT[of_tier]
    total = NOTHING
    for quota in promised(graph).values():
        total = total.plus(quota)
    over = [
        f"{float(getattr(total, kind) / unit):,.4g} of {float(getattr(room, kind) / unit):,.4g} {called}"
        for kind, unit, called in (("cpu", 1, "cores"), ("memory", GIB, "GiB of memory"), ("pods", 1, "pods"))
        if getattr(total, kind) > getattr(room, kind) * factor
    ]
    if over:
        times = "" if factor == 1 else f"{float(factor):g} times "
        what = f"The quotas of all teams promise more than {times}what the node groups can give at their maximum: {'; '.join(over)}."
        do = "Raise max_size of the node groups, or lower quotas in infra/teams."
        group = min(graph.of_type(NODE_GROUP), key=lambda made: made.urn)
        file, key = source(graph, group)
        # It is about all groups together: the key of the one is left out.
        yield Finding(QUOTAS, Severity.ERROR, group.urn, what, do, file, key and key.rpartition(".")[0])


def _text(amount: Amount) -> str:
    return f"cpu {quantities.cpu(amount.cpu)}, memory {_memory(amount.memory)}"


def _memory(size: object) -> str:
    return f"{int(size) // MIB}Mi"  # type: ignore[call-overload]
