"""What the tests on a real API server share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from kubernetes.client.exceptions import ForbiddenException
from tests.examples import smallest
from tests.support import deploy

from roadstead import TeamNamespace
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.addons import addon_objects
from roadstead.tool.sandbox.apply import Cluster, Reference
from roadstead.tool.sandbox.nodes import nodes
from roadstead.tool.sandbox.objects import objects
from roadstead.tool.sandbox.rollout import settle, wait_for_nodes

SETTLE_SECONDS = 90.0


@contextmanager
def applied(api: ApiClient, *graphs: Graph) -> Iterator[None]:
    """The Kubernetes objects of graphs on the cluster, for as long as the block lasts."""
    cluster = Cluster(api)
    references = [Reference.of(body) for graph in graphs for body in objects(graph)]
    try:
        for graph in graphs:
            cluster.apply(objects(graph))
        yield
    finally:
        cluster.prune(references)


@contextmanager
def with_nodes(api: ApiClient, graph: Graph) -> Iterator[None]:
    """The nodes of a graph's node groups and what its add-ons run on them."""
    cluster, wanted, pods = Cluster(api), nodes(graph), addon_objects(graph)
    try:
        cluster.apply(wanted)
        wait_for_nodes(CoreV1Api(api), SETTLE_SECONDS)
        cluster.apply(pods)
        yield
    finally:
        cluster.prune([Reference.of(body) for body in pods])
        # A pod whose node has gone before it would stay until the garbage collector looks.
        CoreV1Api(api).delete_collection_namespaced_pod("kube-system", grace_period_seconds=0)
        eventually(lambda: not CoreV1Api(api).list_namespaced_pod("kube-system").items)
        cluster.prune([Reference("v1", "Node", "", node.metadata.name) for node in CoreV1Api(api).list_node().items])


@contextmanager
def running(api: ApiClient, graph: Graph) -> Iterator[None]:
    """A whole stack whose pods all run."""
    with with_nodes(api, graph), applied(api, graph):
        must_settle(api, graph)
        yield


def namespaces(graph: Graph) -> list[str]:
    return sorted({body["metadata"]["name"] for body in objects(graph) if body["kind"] == "Namespace"})


def must_settle(api: ApiClient, graph: Graph) -> None:
    left = settle(api, ["kube-system", *namespaces(graph)], SETTLE_SECONDS)
    assert not left, left


def team_namespace(name: str, **changes: Any) -> Graph:
    """A namespace of a team of the same name."""
    return deploy(lambda: TeamNamespace(name, smallest(TeamNamespace, namespace=name, team=name, **changes)))


def pod(name: str = "pod", **spec: Any) -> dict[str, Any]:
    """A pod that Pod Security's level "restricted" admits."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container()],
            **spec,
        },
    }


def container(**changes: Any) -> dict[str, Any]:
    """A container that Pod Security's level "restricted" admits."""
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {"name": "app", "image": "app:not-run", "securityContext": security, **changes}


def sized(cpu: str, memory: str) -> dict[str, Any]:
    """A container that asks for this much and gets no more."""
    amount = {"cpu": cpu, "memory": memory}
    return container(resources={"requests": amount, "limits": amount})


def eventually(condition: Callable[[], bool], timeout_seconds: float = 120.0, every_seconds: float = 0.05) -> None:
    """Waits for what a controller does in its own time."""
    end = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(every_seconds)


def refusal(call: Callable[[], Any]) -> str:
    """What the API server says when it forbids a call."""
    with pytest.raises(ForbiddenException) as refused:
        call()
    return str(refused.value.body)
