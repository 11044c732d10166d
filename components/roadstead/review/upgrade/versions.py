"""What of a stack has a Kubernetes version or follows one: control plane, nodes and add-ons, and where that is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roadstead.cluster.cluster_addons_spec import ADDONS
from roadstead.cluster.nodes import NODE_GROUP
from roadstead.kubernetes_versions import minor
from roadstead.offline.graph import Graph, Resource
from roadstead.review.stacks import NOWHERE, TEAM, Source, source

CLUSTER, ADDON, CLUSTER_ADDONS = "aws:eks/cluster:Cluster", "aws:eks/addon:Addon", "roadstead:index:ClusterAddons"
_VERSION = re.compile(r"1\.\d+(\.\d+-\d{8})?")


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


def versions(graph: Graph) -> Versions:
    """What a graph says of versions. What is not known before creation counts as not said."""
    clusters, groups = list(_clusters(graph)), list(_groups(graph))
    said = {found.resource.urn for found in (*clusters, *groups)}
    unversioned = tuple(made for made in graph.of_type(CLUSTER, NODE_GROUP) if made.urn not in said)
    known = [cluster.version for cluster in clusters]
    if not graph.of_type(CLUSTER):
        known = [version for team in graph.of_type(TEAM) if (version := _text(team.inputs.get("kubernetes_version")))]
    in_turn = [*ADDONS]
    addons = sorted(_addons(graph), key=lambda addon: in_turn.index(addon.name) if addon.name in ADDONS else 99)
    return Versions(
        graph, tuple(clusters), tuple(groups), tuple(addons), min(known, key=minor, default=None), unversioned
    )


def _clusters(graph: Graph) -> Iterator[Versioned]:
    for cluster in graph.of_type(CLUSTER):
        version = _text(cluster.inputs.get("version"))
        if version:
            yield Versioned(cluster, version, source(graph, cluster, "version"))


def _groups(graph: Graph) -> Iterator[Versioned]:
    for group in graph.of_type(NODE_GROUP):
        version = _text(group.inputs.get("releaseVersion")) or _text(group.inputs.get("version"))
        if version:
            # The program in `infra/` has one release for all groups.
            is_ours = source(graph, group) != NOWHERE
            yield Versioned(group, version, in_stack_file(graph, "node_release_version") if is_ours else NOWHERE)


def _addons(graph: Graph) -> Iterator[Addon]:
    for addon in graph.of_type(ADDON):
        name, version = addon.inputs.get("addonName"), addon.inputs.get("addonVersion")
        if isinstance(name, str) and isinstance(version, str):
            made_by = graph.resources.get(addon.parent or "")
            is_ours = made_by is not None and made_by.type == CLUSTER_ADDONS
            given = (made_by.inputs.get("versions") or {}) if is_ours and made_by else {}
            place = in_stack_file(graph, "addons", "versions", name) if name in given else NOWHERE
            yield Addon(addon, version, place, name, follows=is_ours and name not in given)


def in_stack_file(graph: Graph, *keys: str) -> Source:
    """A key of the stack file of the program in `infra/`."""
    return Source(f"Pulumi.{graph.stack}.yaml", f"{graph.project}:{'.'.join(keys)}")


def _text(value: Any) -> str | None:
    """A version, where it is one that is known."""
    return value if isinstance(value, str) and _VERSION.fullmatch(value) else None
