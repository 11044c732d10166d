"""What production has and staging has not: it has never been rehearsed."""

from collections.abc import Iterator, Mapping

from roadstead.kubernetes_versions import minor
from roadstead.offline.graph import Graph, Resource
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import PRODUCTION, STAGING, finding, tier
from roadstead.review.workloads import Body, objects, selects, workloads

KIND, ADDON, VERSION, POLICY, APP = IDS = (
    "parity/kind",
    "parity/add-on",
    "parity/version",
    "parity/policy",
    "parity/app",
)
POD_SECURITY = "pod-security.kubernetes.io/enforce"
LEVELS = ("privileged", "baseline", "restricted")
"""The laxest first."""


def findings(diffs: Mapping[str, StackDiff]) -> Iterator[Finding]:
    """What the stacks of tier production have that no stack of tier staging has; nothing where there are not both."""
    heads = [diff.head for diff in diffs.values() if diff.head is not None]
    rehearsals = [graph for graph in heads if tier(graph) == STAGING]
    if not rehearsals:
        return
    for graph in heads:
        if tier(graph) == PRODUCTION:
            yield from _kinds(graph, rehearsals)
            yield from _addons(graph, rehearsals)
            yield from _cluster_version(graph, rehearsals)
            yield from _policies(graph, rehearsals)
            yield from _apps(graph, rehearsals)


def _finding(graph: Graph, made: Resource, rule: str, what: str, do: str) -> Finding:
    return finding(graph, made, rule, Severity.WARNING, f"{graph.stack} {what}", do)


def _kinds(graph: Graph, rehearsals: list[Graph]) -> Iterator[Finding]:
    known = {type_ for rehearsal in rehearsals for type_ in rehearsal.counts()}
    for type_, number in graph.counts().items():
        first = min(graph.of_type(type_), key=lambda made: made.urn)
        # What a component is made of says the same once more.
        if type_ not in known and first.custom and not type_.startswith("pulumi:"):
            what = f"has {number} of {type_} ({first.name}), a kind that staging has none of."
            yield _finding(graph, first, KIND, what, "Make one in staging first.")


def _addons(graph: Graph, rehearsals: list[Graph]) -> Iterator[Finding]:
    """Add-ons that staging has not, or has in another version only."""
    known: dict[str, set[str]] = {}
    for rehearsal in rehearsals:
        for addon in rehearsal.of_type("aws:eks/addon:Addon"):
            known.setdefault(addon.inputs["addonName"], set()).add(str(addon.inputs.get("addonVersion")))
    for addon in graph.of_type("aws:eks/addon:Addon"):
        name, version = addon.inputs["addonName"], str(addon.inputs.get("addonVersion"))
        if name not in known:
            yield _finding(
                graph, addon, ADDON, f"has the add-on {name}, and staging has not.", "Add it to staging first."
            )
        elif version not in known[name]:
            what = f"has {name} in version {version}, and staging in {', '.join(sorted(known[name]))}."
            yield _finding(graph, addon, VERSION, what, "Let staging run that version first, or too.")


def _cluster_version(graph: Graph, rehearsals: list[Graph]) -> Iterator[Finding]:
    """A production ahead of staging. One that follows later is how it should be."""
    type_ = "aws:eks/cluster:Cluster"
    known = [
        minor(cluster.inputs["version"])
        for rehearsal in rehearsals
        for cluster in rehearsal.of_type(type_)
        if "version" in cluster.inputs
    ]
    for cluster in graph.of_type(type_):
        if known and "version" in cluster.inputs and minor(cluster.inputs["version"]) > max(known):
            what = f"would run Kubernetes {cluster.inputs['version']}, newer than staging."
            yield _finding(graph, cluster, VERSION, what, "Upgrade staging first.")


def _policies(graph: Graph, rehearsals: list[Graph]) -> Iterator[Finding]:
    """Network policies over pods that staging runs without them, and namespaces whose Pod Security is laxer there."""
    known = {where for rehearsal in rehearsals for where, _, _ in _network_policies(rehearsal)}
    running = [workload for rehearsal in rehearsals for workload in workloads(rehearsal)]
    for where, made, body in _network_policies(graph):
        namespace, selector = body["metadata"].get("namespace", "default"), body["spec"].get("podSelector") or {}
        over = any(workload.namespace == namespace and selects(selector, workload.labels) for workload in running)
        if over and where not in known:
            what = f"has the network policy {where}, and staging has not: what it forbids works there."
            yield _finding(graph, made, POLICY, what, "Add it to staging first.")
    laxest: dict[str, int] = {}
    for rehearsal in rehearsals:
        for name, (_, level) in _pod_security(rehearsal).items():
            laxest[name] = max(level, laxest.get(name, 0))
    for name, (made, level) in _pod_security(graph).items():
        if level > laxest.get(name, level):
            what = f"enforces {LEVELS[level]} in namespace {name}, and staging only {LEVELS[laxest[name]]}: what runs there may be refused here."
            yield _finding(graph, made, POLICY, what, "Enforce the same level in staging.")


def _network_policies(graph: Graph) -> Iterator[tuple[str, Resource, Body]]:
    for made, body in objects(graph, "NetworkPolicy"):
        yield f"{body['metadata'].get('namespace', 'default')}/{body['metadata']['name']}", made, body


def _pod_security(graph: Graph) -> dict[str, tuple[Resource, int]]:
    found = {}
    for made, body in objects(graph, "Namespace"):
        level = (body["metadata"].get("labels") or {}).get(POD_SECURITY)
        if level in LEVELS:
            found[body["metadata"]["name"]] = (made, LEVELS.index(level))
    return found


def _apps(graph: Graph, rehearsals: list[Graph]) -> Iterator[Finding]:
    known = {workload.key for rehearsal in rehearsals for workload in workloads(rehearsal)}
    for workload in workloads(graph):
        if workload.key not in known and workload.team:
            what = f"runs {workload}, and staging does not."
            yield _finding(
                graph, workload.resource, APP, what, "Release it to staging first: infra/releases/staging.yaml."
            )
