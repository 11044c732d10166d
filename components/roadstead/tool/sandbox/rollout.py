"""Whether what runs in a cluster runs as it should: nodes with their pods, and what waits and why."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from kubernetes.client import ApiClient, AppsV1Api, AutoscalingV2Api, CoreV1Api

from roadstead.cluster.nodes import ZONE_LABEL
from roadstead.core.placement import CAPACITY_LABEL

POLL_SECONDS = 0.5


class NodeStatus(NamedTuple):
    """A node, and what is on it."""

    name: str
    capacity: str
    zone: str
    pods: int
    ready: bool


def node_statuses(core: CoreV1Api) -> list[NodeStatus]:
    """Every node with the number of its pods."""
    pods = Counter(pod.spec.node_name for pod in core.list_pod_for_all_namespaces().items)
    return [_node_status(node, pods[node.metadata.name]) for node in core.list_node().items]


def _node_status(node: Any, pods: int) -> NodeStatus:
    labels = node.metadata.labels
    ready = any(condition.type == "Ready" and condition.status == "True" for condition in node.status.conditions or [])
    return NodeStatus(
        node.metadata.name,
        labels.get(CAPACITY_LABEL, "").lower().replace("_", "-"),
        labels.get(ZONE_LABEL, ""),
        pods,
        ready and not node.spec.unschedulable,
    )


def wait_for_nodes(core: CoreV1Api, timeout_seconds: float) -> None:
    """Waits until pods may be put on every node: what is scheduled before would crowd on those that are ready first."""
    end = time.monotonic() + timeout_seconds
    while any(_has_no_place_yet(node) for node in core.list_node().items) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)


def _has_no_place_yet(node: Any) -> bool:
    return any(taint.key == "node.kubernetes.io/not-ready" for taint in node.spec.taints or [])


def waiting(api: ApiClient, namespaces: Sequence[str]) -> list[str]:
    """What does not run yet in some namespaces, each with the reason that Kubernetes gives."""
    core, apps, autoscaling = CoreV1Api(api), AppsV1Api(api), AutoscalingV2Api(api)
    found = []
    for namespace in namespaces:
        for scaler in autoscaling.list_namespaced_horizontal_pod_autoscaler(namespace).items:
            current, least = scaler.status.current_replicas or 0, scaler.spec.min_replicas
            if current < least:
                found.append(f"scaler {namespace}/{scaler.metadata.name}: {current} of at least {least} replicas")
        for deployment in apps.list_namespaced_deployment(namespace).items:
            found += _waiting_deployment(namespace, deployment)
        for pod in core.list_namespaced_pod(namespace, field_selector="status.phase=Pending").items:
            reasons = [condition.message for condition in pod.status.conditions or [] if condition.message]
            found.append(f"pod {namespace}/{pod.metadata.name}: {'; '.join(reasons) or 'pending'}")
    return found


def _waiting_deployment(namespace: str, deployment: Any) -> list[str]:
    status, wanted = deployment.status, deployment.spec.replicas
    if status.observed_generation == deployment.metadata.generation and (status.ready_replicas or 0) >= wanted:
        return []
    refused = [condition.message for condition in status.conditions or [] if condition.type == "ReplicaFailure"]
    ready = f"{status.ready_replicas or 0} of {wanted} ready"
    return [f"deployment {namespace}/{deployment.metadata.name}: {'; '.join([ready, *refused])}"]


def settle(api: ApiClient, namespaces: Sequence[str], timeout_seconds: float) -> list[str]:
    """Waits until everything runs; what still does not when the time is over."""
    end = time.monotonic() + timeout_seconds
    while (left := waiting(api, namespaces)) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return left
