"""Whether spot nodes can be had, and whether what runs on them bears their loss.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-best-practices.html
"""

from collections.abc import Iterator

from roadstead.cluster.node_group_spec import FEWEST_SPOT_TYPES
from roadstead.cluster.nodes import NODE_GROUP, Node, nodes, types, zones
from roadstead.facts.instance_types import instance_types
from roadstead.offline.graph import UNKNOWN, Graph, Resource
from roadstead.review.capacity.matching import claim_names, tolerates, wants
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import PRODUCTION, finding, tier
from roadstead.review.workloads import DAEMON_SET, SERVING, STATEFUL_SET, Workload, workloads

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
DEFAULT_GRACE_SECONDS = 30
"""Kubernetes' own."""


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What is wrong with spot groups, and with what may run on them. Stacks without spot groups have nothing of it."""
    graph = diff.head
    if graph is None:
        return
    groups = [group for group in graph.of_type(NODE_GROUP) if group.inputs.get("capacityType") == "SPOT"]
    for group in groups:
        yield from _group(graph, group)
    spot_nodes = [node for group in groups for node in nodes(graph, group, group.inputs["scalingConfig"]["maxSize"])]
    for workload in workloads(graph):
        if workload.kind != DAEMON_SET and workload.team and _may_run_on(workload, spot_nodes):
            yield from _workload(graph, workload)
    if groups and tier(graph) == PRODUCTION:
        yield from _floor(graph, min(groups, key=lambda made: made.urn))


def _group(graph: Graph, group: Resource) -> Iterator[Finding]:
    named = list(dict.fromkeys(types(graph, group)))
    places = zones(graph, group)
    sizes = {name: instance_types()[name].size for name in named if name in instance_types()}
    if len(named) < FEWEST_SPOT_TYPES:
        what = f"Spot group {group.name} has {len(named)} instance types ({', '.join(named)}): when they run out, it stays empty."
        do = f"Name at least {FEWEST_SPOT_TYPES} types of the same size, of several families and generations."
        yield finding(graph, group, TYPES, Severity.ERROR, what, do, "instance_types")
    if len(places) < FEWEST_ZONES and UNKNOWN not in places:
        what = f"Spot group {group.name} has nodes in {', '.join(places)} alone: each zone runs out of spot capacity by itself."
        yield finding(graph, group, ZONES, Severity.WARNING, what, f"Give it subnets in at least {FEWEST_ZONES} zones.")
    if len(set(sizes.values())) > 1:
        what = f"Spot group {group.name} mixes sizes ({'; '.join(f'{name}: {size}' for name, size in sizes.items())}): the autoscaler reckons with one size a group."
        do = "Name types with the same vCPU, memory and architecture; make a group for each other size."
        yield finding(graph, group, SIZES, Severity.ERROR, what, do, "instance_types")


def _may_run_on(workload: Workload, spot_nodes: list[Node]) -> bool:
    return any(tolerates(workload.pod, node.taints) and wants(workload.pod, node.labels) for node in spot_nodes)


def _workload(graph: Graph, workload: Workload) -> Iterator[Finding]:
    keeps = workload.kind == STATEFUL_SET or workload.claims or claim_names(workload.pod)
    if keeps:
        what = f"{workload} keeps data on volumes and may run on spot nodes, which go with {NOTICE_SECONDS} seconds' notice."
        yield finding(
            graph, workload.resource, STATEFUL, Severity.ERROR, what, "Keep it off spot nodes: spot: never.", "spot"
        )
    elif workload.kind in SERVING and workload.least == 1:
        what = f"{workload} may run on spot nodes with a single replica: while its node goes, it does not answer."
        do = "Let it have at least 2 replicas, or keep it off spot nodes with spot: never."
        yield finding(graph, workload.resource, SINGLE, Severity.WARNING, what, do, "replicas", "min")
    grace = workload.pod.get("terminationGracePeriodSeconds", DEFAULT_GRACE_SECONDS)
    if grace > NOTICE_SECONDS:
        what = f"{workload} may run on spot nodes and takes up to {grace} seconds to stop; a spot node is gone after {NOTICE_SECONDS}."
        do = f"Stop within {NOTICE_SECONDS} seconds, or keep it off spot nodes with spot: never."
        yield finding(graph, workload.resource, GRACE, Severity.ERROR, what, do, "grace_seconds")


def _floor(graph: Graph, spot_group: Resource) -> Iterator[Finding]:
    """On-demand nodes that are there whatever happens to spot, and that apps may run on."""
    apps = [workload for workload in workloads(graph) if workload.team]
    floors = [
        node
        for group in graph.of_type(NODE_GROUP)
        if group.inputs.get("capacityType") != "SPOT"
        for node in nodes(graph, group, group.inputs["scalingConfig"]["minSize"])
    ]
    if apps and not any(_may_run_on(app, floors) for app in apps):
        what = (
            "Production has spot nodes and no on-demand node that apps may run on: when spot runs out, nothing is left."
        )
        do = "Add an on-demand node group without taints, with min_size of at least 1."
        yield finding(graph, spot_group, FLOOR, Severity.ERROR, what, do)
