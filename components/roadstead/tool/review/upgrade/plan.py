"""The way of stacks to a newer Kubernetes: which changes to make, in which order. Plain data.

One minor version at a time, for EKS skips none; the control plane before its nodes, which may be older and never newer;
the nodes as seldom as that allows, because each time every pod moves; every version in staging before production.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roadstead.core.tiers import DEFAULT_TIER, TIERS
from roadstead.facts.addon_versions import pinned_versions
from roadstead.facts.eks_versions import eks_versions
from roadstead.facts.kubernetes_versions import MOST_BEHIND, minor
from roadstead.facts.node_images import node_images
from roadstead.tool.report.tree import kind
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules.upgrade import DRAIN, REMOVED
from roadstead.tool.review.stacks import CLUSTER, NOWHERE, TEAM_NAMESPACE, Source
from roadstead.tool.review.upgrade.versions import Versioned, Versions, in_stack_file
from roadstead.tool.review.views.tier import tier
from roadstead.tool.review.waivers import Waived


class Task(StrEnum):
    """What a step is about."""

    FACTS = "facts"
    """The tables of versions are renewed: the program takes no version that they do not have."""
    MEND = "mend"
    """What would break or hang is mended first."""
    CONTROL_PLANE = "control plane"
    NODES = "nodes"
    EXISTING_CLUSTER = "existing cluster"
    """Somebody else upgrades the cluster, and the stack is told."""


@dataclass(frozen=True)
class Edit:
    """A value to write."""

    about: str
    """What it is a property of, e.g. `Cluster live: version`: all there is to say where the file is not known."""
    source: Source
    old: str
    new: str | None
    """Nothing where the tables do not have it."""


@dataclass(frozen=True)
class Step:
    """One change of the files, and one `pulumi up`."""

    task: Task
    stack: str | None
    """Nothing for what is done once for all."""
    version: str
    """The Kubernetes version that it leads to."""
    before: tuple[str, ...] = ()
    """Commands to run first."""
    edits: tuple[Edit, ...] = ()
    mends: tuple[Finding, ...] = ()
    follows: tuple[str, ...] = ()
    """What changes by itself with it, in that order."""


@dataclass(frozen=True)
class StackUpgrade:
    """One stack on its way."""

    stack: str
    versions: Versions
    findings: tuple[Finding, ...]
    """The worst first."""
    waived: tuple[Waived, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know about it."""


@dataclass(frozen=True)
class Plan:
    """The way of all stacks."""

    target: str
    facts: Mapping[str, str]
    """The tables that it rests on, each with its date."""
    stacks: tuple[StackUpgrade, ...]
    """In the order in which they go."""
    steps: tuple[Step, ...]


def in_turn(stacks: Iterable[StackUpgrade]) -> list[StackUpgrade]:
    """The stacks in the order in which they go, production last; with it what does not say its tier."""
    ranks = {name: rank for rank, name in enumerate(TIERS)}

    def rank(one: StackUpgrade) -> int:
        of_tier = tier(one.versions.graph)
        return ranks[of_tier if isinstance(of_tier, str) else DEFAULT_TIER]

    return sorted(stacks, key=lambda one: (rank(one), one.stack))


def steps(stacks: Sequence[StackUpgrade], target: str) -> list[Step]:
    """Every step, all stacks through one minor version before any goes on to the next."""
    ways = [(number, step) for one in stacks for number, step in _way(one, target)]
    renewed = [_renewed_facts(stacks, target)] if _lacks_facts(stacks, target) else []
    return renewed + [step for _, step in sorted(ways, key=lambda way: way[0])]


def _way(stack: StackUpgrade, target: str) -> Iterator[tuple[int, Step]]:
    """The steps of one stack, each with the minor version whose turn it is."""
    here, goal = stack.versions, minor(target)
    now = minor(here.version) if here.version else goal
    if now > goal:
        return
    wrong = tuple(
        found for found in stack.findings if found.severity is Severity.ERROR and found.rule in (REMOVED, DRAIN)
    )
    if wrong:
        # All at once: what a newer version needs fits the present one too.
        yield min(now + 1, goal), Step(Task.MEND, stack.stack, target, mends=wrong)
    if not here.clusters:
        if now < goal:
            yield goal, _existing_cluster(stack, target)
        return
    nodes = {group.resource.urn: group.version for group in here.groups}
    for number in range(now + 1, goal + 1):
        if any(number - minor(version) > MOST_BEHIND for version in nodes.values()):
            between = f"1.{number - 1}"
            yield number, _nodes(stack, nodes, between)
            image = node_images().get(between, between)
            nodes = {urn: image if minor(old) < number - 1 else old for urn, old in nodes.items()}
        yield number, _control_plane(stack, f"1.{number}", is_last=number == goal)
    if any(minor(version) < goal for version in nodes.values()):
        yield goal, _nodes(stack, nodes, target)


