"""A stack's environment as boxes to draw: network, zones, node groups, clusters, namespaces and what runs in them."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.given import mapping
from roadstead.tool.review.reports.lines import value
from roadstead.tool.review.review import BY_RISK
from roadstead.tool.review.stacks import PLATFORM, team_of

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
CLUSTER, NODE_GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
NAMESPACE = "kubernetes:core/v1:Namespace"
WORKLOADS = tuple(
    f"kubernetes:{kind}"
    for kind in ("apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:DaemonSet", "batch/v1:CronJob", "batch/v1:Job")
)
WHOLES = ("roadstead:index:NodeGroup", "roadstead:index:App")
"""Components that are one box with everything that they make."""
LENGTH = 80


class Box(NamedTuple):
    """One thing in the picture."""

    name: str
    about: str
    """What else to know of it; may be empty."""
    kind: Kind | None
    """What happens to it; `UPDATE` where something happens only to what belongs to it. Nothing: it stays as it is."""
    urn: str | None
    """Of the change to read first."""


class Run(NamedTuple):
    """Zones beside one another."""

    zones: int
    """How many."""
    is_there: bool
    """Whether the node group is in them."""


class Band(NamedTuple):
    """A node group and the zones that it spreads over."""

    box: Box
    runs: tuple[Run, ...]
    """All zones, in their order; the group is in all of them where its subnets are not known."""


class Place(NamedTuple):
    """A namespace and what runs in it."""

    box: Box
    team: str
    runs: tuple[Box, ...]


class Picture(NamedTuple):
    """A stack's environment, as it will be and with what goes."""

    networks: tuple[Box, ...]
    clusters: tuple[Box, ...]
    subnets: Mapping[str, tuple[Box, ...]]
    """By zone."""
    groups: tuple[Band, ...]
    places: tuple[Place, ...]
    """Namespaces by team and name; the platform's first."""


def picture(diff: StackDiff) -> Picture:
    """The picture of one stack."""
    drawn = _Drawn(diff)
    subnets = drawn.all(SUBNET)
    zones = {subnet.id: _text(subnet.inputs.get("availabilityZone", "no zone known")) for subnet in subnets}
    return Picture(
        networks=tuple(drawn.box(vpc, vpc.name, _text(vpc.inputs.get("cidrBlock", ""))) for vpc in drawn.all(VPC)),
        clusters=tuple(
            drawn.box(cluster, _text(cluster.inputs.get("name", cluster.name)), _version(cluster))
            for cluster in drawn.all(CLUSTER)
        ),
        subnets={
            zone: tuple(
                drawn.box(subnet, _text(subnet.inputs.get("cidrBlock", "")), subnet.name)
                for subnet in subnets
                if zones[subnet.id] == zone
            )
            for zone in sorted(set(zones.values()))
        },
        groups=tuple(
            Band(drawn.box(group, group.name, _nodes(group)), _runs(group, zones)) for group in drawn.all(NODE_GROUP)
        ),
        places=_places(drawn),
    )


class _Drawn:
    """What there is to draw, and what happens to it."""

    def __init__(self, diff: StackDiff) -> None:
        self.diff = diff
        self.own = {change.resource.urn: change for change in diff.changes}
        self.inside: dict[str, list[Change]] = {}
        for change in diff.changes:
            self.inside.setdefault(self.whole_of(change.resource), []).append(change)

    def all(self, *types: str) -> list[Resource]:
        """The resources of these types, with those that go."""
        there = self.diff.head.of_type(*types) if self.diff.head else []
        going = [change.old for change in self.diff.changes if change.new is None and change.old]
        return [*there, *(resource for resource in going if resource.type in types)]

    def box(self, resource: Resource, name: str, about: str) -> Box:
        """A resource as a box; what happens to it counts before what happens inside of it."""
        own, inside = self.own.get(resource.urn), self.inside.get(self.whole_of(resource), [])
        first = own or min(inside, key=lambda change: BY_RISK.index(change.kind), default=None)
        kind = own.kind if own else Kind.UPDATE if inside else None
        return Box(name, about, kind, first.resource.urn if first else None)

    def graph_with(self, resource: Resource) -> Graph | None:
        """The graph that a resource is part of."""
        head = self.diff.head
        return head if head and resource.urn in head.resources else self.diff.base

    def whole_of(self, resource: Resource) -> str:
        """URN of the component that is drawn as one box with the resource in it, or the resource's own."""
        graph, above = self.graph_with(resource), resource
        while graph and above.type not in WHOLES:
            parent = graph.resources.get(above.parent or "")
            if parent is None:
                return resource.urn
            above = parent
        return above.urn


def _places(drawn: _Drawn) -> tuple[Place, ...]:
    runs: dict[str, list[Box]] = {}
    for workload in drawn.all(*WORKLOADS):
        name, about = _metadata(workload, "name", workload.name), workload.type.rpartition(":")[2]
        runs.setdefault(_metadata(workload, "namespace", "default"), []).append(drawn.box(workload, name, about))
    places = {}
    for namespace in drawn.all(NAMESPACE):
        name = _metadata(namespace, "name", namespace.name)
        team = team_of(drawn.graph_with(namespace), namespace)
        places[name] = Place(drawn.box(namespace, name, ""), team, tuple(runs.pop(name, ())))
    for name, others in runs.items():
        places[name] = Place(Box(name, "", None, None), PLATFORM, tuple(others))
    return tuple(sorted(places.values(), key=lambda place: (place.team != PLATFORM, place.team, place.box.name)))


def _runs(group: Resource, zones: Mapping[str, str]) -> tuple[Run, ...]:
    subnets = group.inputs.get("subnetIds")
    known = {zones.get(str(subnet)) for subnet in subnets} - {None} if isinstance(subnets, list) else set()
    there = [zone in (known or zones.values()) for zone in sorted(set(zones.values()))]
    return tuple(Run(len(list(run)), is_there) for is_there, run in groupby(there))


def _nodes(group: Resource) -> str:
    """`on demand, 3 to 18 nodes, m7g.2xlarge and 2 more types`."""
    types, scaling = group.inputs.get("instanceTypes"), mapping(group.inputs.get("scalingConfig"))
    parts = [_text(group.inputs.get("capacityType", "ON_DEMAND")).lower().replace("_", " ")]
    if scaling:
        parts.append(f"{_text(scaling.get('minSize'))} to {_text(scaling.get('maxSize'))} nodes")
    if isinstance(types, list) and types:
        more = f" and {len(types) - 1} more types" if len(types) > 1 else ""
        parts.append(_text(types[0]) + more)
    return ", ".join(parts)


def _version(cluster: Resource) -> str:
    return f"Kubernetes {_text(cluster.inputs['version'])}" if "version" in cluster.inputs else ""


def _metadata(resource: Resource, key: str, otherwise: str) -> str:
    return _text(mapping(resource.inputs.get("metadata")).get(key, otherwise))


def _text(given: Any) -> str:
    return value(given, LENGTH)
