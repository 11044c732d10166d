"""Whether a change would take away what cannot be given back: clusters, data, keys, images, names."""

from collections.abc import Iterator

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.losses.fate import Loss, fate, severity
from roadstead.tool.review.losses.network import CLUSTER as EKS
from roadstead.tool.review.losses.network import VPC, addresses, going, networks
from roadstead.tool.review.losses.services import addresses_that_go, is_kind, name_of, workloads_made_anew
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.workload import STATEFUL_SET

CLUSTER, NAMESPACE, KEY, REGISTRY, DATA, ZONE, PROVIDER, GROUP, ALL_GROUPS, NETWORK, ADDRESS, WORKLOAD, SERVICE = (
    IDS
) = (
    "blast-radius/cluster",
    "blast-radius/namespace",
    "blast-radius/key",
    "blast-radius/registry",
    "blast-radius/data",
    "blast-radius/hosted-zone",
    "blast-radius/provider",
    "blast-radius/node-group",
    "blast-radius/all-node-groups",
    "blast-radius/network",
    "blast-radius/address",
    "blast-radius/workload",
    "blast-radius/service",
)
CLAIM = "PersistentVolumeClaim"
PROVIDER_TYPE = "pulumi:providers:kubernetes"
NAMED = 3
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
    PROVIDER_TYPE: (PROVIDER, "every Kubernetes object that it manages goes with it"),
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
        if old.type in LOST and (change.is_ending or _switches(change) or _is_disabled(change)):
            if old.type != PROVIDER_TYPE or not _clusters_go(diff):
                yield _lost(graph, diff, change, old)
        elif is_kind(old, "Namespace") and change.is_ending:
            held = holding.get(name_of(old)[1], [])
            if held or not (_goes_along(diff, old) or _comes_again(diff, old)):
                yield _namespace(graph, change, old, held)
        elif is_kind(old, CLAIM) and change.is_ending:
            loss = "its volume goes with it, and the data in it"
            yield _finding(graph, change, old, DATA, severity(change, old), loss)
    yield from _of_networks(diff)
    if not _clusters_go(diff):
        yield from _groups(diff)
        yield from _of_apps(diff)


def _lost(graph: Graph, diff: StackDiff, change: Change, old: Resource) -> Finding:
    rule, loss = LOST[old.type]
    if rule == REGISTRY and Place.of(old).at("forceDelete").boolean() in (None, False):
        loss += "; it has no forceDelete, so ECR refuses that while there are any, and `pulumi up` ends half-way"
    if rule == REGISTRY and change.kind is Kind.REPLACE:
        loss += "; the new one is empty, and no pull from it succeeds"
    if not change.is_ending and _is_disabled(change):
        loss = "what it encrypted cannot be read meanwhile"
    elif rule in (CLUSTER, PROVIDER):
        loss += _with_it(diff, is_cluster=rule == CLUSTER)
    return _finding(graph, change, old, rule, severity(change, old), loss)


def _with_it(diff: StackDiff, *, is_cluster: bool) -> str:
    """What goes with a cluster, of which nothing more is said."""
    groups = [made.name for made in diff.base.of_type(NODE_GROUP)] if diff.base and is_cluster else []
    ending = [change.old for change in diff.changes if change.old and change.is_ending]
    namespaces = [name_of(old)[1] for old in ending if is_kind(old, "Namespace")]
    listed = (("node groups", groups), ("namespaces", namespaces))
    said = [f"{words} {some(names, NAMED)}" for words, names in listed if names]
    return f" ({'; '.join(said)})" if said else ""


def _clusters_go(diff: StackDiff) -> bool:
    """Whether no cluster of the stack stays: what is in it is not said once more."""
    there = diff.base.of_type(EKS) if diff.base else []
    return bool(there) and len(going(diff, EKS)) == len(there)


def _goes_along(diff: StackDiff, made: Resource) -> bool:
    """Whether an object of Kubernetes goes with its cluster, or because its provider turns to another one."""
    return _clusters_go(diff) or made.provider in _providers_that_go(diff)


def _comes_again(diff: StackDiff, namespace: Resource) -> bool:
    """Whether another resource is to make it anew: `identity/made-anew` says what comes of that."""
    others = [made for made in diff.head.resources.values() if made.urn != namespace.urn] if diff.head else []
    return any(is_kind(made, "Namespace") and name_of(made) == name_of(namespace) for made in others)


def _providers_that_go(diff: StackDiff) -> set[str]:
    lost = [*going(diff, PROVIDER_TYPE), *filter(_switches, diff.changes)]
    return {change.old.urn for change in lost if change.old}


