"""In the network agent's strict mode a pod that no policy selects has no connections: of a whole stack, none is left without."""

import json

import pytest
from kubernetes.client import ApiClient, CoreV1Api, NetworkingV1Api
from tests.cluster.support import namespaces, running

from roadstead.tool.offline.graph import Graph


def unselected(core: CoreV1Api, network: NetworkingV1Api, namespace: str) -> set[str]:
    """The pods of a namespace that the API server finds by the selector of no network policy of either direction."""
    found = {pod.metadata.name for pod in core.list_namespaced_pod(namespace).items if not pod.spec.host_network}
    left = set(found)
    for policy in network.list_namespaced_network_policy(namespace).items:
        assert not policy.spec.pod_selector.match_expressions
        labels = ",".join(f"{key}={value}" for key, value in (policy.spec.pod_selector.match_labels or {}).items())
        if {"Ingress", "Egress"} <= set(policy.spec.policy_types):
            left -= {pod.metadata.name for pod in core.list_namespaced_pod(namespace, label_selector=labels).items}
    assert found, f"nothing runs in {namespace}"
    return left


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_every_pod_of_a_stack_is_selected_by_a_policy_of_both_directions(
    api: ApiClient, core: CoreV1Api, stack: str, request: pytest.FixtureRequest
) -> None:
    graph: Graph = request.getfixturevalue(stack)
    (cni,) = [made for made in graph.of_type("aws:eks/addon:Addon") if made.inputs["addonName"] == "vpc-cni"]
    assert json.loads(cni.inputs["configurationValues"])["env"]["NETWORK_POLICY_ENFORCING_MODE"] == "strict"
    with running(api, graph):
        for namespace in ["kube-system", *namespaces(graph)]:
            assert unselected(core, NetworkingV1Api(api), namespace) == set(), namespace
