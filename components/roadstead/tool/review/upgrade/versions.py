"""What of a stack has a Kubernetes version or follows one: control plane, nodes and add-ons, and where that is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from roadstead.cluster.cluster_addons_spec import ADDONS
from roadstead.cluster.nodes import NODE_GROUP
from roadstead.facts.kubernetes_versions import minor
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.stacks import NOWHERE, TEAM, Source, source
from roadstead.tool.review.views.addon import addons
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import needed, seen, text, whole

Made = TypeVar("Made")
CLUSTER, CLUSTER_ADDONS, KUBE_PROXY = "aws:eks/cluster:Cluster", "roadstead:index:ClusterAddons", "kube-proxy"
_VERSION, _OF_KUBE_PROXY = re.compile(r"1\.\d+(\.\d+-\d{8})?"), re.compile(r"v?1\.\d+([.-].*)?")


@dataclass(frozen=True)
class Versioned:
    """Something with a version of its own."""

    resource: Resource
    version: str
    """As it is written: `1.36`, `1.36.4-20260930` or `v1.36.0-eksbuild.25`."""
    source: Source


@dataclass(frozen=True)
class Addon(Versioned):
    """An add-on of EKS."""

    name: str
    follows: bool
    """Whether its version follows from the cluster's, through the table of pinned ones."""


@dataclass(frozen=True)
class Versions:
    """What a stack declares."""

    graph: Graph
    clusters: tuple[Versioned, ...]
    """The control planes that it makes."""
    groups: tuple[Versioned, ...]
    """Its node groups."""
    addons: tuple[Addon, ...]
    """In the order in which our program brings them."""
    version: str | None
    """Of the oldest control plane. Where the stack makes none: what it says of the cluster that is there, or nothing."""
    unversioned: tuple[Resource, ...]
    """Control planes and node groups of which it does not say which version they have."""
    unread_clusters: tuple[Unread, ...]
    """What it says of the control plane and cannot be read."""
    unread_groups: tuple[Unread, ...]
    unread_addons: tuple[Unread, ...]


@once_a_graph
def versions(graph: Graph) -> Versions:
    """What a graph says of versions. What cannot be read counts as not said, and is kept beside."""
    clusters = [_cluster(graph, made) for made in graph.of_type(CLUSTER)]
    groups = [_group(graph, made) for made in graph.of_type(NODE_GROUP)]
    brought = [_addon(graph, addon.resource) for addon in addons(graph)]
    said = {found.resource.urn for found in (*_read(clusters), *_read(groups))}
    unversioned = tuple(made for made in graph.of_type(CLUSTER, NODE_GROUP) if made.urn not in said)
    told = [] if clusters else [_version(Place.of(team).at("kubernetes_version")) for team in graph.of_type(TEAM)]
    known = [cluster.version for cluster in _read(clusters)] + [each for each in told if isinstance(each, str)]
    in_turn = [*ADDONS]
    return Versions(
        graph,
        _read(clusters),
        _read(groups),
        tuple(sorted(_read(brought), key=lambda addon: in_turn.index(addon.name) if addon.name in ADDONS else 99)),
        min(known, key=minor, default=None),
        unversioned,
        (*_unread(clusters), *_unread(told)),
        _unread(groups),
        _unread(brought),
    )


def _read(found: "Sequence[Made | Unread | None]") -> "tuple[Made, ...]":
    return tuple(each for each in found if each is not None and not isinstance(each, Unread))


def _unread(found: Sequence[object]) -> tuple[Unread, ...]:
    return tuple(each for each in found if isinstance(each, Unread))


@whole
def _cluster(graph: Graph, made: Resource) -> Versioned | None:
    version = seen(_version(Place.of(made).at("version")))
    return None if version is None else Versioned(made, version, source(graph, made, "version"))


@whole
def _group(graph: Graph, made: Resource) -> Versioned | None:
    place = Place.of(made)
    version = seen(_version(place.at("releaseVersion"))) or seen(_version(place.at("version")))
    # The program in `infra/` has one release for all groups.
    where = in_stack_file(graph, "node_release_version") if source(graph, made) != NOWHERE else NOWHERE
    return None if version is None else Versioned(made, version, where)


@whole
def _addon(graph: Graph, made: Resource) -> Addon | None:
    at = Place.of(made)
    name, version = text(at.at("addonName")), seen(at.at("addonVersion").text())
    if version is None:
        return None
    if name == KUBE_PROXY:
        needed(at.at("addonVersion"), _OF_KUBE_PROXY.fullmatch(version), "a version such as v1.36.0-eksbuild.25")
    made_by = graph.resources.get(made.parent or "")
    is_ours = made_by is not None and made_by.type == CLUSTER_ADDONS
    given = seen(Place.of(made_by).at("versions").entries()) if is_ours and made_by else {}
    place = in_stack_file(graph, "addons", "versions", name) if name in given else NOWHERE
    return Addon(made, version, place, name, follows=is_ours and name not in given)


@whole
def _version(place: Place) -> str | None:
    """A version of Kubernetes, or a release of a node image; nothing where it is not said."""
    version = seen(place.text())
    if not version:
        return None
    return needed(place, version if _VERSION.fullmatch(version) else None, "a version such as 1.36")


def in_stack_file(graph: Graph, *keys: str) -> Source:
    """A key of the stack file of the program in `infra/`."""
    return Source(f"Pulumi.{graph.stack}.yaml", f"{graph.project}:{'.'.join(keys)}")
