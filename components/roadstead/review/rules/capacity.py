"""Whether the nodes that a stack may have hold what it runs."""

from collections import Counter
from collections.abc import Iterator

from roadstead import quantities
from roadstead.cluster.nodes import NODE_GROUP
from roadstead.offline.graph import Graph
from roadstead.quantities import NOTHING, Amount
from roadstead.review.capacity.plan import (
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
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import PRODUCTION, finding, source, tier

NO_NODE, REPLICAS, ZONE, QUOTAS = IDS = (
    "capacity/fits-no-node",
    "capacity/replicas-find-no-place",
    "capacity/zone-loss-leaves-no-place",
    "capacity/quotas-exceed-nodes",
)
MIB, GIB = 1024**2, 1024**3


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What finds no place when every app has its most replicas and every group its most nodes.

    A stack without node groups of its own, as on a cluster that is there already, has nothing to reckon with.
    """
    graph = diff.head
    if graph is None or not graph.of_type(NODE_GROUP):
        return
    planned = plan(graph)
    nowhere = homeless(planned)
    yield from (_fits_no_node(graph, found) for found in nowhere)
    hopeless = {found.workload.key for found in nowhere}
    left = unplaced(planned)
    yield from _left(graph, planned, left, hopeless, REPLICAS, "with every node group at its maximum")
    if tier(graph) == PRODUCTION:
        hopeless |= left.keys()
        for zone in zones_to_lose(planned):
            lost = unplaced(planned, zone)
            yield from _left(
                graph, planned, lost, hopeless, ZONE, f"with every node group at its maximum and zone {zone} lost"
            )
            hopeless |= lost.keys()
    yield from _quotas(graph, planned)


def _fits_no_node(graph: Graph, found: Homeless) -> Finding:
    workload = found.workload
    offers = "; ".join(f"{name}: {_text(room)}" for name, room in found.rooms.items())
    where = f"the nodes that it may run on have at most {offers} free" if offers else "no node group takes it"
    what = f"A pod of {workload} asks for {_text(workload.requests)} and fits no node: {where}."
    do = (
        "Ask for less, or choose larger instance types."
        if offers
        else "Change its tolerations, node selector or volumes' zones, or add a node group that takes it."
    )
    return finding(graph, workload.resource, NO_NODE, Severity.ERROR, what, do)


def _left(
    graph: Graph, planned: Plan, left: Counter[str], hopeless: set[str], rule: str, when: str
) -> Iterator[Finding]:
    for workload, number, _ in planned.demands:
        if left[workload.key] and workload.key not in hopeless:
            what = f"{left[workload.key]} of {number} pods of {workload} find no place {when}; each asks for {_text(workload.requests)}."
            do = "Raise max_size of a node group that takes them, or lower the replicas or requests of what shares its nodes."
            yield finding(graph, workload.resource, rule, Severity.ERROR, what, do, "replicas")


def _quotas(graph: Graph, planned: Plan) -> Iterator[Finding]:
    room, factor = offered(planned), OVERCOMMIT[tier(graph)]
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
