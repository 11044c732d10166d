"""The nodes that a stack's node groups have at their smallest, as Node objects that kwok plays."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from roadstead.cluster.capacity import MIB, allocatable
from roadstead.cluster.nodes import ARCHITECTURES, HOST_LABEL
from roadstead.core import quantities
from roadstead.core.quantities import Amount
from roadstead.facts.instance_types import InstanceType
from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.node_group import Node, NodeGroup, node_groups
from roadstead.tool.review.views.node_group import nodes as nodes_of
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.sandbox.control_plane import FAKE_NODE

WITHOUT_GROUPS = InstanceType(8, 16384, "x86_64", 4, 30, spot=False)
"""What each of three nodes has where a stack has no node groups, because its cluster is there already."""


def nodes(graph: Graph) -> list[dict[str, Any]]:
    """Each group's nodes at its minimum, spread over the zones of its subnets and over its instance types."""
    groups = node_groups(graph)
    if not groups:
        return [_plain_node(f"node-{number}") for number in (1, 2, 3)]
    return [node_object(node) for group in groups for node in _smallest(group)]


def _smallest(group: NodeGroup) -> list[Node]:
    made = group.least if isinstance(group.least, Unread) else nodes_of(group, group.least)
    if isinstance(made, Unread):
        raise InputError(f"node group {group.resource.name}: its {made.path} is {made.why}, so nobody knows its nodes")
    return made


def node_object(node: Node) -> dict[str, Any]:
    """A node as kwok plays it."""
    return _object(node.name, node.instance, node.labels, [asdict(taint) for taint in node.taints])


def _plain_node(name: str) -> dict[str, Any]:
    architecture = ARCHITECTURES[WITHOUT_GROUPS.architecture]
    labels = {HOST_LABEL: name, "kubernetes.io/os": "linux", "kubernetes.io/arch": architecture}
    return _object(name, WITHOUT_GROUPS, labels, ())


def _object(
    name: str, instance: InstanceType, labels: Mapping[str, str], taints: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    annotation, _, played = FAKE_NODE.partition("=")
    usable = allocatable(instance)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "annotations": {annotation: played}, "labels": dict(labels)},
        "spec": {"taints": list(taints)} if taints else {},
        "status": {
            "capacity": _amount(Amount(Fraction(instance.vcpus), Fraction(instance.memory_mib * MIB), usable.pods)),
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