def _switches(change: Change) -> bool:
    """Whether a provider would talk to another cluster: none of its objects would be found there."""
    return (
        not change.is_ending
        and change.resource.type == PROVIDER_TYPE
        and any(changed.path in SWITCHES for changed in change.properties)
    )


def _is_disabled(change: Change) -> bool:
    """Whether a key would be there and of no use; what is hidden may be so."""
    return change.resource.type == "aws:kms/key:Key" and any(
        changed.path == "isEnabled" and changed.new is not True for changed in change.properties
    )


def _finding(graph: Graph, change: Change, old: Resource, rule: str, how_bad: Severity, loss: str) -> Finding:
    words, do = _fate(change)
    kept = "; the old one stays, and Pulumi no longer knows it" if old.retain_on_delete and change.is_ending else ""
    return finding(graph, change.resource, rule, how_bad, f"{old.name} ({old.type}) {words}: {loss}{kept}.", do)


def _fate(change: Change) -> tuple[str, str]:
    """What would become of a resource, and what to do about it."""
    if change.is_ending:
        return fate(change)
    if _is_disabled(change):
        return "would be disabled", "Leave it enabled until nothing is encrypted with it any more."
    return "would talk to another cluster", "Keep its cluster identifier, context and namespace."


def _namespace(graph: Graph, change: Change, old: Resource, held: list[str]) -> Finding:
    if held:
        loss = f"the volumes of {some(held, NAMED)} are deleted"
        return _finding(graph, change, old, NAMESPACE, severity(change, old), loss)
    return _finding(graph, change, old, NAMESPACE, Severity.WARNING, "everything that runs in it stops")


def _with_volumes(base: Graph) -> dict[str, list[str]]:
    """The objects that keep data, by namespace. Where it cannot be seen whether one does, it may."""
    found: dict[str, list[str]] = {}
    for made in base.resources.values():
        claims = Place.of(made).at("spec", "volumeClaimTemplates").items()
        if is_kind(made, CLAIM) or (is_kind(made, STATEFUL_SET) and claims):
            namespace, name = name_of(made)
            found.setdefault(namespace, []).append(name)
    return found


def _of_networks(diff: StackDiff) -> Iterator[Finding]:
    for rule, losses in ((NETWORK, networks(diff)), (ADDRESS, addresses(diff))):
        for loss in losses:
            yield _said(diff, rule, loss)


def _of_apps(diff: StackDiff) -> Iterator[Finding]:
    """Workloads that are made anew where they are, and addresses. In a namespace that goes, only what others call."""
    lost = _providers_that_go(diff)
    for loss in workloads_made_anew(diff):
        if loss.of.provider not in lost:
            yield _said(diff, WORKLOAD, loss)
    ending = [change.old for change in diff.changes if change.old and change.is_ending]
    leaving = {name_of(old)[1] for old in ending if is_kind(old, "Namespace")}
    for loss, calling in addresses_that_go(diff):
        namespace = name_of(loss.of)[0]
        others = [app for app in calling if not app.startswith(f"{namespace}/")]
        if loss.of.provider not in lost and (loss.change.new or namespace not in leaving or others):
            yield _said(diff, SERVICE, loss)


def _said(diff: StackDiff, rule: str, loss: Loss) -> Finding:
    graph = (diff.head if loss.change.new else None) or diff.base
    assert graph is not None
    return finding(graph, loss.change.resource, rule, loss.severity, loss.what, loss.do)


def _groups(diff: StackDiff) -> Iterator[Finding]:
    """Node groups that go. One after the other is how nodes are renewed; all at once leaves no place for pods."""
    gone = going(diff, NODE_GROUP)
    if not gone or diff.base is None or (going(diff, VPC) and diff.base.of_type(EKS)):
        return
    all_of_them = len(diff.base.of_type(NODE_GROUP)) == len(gone)
    for change in gone:
        assert change.old is not None
        graph = (diff.head if change.new else None) or diff.base
        most = Place.of(change.old).at("scalingConfig", "maxSize").number()
        number = f"at most {most}" if isinstance(most, int) else "nobody can see how many"
        loss = f"every pod on its nodes ({number}) has to move"
        if all_of_them and (len(gone) > 1 or change.kind is Kind.DELETE):
            which = f"all {len(gone)} node groups go in one change" if len(gone) > 1 else "it is the only node group"
            loss = f"{which}, and every pod of the cluster has to move at once"
            yield _finding(graph, change, change.old, ALL_GROUPS, severity(change, change.old), loss)
        else:
            yield _finding(graph, change, change.old, GROUP, Severity.NOTE, loss)
