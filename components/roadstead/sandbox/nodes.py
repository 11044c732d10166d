"""The nodes that a stack's node groups have at their smallest, as Node objects that kwok plays."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

from roadstead import quantities
from roadstead.cluster.capacity import MIB, allocatable
from roadstead.facts.instance_types import InstanceType, instance_types
from roadstead.offline.graph import Graph, Resource
from roadstead.placement import CAPACITY_LABEL
from roadstead.quantities import Amount
from roadstead.sandbox.control_plane import FAKE_NODE

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
ZONE_LABEL = "topology.kubernetes.io/zone"
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
"""EKS's words for the effects of a taint, and Kubernetes'."""
WITHOUT_GROUPS = InstanceType(8, 16384, "x86_64", 4, 30, spot=False)
"""What each of three nodes has where a stack has no node groups, because its cluster is there already."""


def nodes(graph: Graph) -> list[dict[str, Any]]:
    """Each group's nodes at its minimum, spread over the zones of its subnets and over its instance types."""
    groups = graph.of_type("aws:eks/nodeGroup:NodeGroup")
    if not groups:
        return [_node(f"node-{number}", WITHOUT_GROUPS, {}, []) for number in (1, 2, 3)]
    zones = {
        subnet.id: str(subnet.inputs.get("availabilityZone", subnet.id))
        for subnet in graph.of_type("aws:ec2/subnet:Subnet")
    }
    return [node for group in groups for node in _nodes(group, zones)]


def _nodes(group: Resource, zones: dict[str, str]) -> Iterator[dict[str, Any]]:
    inputs = group.inputs
    # A subnet that the stack only names may lie anywhere: each then counts as a zone.
    places = cycle(sorted({zones.get(subnet, subnet) for subnet in inputs["subnetIds"]}))
    types = cycle(inputs["instanceTypes"])
    taints = [
        {"key": taint["key"], "value": taint.get("value", ""), "effect": EFFECTS[taint["effect"]]}
        for taint in inputs.get("taints", [])
    ]
    number = inputs["scalingConfig"]["minSize"]
    for index, (zone, type_) in enumerate(islice(zip(places, types, strict=False), number), start=1):
        labels = {
            **(inputs.get("labels") or {}),
            CAPACITY_LABEL: inputs["capacityType"],
            GROUP_LABEL: group.name,
            ZONE_LABEL: zone,
            "topology.kubernetes.io/region": zone.rstrip("abcdefghijklmnopqrstuvwxyz"),
            "node.kubernetes.io/instance-type": type_,
        }
        yield _node(f"{group.name}-{index}", instance_types()[type_], labels, taints)


def _node(name: str, instance: InstanceType, labels: dict[str, str], taints: list[dict[str, str]]) -> dict[str, Any]:
    annotation, _, played = FAKE_NODE.partition("=")
    architecture = {"x86_64": "amd64"}.get(instance.architecture, instance.architecture)
    usable = allocatable(instance)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {annotation: played},
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": architecture,
                **labels,
            },
        },
        "spec": {"taints": taints} if taints else {},
        "status": {
            "capacity": _amount(Amount(quantities.parse(str(instance.vcpus)), usable.memory, usable.pods))
            | {"memory": quantities.memory(instance.memory_mib * MIB * quantities.parse("1"))},
            "allocatable": _amount(usable),
        },
    }


def _amount(amount: Amount) -> dict[str, str]:
    return {
        "cpu": quantities.cpu(amount.cpu),
        "memory": quantities.memory(amount.memory),
        "pods": str(amount.pods),
        "ephemeral-storage": "50Gi",
    }
