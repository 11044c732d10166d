"""The guard on a real API server: when it is in force, and who asks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kubernetes import config
from kubernetes.client import ApiClient
from tests.cluster.support import applied, eventually, pod
from tests.support import deploy

from roadstead import TenancyGuard
from roadstead.tenancy.guard.policies import POLICIES
from roadstead.tenancy.personas import group
from roadstead.tenancy.tenancy_guard_spec import ENFORCE
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.control_plane import ControlPlane


def guard(isolation: str = ENFORCE) -> Graph:
    return deploy(lambda: TenancyGuard("guard", {"isolation": isolation}))


@contextmanager
def guarded(api: ApiClient, *graphs: Graph, isolation: str = ENFORCE, namespace: str) -> Iterator[None]:
    """A cluster with the guard and with graphs that have a team's namespace, once every policy is in force there."""
    with applied(api, *graphs, guard(isolation)):
        eventually(lambda: in_force(api, namespace))
        yield


def in_force(api: ApiClient, namespace: str) -> bool:
    """Whether every policy says something: the API server takes a new policy in its own time."""
    probe: dict[str, tuple[str, str, Any]] = {
        "pods": ("Pod", "v1", {"spec": pod(nodeName="probe")["spec"]}),
        "services": ("Service", "v1", {"spec": {"externalIPs": ["10.0.0.1"], "ports": [{"port": 80}]}}),
        "network-policies": ("NetworkPolicy", "networking.k8s.io/v1", {"spec": {"podSelector": {}, "egress": [{}]}}),
        "disruption-budgets": ("PodDisruptionBudget", "policy/v1", {"spec": {"maxUnavailable": 0}}),
        "routes": (
            "Ingress",
            "networking.k8s.io/v1",
            {"spec": {"defaultBackend": {"service": {"name": "probe", "port": {"number": 80}}}}},
        ),
        "secrets": (
            "Secret",
            "v1",
            {
                "type": "kubernetes.io/service-account-token",
                "metadata": {"annotations": {"kubernetes.io/service-account.name": "default"}},
            },
        ),
    }
    assert set(probe) == {policy.name for policy in POLICIES}
    return all(
        f"{name}/" in said(api, {"kind": kind, "apiVersion": version, **rest}, namespace)
        for name, (kind, version, rest) in probe.items()
    )


PLURALS = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies", "Endpoints": "endpoints"}


def said(api: ApiClient, body: Mapping[str, Any], namespace: str) -> str:
    """What the API server says when it is asked to create something, in a refusal or in warnings; nothing is created."""
    made = {**body, "metadata": {"name": "probe", **body.get("metadata", {}), "namespace": namespace}}
    version, kind = made["apiVersion"], made["kind"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    answer = api.rest_client.request(
        "POST",
        f"{api.configuration.host}{root}/namespaces/{namespace}/{PLURALS.get(kind, kind.lower() + 's')}?dryRun=All",
        headers={
            **api.default_headers,
            "Accept": "application/json",
            "Authorization": api.configuration.get_api_key_with_prefix("BearerToken"),
            "Content-Type": "application/json",
        },
        body=made,
    )
    text, warnings = answer.read().decode(), str(answer.headers.get("Warning") or "")
    return warnings if answer.status < 400 else warnings + text


def acting(plane: ControlPlane, team: str, persona: str) -> ApiClient:
    """A client that acts as a persona."""
    api = config.new_client_from_config(str(plane.kubeconfig))
    api.set_default_header("Impersonate-User", "somebody")
    api.set_default_header("Impersonate-Group", group(team, persona))
    return api
