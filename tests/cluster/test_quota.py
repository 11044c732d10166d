"""Quotas and limits: what the API server enforces is what the program computed."""

from collections.abc import Iterator
from typing import cast

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from tests.cluster.support import applied, eventually, pod, refusal, running, sized, team_namespace

from roadstead.core.quantities import NOTHING, Amount, parse
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.objects import objects
from roadstead.workload.app_spec import AppSpec, pod_size, replicas

DEFAULTS, LARGEST, LAST_UNIT, SERVICES = "defaults", "largest", "last-unit", "services"


@pytest.fixture(scope="module", autouse=True)
def _namespaces(api: ApiClient) -> Iterator[None]:
    quota = {"cpu": "2", "memory": "2Gi", "pods": 3}
    names = (DEFAULTS, LARGEST, LAST_UNIT, SERVICES)
    with applied(api, *(team_namespace(name, quota=quota) for name in names)):
        yield


def used(core: CoreV1Api, namespace: str) -> Amount:
    usage = core.read_namespaced_resource_quota_status("quota", namespace).status.used
    return Amount(parse(usage["requests.cpu"]), parse(usage["requests.memory"]), int(usage["pods"]))


def test_a_pod_that_asks_for_nothing_gets_the_defaults(core: CoreV1Api) -> None:
    resources = core.create_namespaced_pod(DEFAULTS, pod()).spec.containers[0].resources
    assert resources.requests == {"cpu": "100m", "memory": "128Mi"}
    assert resources.limits == {"cpu": "200m", "memory": "128Mi"}


def test_no_container_takes_more_than_half_of_the_namespace(core: CoreV1Api) -> None:
    core.create_namespaced_pod(LARGEST, pod(containers=[sized("100m", "1Gi")]))
    text = refusal(lambda: core.create_namespaced_pod(LARGEST, pod("more", containers=[sized("100m", "1025Mi")])))
    assert "maximum memory usage per Container is 1Gi" in text


def test_the_last_unit_of_the_quota_is_given_and_not_one_more(core: CoreV1Api) -> None:
    core.create_namespaced_pod(LAST_UNIT, pod("first", containers=[sized("1", "1Gi")]))
    core.create_namespaced_pod(LAST_UNIT, pod("second", containers=[sized("1", "1023Mi")]))
    cpu = refusal(lambda: core.create_namespaced_pod(LAST_UNIT, pod("cpu", containers=[sized("1m", "1Mi")])))
    assert "exceeded quota: quota" in cpu
    assert "requested: requests.cpu=1m" in cpu

    core.delete_namespaced_pod("second", LAST_UNIT, grace_period_seconds=0)
    eventually(lambda: used(core, LAST_UNIT) == Amount(parse("1"), parse("1Gi"), 1))
    core.create_namespaced_pod(LAST_UNIT, pod("third", containers=[sized("999m", "1023Mi")]))
    memory = refusal(lambda: core.create_namespaced_pod(LAST_UNIT, pod("memory", containers=[sized("1m", "2Mi")])))
    assert "requested: limits.memory=2Mi,requests.memory=2Mi" in memory
    core.create_namespaced_pod(LAST_UNIT, pod("last", containers=[sized("1m", "1Mi")]))
    # The quota controller counts again in its own time, and may write an older count over the one of admission.
    eventually(lambda: used(core, LAST_UNIT) == Amount(parse("2"), parse("2Gi"), 3))

    pods = refusal(lambda: core.create_namespaced_pod(LAST_UNIT, pod("fourth", containers=[sized("1m", "1Mi")])))
    assert "exceeded quota: quota" in pods
    assert "pods=3" in pods.partition("limited: ")[2]


@pytest.mark.parametrize("type_", ["LoadBalancer", "NodePort"])
def test_no_service_opens_the_nodes_to_the_outside(core: CoreV1Api, type_: str) -> None:
    service = {"metadata": {"name": "open"}, "spec": {"type": type_, "ports": [{"port": 80}]}}
    text = refusal(lambda: core.create_namespaced_service(SERVICES, service))
    assert f"services.{type_.lower()}s=1" in text


def test_a_stack_uses_of_its_quotas_what_was_computed(api: ApiClient, core: CoreV1Api, staging: Graph) -> None:
    namespaces = [body["metadata"]["namespace"] for body in objects(staging) if body["kind"] == "ResourceQuota"]
    expected = {namespace: computed(staging, namespace) for namespace in namespaces}
    assert NOTHING not in expected.values()
    with running(api, staging):
        eventually(lambda: {namespace: used(core, namespace) for namespace in namespaces} == expected)


def computed(graph: Graph, namespace: str) -> Amount:
    """What the apps of a namespace ask for at their fewest replicas, as the program's own checks reckon."""
    total = NOTHING
    for app in graph.of_type("roadstead:index:App"):
        asked = cast(AppSpec, app.inputs)
        if app.inputs["namespace"] == namespace:
            total = total.plus(pod_size(asked).times(replicas(asked, app.inputs["tier"])["min"]))
    return total
