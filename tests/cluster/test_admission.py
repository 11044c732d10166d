"""Pods of ours are admitted under Pod Security's level "restricted"; what the level forbids is refused, by its rule's name.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from tests.cluster.support import applied, container, pod, refusal, team_namespace

from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.objects import objects

NAMESPACE = "admission"
FORBIDDEN: dict[str, tuple[str, dict[str, Any]]] = {
    "a privileged container": ("privileged", pod(containers=[container(securityContext={"privileged": True})])),
    "the node's network": ("host namespaces", pod(hostNetwork=True)),
    "the node's processes": ("host namespaces", pod(hostPID=True)),
    "the node's shared memory": ("host namespaces", pod(hostIPC=True)),
    "a folder of the node": ("restricted volume types", pod(volumes=[{"name": "etc", "hostPath": {"path": "/etc"}}])),
    "a port of the node": (
        "hostPort",
        pod(containers=[container(ports=[{"containerPort": 8080, "hostPort": 8080}])]),
    ),
    "a way to more rights": (
        "allowPrivilegeEscalation != false",
        pod(containers=[container(securityContext={"capabilities": {"drop": ["ALL"]}})]),
    ),
    "a capability": (
        "unrestricted capabilities",
        pod(containers=[container(securityContext={"allowPrivilegeEscalation": False})]),
    ),
    "root, by its number": (
        "runAsUser=0",
        pod(securityContext={"runAsNonRoot": True, "runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}}),
    ),
    "root, by saying nothing": (
        "runAsNonRoot != true",
        pod(securityContext={"seccompProfile": {"type": "RuntimeDefault"}}),
    ),
    "every system call": ("seccompProfile", pod(securityContext={"runAsNonRoot": True})),
    "a kernel parameter": (
        "forbidden sysctls",
        pod(
            securityContext={
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
                "sysctls": [{"name": "kernel.msgmax", "value": "1"}],
            }
        ),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _namespace(api: ApiClient) -> Iterator[None]:
    with applied(api, team_namespace(NAMESPACE)):
        yield


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_every_generated_pod_is_admitted_without_a_warning(
    api: ApiClient, stack: str, request: pytest.FixtureRequest
) -> None:
    graph: Graph = request.getfixturevalue(stack)
    deployments = [body for body in objects(graph) if body["kind"] == "Deployment"]
    assert deployments
    with applied(api, graph):
        for deployment in deployments:
            template = deployment["spec"]["template"]
            metadata = {"name": "admitted", "labels": template["metadata"]["labels"]}
            body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
            _, status, headers = CoreV1Api(api).create_namespaced_pod_with_http_info(
                deployment["metadata"]["namespace"], body, dry_run="All"
            )
            assert status == 201
            assert "Warning" not in headers


def test_a_warning_would_be_seen(api: ApiClient) -> None:
    namespace = team_namespace("admission-baseline", pod_security="baseline")
    with applied(api, namespace):
        _, _, headers = CoreV1Api(api).create_namespaced_pod_with_http_info(
            "admission-baseline", pod(securityContext={"runAsNonRoot": True}), dry_run="All"
        )
    assert "seccompProfile" in headers["Warning"]


def test_the_pod_that_the_forbidden_ones_differ_from_is_admitted(core: CoreV1Api) -> None:
    assert core.create_namespaced_pod(NAMESPACE, pod(), dry_run="All").metadata.name == "pod"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_pod_is_refused_that_asks_for(core: CoreV1Api, what: str) -> None:
    rule, body = FORBIDDEN[what]
    text = refusal(lambda: core.create_namespaced_pod(NAMESPACE, body, dry_run="All"))
    assert "violates PodSecurity" in text
    assert rule in text
