"""Disruption budgets never stop a drain: of every node of every stack, one after the other."""

import pytest
from kubernetes.client import ApiClient, CoreV1Api, PolicyV1Api
from tests.cluster.support import must_settle, running

from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.drain import drain, evictable_pods

DRAIN_SECONDS = 60.0


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_budgets_let_one_pod_go_at_a_time_and_a_drain_of_every_node_ends(
    api: ApiClient, core: CoreV1Api, stack: str, request: pytest.FixtureRequest
) -> None:
    graph: Graph = request.getfixturevalue(stack)
    with running(api, graph):
        budgets = PolicyV1Api(api).list_pod_disruption_budget_for_all_namespaces().items
        assert len(budgets) == len(graph.of_type("kubernetes:policy/v1:PodDisruptionBudget"))
        assert {budget.status.disruptions_allowed for budget in budgets} == {1}
        for node in [node.metadata.name for node in core.list_node().items]:
            assert drain(core, node, DRAIN_SECONDS), f"{node}: {evictable_pods(core, node)}"
            core.patch_node(node, {"spec": {"unschedulable": False}})
            must_settle(api, graph)
