"""Node groups of EKS: their nodes, where they run, and what Kubernetes knows them by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle, islice
from typing import NamedTuple

from roadstead.cluster.nodes import (
    ARCHITECTURES,
    DEFAULT_TYPE,
    EFFECTS,
    GROUP_LABEL,
    HOST_LABEL,
    NODE_GROUP,
    ON_DEMAND,
    TYPE_LABEL,
    ZONE_LABEL,
)
from roadstead.core.placement import CAPACITY_LABEL
from roadstead.core.quantities import MOST_NODES
from roadstead.facts.instance_types import DATA, InstanceType, instance_types
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.placement import Taint
from roadstead.tool.review.views.reading import Place, Unread, Why, once_a_graph
from roadstead.tool.review.views.whole import count, needed, one_of, seen, text, whole

SPOT = "SPOT"
CAPACITIES = (ON_DEMAND, SPOT, "CAPACITY_BLOCK")


class Node(NamedTuple):
    """A node as it will be."""

    name: str
    group: Resource
    zone: str
    instance: InstanceType
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]

    @property
    def kind(self) -> tuple[str, str, str]:
        """Nodes of one kind differ in their names alone."""
        return self.group.urn, self.zone, self.labels[TYPE_LABEL]


@dataclass(frozen=True)
class NodeGroup:
    """One node group."""

    resource: Resource
    types: tuple[str, ...] | Unread
    """Names of the instance types that it may have."""
    zones: tuple[str, ...] | Unread
    """The zones that it spreads over."""

    @cached_property
    def place(self) -> Place:
        """All of it."""
        return Place.of(self.resource)

    @cached_property
    def capacity(self) -> str | Unread:
        """`ON_DEMAND` or `SPOT`."""
        return _capacity(self.place.at("capacityType"))

    @cached_property
    def least(self) -> int | Unread:
        """Its fewest nodes."""
        return _size(self.place, "minSize")

    @cached_property
    def most(self) -> int | Unread:
        """Its most nodes."""
        return _size(self.place, "maxSize")

    @cached_property
    def taints(self) -> tuple[Taint, ...] | Unread:
        """Of its nodes."""
        return _taints(self.place.at("taints"))

    @cached_property
    def instances(self) -> Mapping[str, InstanceType] | Unread:
        """What its instance types have, by name."""
        return _instances(self)


@once_a_graph
def node_groups(graph: Graph) -> tuple[NodeGroup, ...]:
    """All of them."""
    return tuple(NodeGroup(made, types(graph, made), zones(graph, made)) for made in graph.of_type(NODE_GROUP))


@whole
def types(graph: Graph, group: Resource) -> tuple[str, ...]:
    """The instance types that a node group may have: its own, its launch template's, or EKS's default."""
    own = seen(Place.of(group).at("instanceTypes").texts())
    templates = [graph.resources.get(urn) for urn in group.property_dependencies.get("launchTemplate", ())]
    named = [Place.of(made).at("instanceType") for made in templates if made is not None and not own]
    return tuple(own or [text(type_) for type_ in named if not type_.is_absent] or [DEFAULT_TYPE])


@whole
def zones(graph: Graph, group: Resource) -> tuple[str, ...]:
    """The zones that a node group spreads over. A subnet that the stack only names may lie anywhere: each is a zone."""
    subnets = Place.of(group).at("subnetIds")
    listed = {_zone(graph, id_) for id_ in seen(subnets.texts())}
    return needed(subnets, tuple(sorted(listed)) or None, "at least one subnet")


@whole
def nodes(group: NodeGroup, number: int) -> list[Node]:
    """So many nodes of a group, spread over its zones and its instance types."""
    places, types_, taints = cycle(seen(group.zones)), cycle(seen(group.types)), seen(group.taints)
    own, capacity = seen(group.place.at("labels").labels()), seen(group.capacity)
    made = []
    for index, (zone, type_) in enumerate(islice(zip(places, types_, strict=False), number), start=1):
        name, instance = f"{group.resource.name}-{index}", seen(_instance(group, type_))
        labels = {
            **own,
            HOST_LABEL: name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": ARCHITECTURES.get(instance.architecture, instance.architecture),
            CAPACITY_LABEL: capacity,
            GROUP_LABEL: group.resource.name,
            ZONE_LABEL: zone,
            "topology.kubernetes.io/region": zone.rstrip("abcdefghijklmnopqrstuvwxyz"),
            TYPE_LABEL: type_,
        }
        made.append(Node(name, group.resource, zone, instance, labels, taints))
    return made


@once_a_graph
def _subnets(graph: Graph) -> dict[str, Resource]:
    return {made.id: made for made in graph.of_type("aws:ec2/subnet:Subnet") if made.id}


def _zone(graph: Graph, subnet_id: str) -> str:
    subnet = _subnets(graph).get(subnet_id)
    zone = seen(Place.of(subnet).at("availabilityZone").text()) if subnet else None
    return subnet_id if zone is None else zone


@whole
def _capacity(place: Place) -> str:
    return one_of(place, CAPACITIES, ON_DEMAND)


@whole
def _size(group: Place, key: str) -> int:
    at = group.at("scalingConfig", key)
    size = seen(count(at))
    return needed(at, size if size <= MOST_NODES else None, f"at most {MOST_NODES}")


@whole
def _taints(place: Place) -> tuple[Taint, ...]:
    return tuple(
        Taint(
            text(taint.at("key")),
            seen(taint.at("value").text()) or "",
            EFFECTS[one_of(taint.at("effect"), tuple(EFFECTS))],
        )
        for taint in seen(place.items())
    )


@whole
def _instances(group: NodeGroup) -> Mapping[str, InstanceType]:
    return {name: seen(_instance(group, name)) for name in seen(group.types)}


def _instance(group: NodeGroup, type_: str) -> InstanceType | Unread:
    expected = f"a type that data/{DATA} has, not {type_}"
    return instance_types().get(type_) or Unread(group.resource, "instanceTypes", Why.UNLISTED, expected)
