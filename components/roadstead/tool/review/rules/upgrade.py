"""What stands between a stack and another version of Kubernetes.

`findings` looks at the version that a change brings, `towards` at the one that `roadstead upgrade` is asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from roadstead.facts import files
from roadstead.facts.addon_versions import DATA as ADDON_DATA
from roadstead.facts.addon_versions import pinned_versions
from roadstead.facts.eks_versions import DATA as EKS_DATA
from roadstead.facts.eks_versions import eks_versions
from roadstead.facts.kubernetes_apis import Lifecycle, kubernetes_apis, replacement
from roadstead.facts.kubernetes_versions import MOST_BEHIND, minor
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import Kind, StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules import workload
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.upgrade.going_back import older
from roadstead.tool.review.upgrade.versions import KUBE_PROXY, Addon, Versioned, Versions, versions
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, every_object
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.workload import DAEMON_SET, SERVING, declared

NOT_OFFERED, SKIPPED, BACK, SKEW, ADDON, REMOVED, DEPRECATED, DRAIN, SINGLE = IDS = (
    "upgrade/not-offered",
    "upgrade/skipped-minor",
    "upgrade/goes-back",
    "upgrade/version-skew",
    "upgrade/add-on-version",
    "upgrade/removed-api",
    "upgrade/deprecated-api",
    "upgrade/blocks-drain",
    "upgrade/single-replica",
)
ON_THE_WAY = (NOT_OFFERED, DRAIN, SINGLE)
"""Of those, what only `towards` finds."""


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What is wrong with the versions at the head, and with the way there from the base."""
    if diff.head is None:
        return
    there, before = versions(diff.head), versions(diff.base) if diff.base else None
    yield from _unread(there)
    yield from (Undecided((SKIPPED, BACK, SKEW), unread) for unread in (before.unread_clusters if before else ()))
    if there.version is None:
        # Whatever the cluster is, it is no older than what EKS still offers.
        yield from _apis(diff.head, min(eks_versions(), key=minor))
        return
    old: dict[str, Versioned] = {}
    if before and before.version and minor(before.version) != minor(there.version):
        # The control plane goes first: for a while the nodes are as old as they were.
        old = {found.resource.urn: found for found in (*before.clusters, *before.groups, *before.addons)}
        yield from _addons(there, there.version)
    for cluster in there.clusters:
        yield from _way(diff.head, old.get(cluster.resource.urn, cluster), cluster)
    for made in _kubelets_and_proxies(there):
        yield from _skew(diff.head, there.version, made, old.get(made.resource.urn, made))
    if before:
        yield from _back(diff, before, there)
    yield from _apis(diff.head, there.version)


def _unread(here: Versions) -> Iterator[Undecided]:
    yield from (Undecided((SKEW, REMOVED, DEPRECATED), unread) for unread in here.unread_clusters)
    yield from (Undecided((SKEW,), unread) for unread in (*here.unread_groups, *here.unread_addons))


def rule_towards(target: str) -> Callable[[StackDiff], Iterator[Finding | Undecided]]:
    """What is asked about a stack that is to get to a newer version."""

    def rule(diff: StackDiff) -> Iterator[Finding | Undecided]:
        if diff.head is not None:
            yield from towards(diff.head, target)

    return rule


def towards(graph: Graph, target: str) -> Iterator[Finding | Undecided]:
    """What has to be seen to before, or on the way of, a stack to a newer version."""
    here = versions(graph)
    yield from _unread(here)
    yield from _offered(here, target)
    if here.version is not None:
        following = f"1.{min(minor(here.version) + 1, minor(target))}"
        for made in _kubelets_and_proxies(here):
            yield from _skew(graph, following, made, made)
    yield from _apis(graph, target)
    yield from _addons(here, target)
    yield from _drains(graph)


def _way(graph: Graph, old: Versioned, new: Versioned) -> Iterator[Finding]:
    """EKS goes one minor version at a time; the provider does not go back.

    https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
    """
    steps = minor(new.version) - minor(old.version)
    if steps > 1:
        what = f"Kubernetes would go from {old.version} to {new.version}: EKS goes one minor version at a time."
        do = f"Go to 1.{minor(old.version) + 1} first; `roadstead upgrade --to {new.version}` lists every step."
        yield finding(graph, new.resource, SKIPPED, Severity.ERROR, what, do, "version")
    if steps < 0:
        what = f"Kubernetes would go back from {old.version} to {new.version}, which the provider does not support."
        do = "Keep the version; docs/upgrade.md has the way back that EKS offers for 7 days."
        yield finding(graph, new.resource, BACK, Severity.ERROR, what, do, "version")


def _back(diff: StackDiff, before: Versions, there: Versions) -> Iterator[Finding]:
    """Nodes and add-ons of which an older version takes over. EKS lets no node group do that in place.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupVersion.html
    """
    updated = {change.resource.urn for change in diff.changes if change.kind is Kind.UPDATE}
    for old, new in older(before, there):
        goes = f"would go back from {old.version} to {new.version}"
        if isinstance(new, Addon):
            what = f"{new.name} {goes}: what the newer one brought or mended goes with it."
            yield _about(
                there.graph, new, BACK, Severity.WARNING, what, "Keep the newer one, or say what is wrong with it."
            )
        elif new.resource.urn in updated:
            what = f"{new.resource.name} {goes}: EKS refuses that of a node group."
            do = "Keep the newer one, or make another node group beside it and move over."
            yield _about(there.graph, new, BACK, Severity.ERROR, what, do)


