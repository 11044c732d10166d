"""Whether a change would take away what cannot be given back: clusters, data, keys, images, names."""

from collections.abc import Iterator

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.offline.graph import Graph, Resource
from roadstead.review.change import Change, Kind, StackDiff
from roadstead.review.difference.urns import Urn
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import finding
from roadstead.review.workloads import STATEFUL_SET, name_of, objects

CLUSTER, NAMESPACE, KEY, REGISTRY, DATA, ZONE, PROVIDER, GROUP, ALL_GROUPS = IDS = (
    "blast-radius/cluster",
    "blast-radius/namespace",
    "blast-radius/key",
    "blast-radius/registry",
    "blast-radius/data",
    "blast-radius/hosted-zone",
    "blast-radius/provider",
    "blast-radius/node-group",
    "blast-radius/all-node-groups",
)
CLAIM = "PersistentVolumeClaim"
LOST = {
    "aws:eks/cluster:Cluster": (CLUSTER, "everything that runs in it goes with it"),
    "aws:kms/key:Key": (KEY, "what it encrypted cannot be read again"),
    "aws:ecr/repository:Repository": (REGISTRY, "the images that releases pin go with it"),
    **dict.fromkeys(
        (
            "aws:dynamodb/table:Table",
            "aws:ebs/volume:Volume",
            "aws:efs/fileSystem:FileSystem",
            "aws:rds/cluster:Cluster",
            "aws:rds/instance:Instance",
            "aws:s3/bucket:Bucket",
        ),
        (DATA, "the data in it goes with it"),
    ),
    "aws:route53/zone:Zone": (ZONE, "its names stop resolving, and a new zone has other name servers"),
    "pulumi:providers:kubernetes": (PROVIDER, "every Kubernetes object that it manages goes with it"),
}
SWITCHES = ("clusterIdentifier", "context", "namespace")
"""What tells a Kubernetes provider which cluster (and where in it): objects are replaced when it changes."""


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What goes or is replaced. Where nobody wrote down whether a change replaces, it is a warning."""
    holding = _with_volumes(diff.base) if diff.base else {}
    for change in diff.changes:
        old = change.old
        graph = diff.base if change.new is None else diff.head
        if old is None or graph is None or old.external:
            continue
        if old.type in LOST and (_goes(change) or _switches(change) or _is_disabled(change)):
            rule, loss = LOST[old.type]
            loss = "what it encrypted cannot be read meanwhile" if _is_disabled(change) and not _goes(change) else loss
            yield _finding(graph, change, old, rule, _severity(change, old), loss)
        elif old.inputs.get("kind") == "Namespace" and old.type.startswith("kubernetes:") and _goes(change):
            yield _namespace(graph, change, old, holding)
        elif old.inputs.get("kind") == CLAIM and old.type.startswith("kubernetes:") and _goes(change):
            yield _finding(
                graph, change, old, DATA, _severity(change, old), "its volume goes with it, and the data in it"
            )
    yield from _groups(diff)


def _goes(change: Change) -> bool:
    """Whether the resource as it is ends. One that is renamed without an alias is made anew, and so is all beneath it."""
    renewed = change.kind is Kind.MOVE and (change.alias is not None or bool(change.because))
    return renewed or change.kind in (Kind.DELETE, Kind.REPLACE, Kind.MAY_REPLACE)


def _switches(change: Change) -> bool:
    """Whether a provider would talk to another cluster: none of its objects would be found there."""
    return (
        any(changed.path in SWITCHES for changed in change.properties)
        and change.resource.type == "pulumi:providers:kubernetes"
    )


def _is_disabled(change: Change) -> bool:
    """Whether a key would be there and of no use."""
    return change.resource.type == "aws:kms/key:Key" and any(
        changed.path == "isEnabled" and changed.new is False for changed in change.properties
    )


def _severity(change: Change, old: Resource) -> Severity:
    """What Pulumi leaves in place can be brought back; so can a key that is disabled, but nothing reads until then."""
    unsure = change.kind is Kind.MAY_REPLACE
    return Severity.WARNING if unsure or (old.retain_on_delete and _goes(change)) else Severity.ERROR


def _finding(graph: Graph, change: Change, old: Resource, rule: str, severity: Severity, loss: str) -> Finding:
    fate, do = _fate(change)
    kept = "; the old one stays, and Pulumi no longer knows it" if old.retain_on_delete and _goes(change) else ""
    return finding(graph, change.resource, rule, severity, f"{old.name} ({old.type}) {fate}: {loss}{kept}.", do)


def _fate(change: Change) -> tuple[str, str]:
    """What would become of a resource, and what to do about it."""
    match change.kind:
        case Kind.DELETE:
            return "would be deleted", "Keep it; to give it up, do so in a change of its own with a waiver."
        case Kind.MOVE if change.because:
            parent = Urn.of(change.because[0]).name
            return f"is renamed with {parent}, which has no alias, and would be replaced", f"Give {parent} an alias."
        case Kind.MOVE:
            return "is renamed without an alias and would be replaced", f"Give it the alias {change.alias}."
        case Kind.UPDATE if _is_disabled(change):
            return "would be disabled", "Leave it enabled until nothing is encrypted with it any more."
        case Kind.UPDATE:
            return "would talk to another cluster", "Keep its cluster identifier, context and namespace."
    fate = "may be replaced" if change.kind is Kind.MAY_REPLACE else "would be replaced"
    cause = f" because of {', '.join(change.forcing)}" if change.forcing else ""
    return fate + cause, "Keep those properties as they are; make the new one beside the old one and move over."


def _namespace(graph: Graph, change: Change, old: Resource, holding: dict[str, list[str]]) -> Finding:
    held = holding.get(name_of(old), [])
    if held:
        loss = f"the volumes of {', '.join(held)} are deleted"
        return _finding(graph, change, old, NAMESPACE, _severity(change, old), loss)
    return _finding(graph, change, old, NAMESPACE, Severity.WARNING, "everything that runs in it stops")


def _with_volumes(base: Graph) -> dict[str, list[str]]:
    """The objects that keep data, by namespace."""
    found: dict[str, list[str]] = {}
    for _, body in objects(base, CLAIM, STATEFUL_SET):
        if body["kind"] == CLAIM or body["spec"].get("volumeClaimTemplates"):
            metadata = body["metadata"]
            found.setdefault(metadata.get("namespace", "default"), []).append(metadata["name"])
    return found


def _groups(diff: StackDiff) -> Iterator[Finding]:
    """Node groups that go. One after the other is how nodes are renewed; all at once leaves no place for pods."""
    going = [change for change in diff.changes if change.old and change.old.type == NODE_GROUP and _goes(change)]
    if not going or diff.base is None:
        return
    all_of_them = len(diff.base.of_type(NODE_GROUP)) == len(going)
    for change in going:
        assert change.old is not None
        graph = (diff.head if change.new else None) or diff.base
        most = change.old.inputs["scalingConfig"]["maxSize"]
        loss = f"every pod on its nodes (at most {most}) has to move"
        if all_of_them and (len(going) > 1 or change.kind is Kind.DELETE):
            which = f"all {len(going)} node groups go in one change" if len(going) > 1 else "it is the only node group"
            loss = f"{which}, and every pod of the cluster has to move at once"
            yield _finding(graph, change, change.old, ALL_GROUPS, _severity(change, change.old), loss)
        else:
            yield _finding(graph, change, change.old, GROUP, Severity.NOTE, loss)