def _lacks_facts(stacks: Iterable[StackUpgrade], target: str) -> bool:
    """Whether the tables lack something of a version on the way: the program takes no other versions than theirs."""
    needed = {
        f"1.{number}"
        for one in stacks
        if one.versions.clusters and one.versions.version
        for number in range(minor(one.versions.version) + 1, minor(target) + 1)
    }
    known = {*eks_versions()} & {*pinned_versions()} & {*node_images()}
    return not needed <= known


def _renewed_facts(stacks: Iterable[StackUpgrade], target: str) -> Step:
    regions = [_region(one.versions) for one in stacks if one.versions.clusters]
    command = f"roadstead facts refresh{next(filter(None, regions), '')}"
    return Step(Task.FACTS, None, target, before=(command,))


def _control_plane(stack: StackUpgrade, version: str, *, is_last: bool) -> Step:
    here, before = stack.versions, f"1.{minor(version) - 1}"
    clusters = [cluster for cluster in here.clusters if minor(cluster.version) < minor(version)]
    edits = [_edit(cluster, "version", before, version) for cluster in clusters]
    if is_last:
        edits += _written_addons(here, version)
    names = [str(cluster.resource.inputs.get("name", cluster.resource.name)) for cluster in clusters]
    asked = tuple(f"aws eks list-insights{_region(here)} --cluster-name {name}" for name in names)
    follows = (*_following_addons(here, before, version), *_pod_security(here, version))
    return Step(Task.CONTROL_PLANE, stack.stack, version, asked, tuple(edits), follows=follows)


def _written_addons(here: Versions, version: str) -> Iterator[Edit]:
    """Add-ons whose versions are written down somewhere: they do not follow."""
    pins = pinned_versions().get(version, {})
    for addon in here.addons:
        if not addon.follows and pins.get(addon.name, addon.version) != addon.version:
            yield _edit(addon, "addonVersion", addon.version, pins[addon.name])


def _following_addons(here: Versions, before: str, version: str) -> Iterator[str]:
    following = [addon for addon in here.addons if addon.follows]
    pins, former = pinned_versions().get(version), pinned_versions().get(before, {})
    if pins is None:
        if following:
            yield f"{len(following)} add-ons: to the versions of {version}, which data/addon_versions.json does not have yet"
        return
    for addon in following:
        old, new = former.get(addon.name, addon.version), pins.get(addon.name, addon.version)
        if old != new:
            yield f"{addon.name}: {old} → {new}"


def _pod_security(here: Versions, version: str) -> Iterator[str]:
    checked = [made for made in here.graph.of_type(TEAM_NAMESPACE) if "kubernetes_version" in made.inputs]
    if checked:
        yield f"Pod Security of {len(checked)} namespaces: as Kubernetes {version} has it"


def _nodes(stack: StackUpgrade, nodes: dict[str, str], version: str) -> Step:
    image = node_images().get(version)
    old = [group for group in stack.versions.groups if minor(nodes[group.resource.urn]) < minor(version)]
    edits = dict.fromkeys(_edit(group, "releaseVersion", nodes[group.resource.urn], image) for group in old)
    names = ", ".join(group.resource.name for group in old)
    return Step(
        Task.NODES,
        stack.stack,
        version,
        edits=tuple(edits),
        follows=(f"EKS replaces every node of {names}, in parts",),
    )


def _existing_cluster(stack: StackUpgrade, target: str) -> Step:
    here = stack.versions
    edit = Edit("version", in_stack_file(here.graph, "existing_cluster", "version"), str(here.version), target)
    return Step(Task.EXISTING_CLUSTER, stack.stack, target, edits=(edit,))


def _edit(made: Versioned, property_: str, old: str, new: str | None) -> Edit:
    about = "" if made.source != NOWHERE else f"{kind(made.resource.type)} {made.resource.name}: {property_}"
    return Edit(about, made.source, old, new)


def _region(here: Versions) -> str:
    """The option of a command that names the region, where the stack's own cluster says it."""
    regions = [str(made.inputs["region"]) for made in here.graph.of_type(CLUSTER) if "region" in made.inputs]
    return f" --region {regions[0]}" if regions else ""