def _kubelets_and_proxies(here: Versions) -> list[Versioned]:
    return [*here.groups, *(addon for addon in here.addons if addon.name == KUBE_PROXY)]


def _skew(graph: Graph, version: str, made: Versioned, before: Versioned) -> Iterator[Finding]:
    """What would be newer than the control plane, or too old for it, be it only until it is renewed itself."""
    behind = minor(version) - minor(before.version)
    if minor(made.version) > minor(version):
        what = f"{made.resource.name} would run {made.version}, newer than a control plane of {version}."
        yield _about(graph, made, SKEW, Severity.ERROR, what, "Upgrade the control plane first.")
    elif behind > MOST_BEHIND:
        what = f"{made.resource.name} runs {before.version}, {behind} minor versions behind a control plane of {version}: it works with {MOST_BEHIND}."
        do = f"Bring it to 1.{minor(version) - 1} before the control plane moves."
        yield _about(graph, made, SKEW, Severity.ERROR, what, do)


def _about(graph: Graph, made: Versioned, rule: str, severity: Severity, what: str, do: str) -> Finding:
    """A finding about where a version is written."""
    file, key = made.source
    return replace(finding(graph, made.resource, rule, severity, what, do), file=file, key=key)


def _apis(graph: Graph, version: str) -> Iterator[Finding | Undecided]:
    """Objects in API versions that are not served any more, or will not be.

    https://kubernetes.io/docs/reference/using-api/deprecation-policy/
    """
    for made in every_object(graph):
        if isinstance(made.api_version, Unread):
            yield Undecided((REMOVED, DEPRECATED), made.api_version)
            continue
        known = kubernetes_apis().get((made.api_version, made.kind))
        if known and known.removed and minor(known.removed) <= minor(version):
            what = f"{_written(made)}, which the API server does not have any more since Kubernetes {known.removed}."
            yield finding(graph, made.resource, REMOVED, Severity.ERROR, what, _instead(known, version))
        elif known and known.deprecated and minor(known.deprecated) <= minor(version):
            ends = f" and goes with {known.removed}" if known.removed else ""
            what = f"{_written(made)}, which is deprecated since Kubernetes {known.deprecated}{ends}."
            yield finding(graph, made.resource, DEPRECATED, Severity.WARNING, what, _instead(known, version))


def _written(made: KubernetesObject) -> str:
    namespace = made.place.at("metadata", "namespace").text()
    named = (part for part in (namespace, made.name) if part and isinstance(part, str))
    return f"{made.kind} {'/'.join(named)} is written in {made.api_version}"


def _instead(known: Lifecycle, version: str) -> str:
    name = replacement(known, version)
    if name is None:
        return "Kubernetes names no replacement: do without it, or see its deprecated API migration guide."
    return f"Write it as {name}; the API server converts what is there."


def _offered(here: Versions, target: str) -> Iterator[Finding]:
    table = files.read(EKS_DATA)
    if target in eks_versions():
        return
    for cluster in here.clusters:
        if minor(cluster.version) < minor(target):
            what = f"EKS does not offer Kubernetes {target}, according to data/{EKS_DATA} of {table['date']}, which has {', '.join(table['versions'])}."
            do = "Ask AWS with `roadstead facts refresh`; until EKS offers it, all of this is a look ahead."
            yield _about(here.graph, cluster, NOT_OFFERED, Severity.ERROR, what, do)


def _addons(here: Versions, version: str) -> Iterator[Finding]:
    """Add-ons that stay while the cluster goes on."""
    pins = pinned_versions().get(version)
    if pins is None:
        for cluster in here.clusters if here.addons else ():
            what = f"data/{ADDON_DATA} has no add-ons for Kubernetes {version}: which of their versions belong to it is not known."
            yield _about(here.graph, cluster, ADDON, Severity.WARNING, what, "Ask AWS with `roadstead facts refresh`.")
        return
    for addon in here.addons:
        wanted = pins.get(addon.name)
        if not addon.follows and wanted not in (None, addon.version):
            what = f"{addon.name} stays at {addon.version}, because that is written down; {wanted} belongs to Kubernetes {version}."
            do = "Take it out, so that it follows the cluster's version, or see that it fits: aws eks describe-addon-versions."
            yield _about(here.graph, addon, ADDON, Severity.WARNING, what, do)


def _drains(graph: Graph) -> Iterator[Finding | Undecided]:
    """What a drain of nodes would hang on, or take away."""
    for said in workload.budgets(graph):
        yield replace(said, rule=DRAIN) if isinstance(said, Finding) else replace(said, rules=(DRAIN,))
    for one in declared(graph):
        if one.kind not in SERVING or one.kind == DAEMON_SET:
            continue
        if isinstance(one.least, Unread):
            yield Undecided((SINGLE,), one.least)
        elif one.least == 1:
            what = f"{one} has a single replica: while the node that it is on is drained, it does not answer."
            do = "Let it have at least 2 replicas, or tell whoever uses it when the nodes are renewed."
            yield finding(graph, one.resource, SINGLE, Severity.WARNING, what, do, "replicas", "min")
