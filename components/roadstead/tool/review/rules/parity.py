"""What production has and staging has not: it has never been rehearsed."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from roadstead.facts.kubernetes_versions import minor
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import PRODUCTION, STAGING, finding
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.selector import selector
from roadstead.tool.review.views.tier import tier
from roadstead.tool.review.views.workload import declared

KIND, ADDON, VERSION, POLICY, APP = IDS = (
    "parity/kind",
    "parity/add-on",
    "parity/version",
    "parity/policy",
    "parity/app",
)
CLUSTER, ADDON_TYPE = "aws:eks/cluster:Cluster", "aws:eks/addon:Addon"
POD_SECURITY = "pod-security.kubernetes.io/enforce"
LEVELS = ("privileged", "baseline", "restricted")
"""The laxest first."""
Said = Finding | Undecided


def findings(diffs: Mapping[str, StackDiff]) -> Iterator[Said]:
    """What the stacks of tier production have that no stack of tier staging has; nothing where there are not both."""
    heads = [diff.head for diff in diffs.values() if diff.head is not None]
    yield from (Undecided(IDS, of_tier) for graph in heads if isinstance(of_tier := tier(graph), Unread))
    rehearsals = [graph for graph in heads if tier(graph) == STAGING]
    if not rehearsals:
        return
    for graph in heads:
        if tier(graph) == PRODUCTION:
            yield from _kinds(graph, rehearsals)
            yield from _addons(graph, rehearsals)
            yield from _cluster_version(graph, rehearsals)
            yield from _policies(graph, rehearsals)
            yield from _pod_security(graph, rehearsals)
            yield from _apps(graph, rehearsals)


def _finding(graph: Graph, made: Resource, rule: str, what: str, do: str) -> Finding:
    return finding(graph, made, rule, Severity.WARNING, f"{graph.stack} {what}", do)


def _kinds(graph: Graph, rehearsals: list[Graph]) -> Iterator[Said]:
    known = {type_ for rehearsal in rehearsals for type_ in rehearsal.counts()}
    for type_, number in graph.counts().items():
        first = min(graph.of_type(type_), key=lambda made: made.urn)
        # What a component is made of says the same once more.
        if type_ not in known and first.custom and not type_.startswith("pulumi:"):
            what = f"has {number} of {type_} ({first.name}), a kind that staging has none of."
            yield _finding(graph, first, KIND, what, "Make one in staging first.")


class _Addon(NamedTuple):
    resource: Resource
    name: str
    version: str | Unread | None


def _addons_of(graph: Graph) -> Iterator[_Addon | Unread]:
    for made in graph.of_type(ADDON_TYPE):
        name = Place.of(made).at("addonName").required_text()
        yield name if isinstance(name, Unread) else _Addon(made, name, Place.of(made).at("addonVersion").text())


def _addons(graph: Graph, rehearsals: list[Graph]) -> Iterator[Said]:
    """Add-ons that staging has not, or has in another version only."""
    known: dict[str, set[str | None]] = {}
    for addon in (addon for rehearsal in rehearsals for addon in _addons_of(rehearsal)):
        if isinstance(addon, Unread):
            yield Undecided((ADDON, VERSION), addon)
        elif isinstance(addon.version, Unread):
            yield Undecided((VERSION,), addon.version)
            known.setdefault(addon.name, set())
        else:
            known.setdefault(addon.name, set()).add(addon.version)
    for addon in _addons_of(graph):
        if isinstance(addon, Unread):
            yield Undecided((ADDON, VERSION), addon)
        elif addon.name not in known:
            do = "Add it to staging first."
            yield _finding(graph, addon.resource, ADDON, f"has the add-on {addon.name}, and staging has not.", do)
        elif isinstance(addon.version, Unread):
            yield Undecided((VERSION,), addon.version)
        elif known[addon.name] and addon.version not in known[addon.name]:
            theirs = ", ".join(sorted(map(_said, known[addon.name])))
            what = f"has {addon.name} in {_said(addon.version)}, and staging in {theirs.removeprefix('version ')}."
            yield _finding(graph, addon.resource, VERSION, what, "Let staging run that version first, or too.")


def _said(version: str | None) -> str:
    return f"version {version}" if version else "the version that EKS chooses"


def _cluster_version(graph: Graph, rehearsals: list[Graph]) -> Iterator[Said]:
    """A production ahead of staging. One that follows later is how it should be."""
    known = []
    for cluster in (made for rehearsal in rehearsals for made in rehearsal.of_type(CLUSTER)):
        version = _minor(cluster)
        if isinstance(version, Unread):
            yield Undecided((VERSION,), version)
        elif version is not None:
            known.append(version)
    for cluster in graph.of_type(CLUSTER):
        version = _minor(cluster)
        if isinstance(version, Unread):
            yield Undecided((VERSION,), version)
        elif known and version is not None and version > max(known):
            what = f"would run Kubernetes 1.{version}, newer than staging."
            yield _finding(graph, cluster, VERSION, what, "Upgrade staging first.")


def _minor(cluster: Resource) -> int | Unread | None:
    """The minor version; nothing where it is left to EKS."""
    place = Place.of(cluster).at("version")
    version = place.text()
    if version is None or isinstance(version, Unread):
        return version
    return minor(version) if re.fullmatch(r"1\.\d+", version) else place.malformed("a version such as 1.36")


def _policies(graph: Graph, rehearsals: list[Graph]) -> Iterator[Said]:
    """Network policies over pods that staging runs without them."""
    known = set()
    for rehearsal in rehearsals:
        for made in objects_of(rehearsal, "NetworkPolicy"):
            yield from _undecided(POLICY, made.namespace, made.name)
            known.add((str(made.namespace), str(made.name)))
    pods = [each for rehearsal in rehearsals for each in declared(rehearsal)]
    for each in pods:
        yield from _undecided(POLICY, each.namespace, each.labels)
    for made in objects_of(graph, "NetworkPolicy"):
        selected = selector(made.place.at("spec", "podSelector"))
        yield from _undecided(POLICY, made.namespace, made.name, selected)
        if isinstance(selected, Unread) or (str(made.namespace), str(made.name)) in known:
            continue
        if any(
            each.namespace == made.namespace and not isinstance(each.labels, Unread) and selected.selects(each.labels)
            for each in pods
        ):
            what = f"has the network policy {made.namespace}/{made.name}, and staging has not: what it forbids works there."
            yield _finding(graph, made.resource, POLICY, what, "Add it to staging first.")


def _undecided(rule: str, *values: object) -> Iterator[Undecided]:
    """What a rule says of values that it cannot read."""
    return (Undecided((rule,), value) for value in values if isinstance(value, Unread))


def _pod_security(graph: Graph, rehearsals: list[Graph]) -> Iterator[Said]:
    """Namespaces whose Pod Security is laxer in staging."""
    laxest: dict[str, int] = {}
    for made in (made for rehearsal in rehearsals for made in objects_of(rehearsal, "Namespace")):
        name, level = made.name, _level(made)
        yield from _undecided(POLICY, name, level)
        if isinstance(name, str) and isinstance(level, int):
            laxest[name] = max(level, laxest.get(name, 0))
    for made in objects_of(graph, "Namespace"):
        name, level = made.name, _level(made)
        yield from _undecided(POLICY, name, level)
        if isinstance(name, str) and isinstance(level, int) and level > laxest.get(name, level):
            what = f"enforces {LEVELS[level]} in namespace {name}, and staging only {LEVELS[laxest[name]]}: what runs there may be refused here."
            yield _finding(graph, made.resource, POLICY, what, "Enforce the same level in staging.")


def _level(made: KubernetesObject) -> int | Unread | None:
    level = made.place.at("metadata", "labels", POD_SECURITY).text()
    if level is None or isinstance(level, Unread):
        return level
    return LEVELS.index(level) if level in LEVELS else None


def _apps(graph: Graph, rehearsals: list[Graph]) -> Iterator[Said]:
    known = set()
    for each in (each for rehearsal in rehearsals for each in declared(rehearsal)):
        yield from _undecided(APP, each.namespace, each.name)
        known.add((each.kind, each.called))
    teams = {str(made.name) for made in objects_of(graph, "Namespace") if _has_a_team(made)}
    for each in declared(graph):
        yield from _undecided(APP, each.namespace, each.name)
        if each.called and (each.kind, each.called) not in known and each.called[0] in teams:
            do = "Release it to staging first: infra/releases/staging.yaml."
            yield _finding(graph, each.resource, APP, f"runs {each}, and staging does not.", do)


def _has_a_team(made: KubernetesObject) -> bool:
    return bool(made.place.at("metadata", "labels", TEAM_LABEL).value)
