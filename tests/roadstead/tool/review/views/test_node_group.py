"""What a graph says of the nodes of groups that leave things to EKS."""

from dataclasses import replace
from typing import Any

from tests.graphs import graph, node_group, resource

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.views.node_group import node_groups, nodes, types
from roadstead.tool.review.views.reading import Unread

TEMPLATE = resource("aws:ec2/launchTemplate:LaunchTemplate", "large", {"instanceType": "m7g.large"})


def saying_little(**needs: tuple[str, ...]) -> Resource:
    said = node_group()
    inputs: dict[str, Any] = {key: said.inputs[key] for key in ("subnetIds", "scalingConfig")}
    return replace(said, inputs=inputs, property_dependencies=needs)


def test_a_group_that_names_no_type_has_its_launch_templates() -> None:
    group = saying_little(launchTemplate=(TEMPLATE.urn,))
    assert types(graph(TEMPLATE, group), group) == ("m7g.large",)


def test_without_a_template_it_has_ekss_own_on_demand() -> None:
    group = saying_little()
    (read,) = node_groups(graph(TEMPLATE, group))
    made = nodes(read, 1)
    assert not isinstance(made, Unread)
    (node,) = made
    assert node.labels["node.kubernetes.io/instance-type"] == "t3.medium"
    assert node.labels["eks.amazonaws.com/capacityType"] == "ON_DEMAND"
