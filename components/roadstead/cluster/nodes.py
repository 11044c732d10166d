"""What a graph says of the nodes of its node groups: where they run, and what Kubernetes knows them by."""

from collections.abc import Mapping
from itertools import cycle, islice
from typing import Any, NamedTuple

from roadstead.facts.instance_types import InstanceType, instance_types
from roadstead.offline.graph import UNKNOWN, Graph, Resource, Unknown
from roadstead.placement import CAPACITY_LABEL

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
GROUP_LABEL = "eks.amazonaws.com/nodegroup"
ZONE_LABEL = "topology.kubernetes.io/zone"
HOST_LABEL = "kubernetes.io/hostname"
TYPE_LABEL = "node.kubernetes.io/instance-type"
DEFAULT_TYPE, ON_DEMAND = "t3.medium", "ON_DEMAND"
"""What EKS takes where a group says nothing: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"""
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
"""EKS's words for the effects of a taint, and Kubernetes'."""
ARCHITECTURES = {"x86_64": "amd64"}
"""EC2's words for an architecture, where Kubernetes has another one."""


class Node(NamedTuple):
    """A node as it will be."""

    name: str
    group: Resource
    zone: str
    instance: InstanceType
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...]

    @property
    def kind(self) -> tuple[str, str, str]:
        """Nodes of one kind differ in their names alone."""
        return self.group.urn, self.zone, self.labels[TYPE_LABEL]


def zones(graph: Graph, group: Resource) -> list[str]:
    """The zones that a node group spreads over. A subnet that the stack only names may lie anywhere: each is a zone.

    Where the subnets are not known yet, there is one zone that is called so.
    """
    if isinstance(group.inputs["subnetIds"], Unknown):
        return [UNKNOWN]
    known = {
        subnet.id: str(subnet.inputs.get("availabilityZone", subnet.id))
        for subnet in graph.of_type("aws:ec2/subnet:Subnet")
    }
    return sorted({known.get(str(subnet), str(subnet)) for subnet in group.inputs["subnetIds"]})


def types(graph: Graph, group: Resource) -> list[str]:
    """The instance types that a node group may have: its own, its launch template's, or EKS's default."""
    templates = [graph.resources.get(urn) for urn in group.property_dependencies.get("launchTemplate", ())]
    named = [made.inputs["instanceType"] for made in templates if made and "instanceType" in made.inputs]
    return list(group.inputs.get("instanceTypes") or named or [DEFAULT_TYPE])


def nodes(graph: Graph, group: Resource, number: int) -> list[Node]:
    """So many nodes of a group, spread over its zones and its instance types."""
    places, kinds = cycle(zones(graph, group)), cycle(types(graph, group))
    taints = tuple(
        {"key": taint["key"], "value": taint.get("value", ""), "effect": EFFECTS[taint["effect"]]}
        for taint in group.inputs.get("taints") or []
    )
    made = []
    for index, (zone, type_) in enumerate(islice(zip(places, kinds, strict=False), number), start=1):
        name, instance = f"{group.name}-{index}", instance_types()[type_]
        made.append(Node(name, group, zone, instance, _labels(group, name, zone, type_), taints))
    return made


def _labels(group: Resource, name: str, zone: str, type_: str) -> dict[str, str]:
    own: Mapping[str, Any] = group.inputs.get("labels") or {}
    architecture = instance_types()[type_].architecture
    return {
        **own,
        HOST_LABEL: name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": ARCHITECTURES.get(architecture, architecture),
        CAPACITY_LABEL: group.inputs.get("capacityType", ON_DEMAND),
        GROUP_LABEL: group.name,
        ZONE_LABEL: zone,
        "topology.kubernetes.io/region": zone.rstrip("abcdefghijklmnopqrstuvwxyz"),
        TYPE_LABEL: type_,
    }
