"""What a first preview does not know as a value, read off where the value comes from."""

import pytest
from tests.support import ROOT

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.tool.offline.graph import Graph, Unknown
from roadstead.tool.offline.render import render
from roadstead.tool.review.inferred import inferred
from roadstead.tool.review.views.node_group import zones

HPA, DEPLOYMENT = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:apps/v1:Deployment"


@pytest.fixture(scope="module")
def unknown() -> Graph:
    return render(ROOT, "staging", unknown=True)


def test_the_zones_of_nodes_are_those_of_the_subnets_that_they_come_from(unknown: Graph, staging: Graph) -> None:
    graph = inferred(unknown)
    for group in staging.of_type(NODE_GROUP):
        assert isinstance(unknown.resources[group.urn].inputs["subnetIds"], Unknown)
        assert zones(graph, graph.resources[group.urn]) == zones(staging, group)


def test_a_name_that_can_only_be_one_resources_is_filled_in_and_no_other(unknown: Graph, staging: Graph) -> None:
    graph = inferred(unknown)
    seen = 0
    for made in staging.of_type(DEPLOYMENT, HPA):
        found = graph.resources[made.urn].inputs
        # The team data has two namespaces.
        if made.name.startswith("data."):
            assert found["metadata"]["namespace"] == Unknown()
        else:
            assert found["metadata"] == made.inputs["metadata"]
        if made.type == HPA:
            assert found["spec"] == made.inputs["spec"]
            seen += 1
    assert seen == 6


def test_what_is_known_stays_as_it_is(staging: Graph) -> None:
    assert inferred(staging) == staging
