"""Emptying a node as `kubectl drain` does: by evictions, so that disruption budgets are obeyed."""

import time
from collections.abc import Callable
from typing import Any

from kubernetes.client import ApiException, CoreV1Api, V1Eviction, V1ObjectMeta

RETRY_SECONDS = 0.5


def drain(core: CoreV1Api, node: str, timeout_seconds: float, on_wait: Callable[[str], None] = lambda _: None) -> bool:
    """Cordons a node and evicts its pods; whether it was empty in time. Pods of daemon sets stay, as with kubectl."""
    core.patch_node(node, {"spec": {"unschedulable": True}})
    end = time.monotonic() + timeout_seconds
    while pods := evictable_pods(core, node):
        if time.monotonic() > end:
            return False
        blocked = [pod.metadata.name for pod in pods if not _evicted(core, pod)]
        if blocked:
            on_wait(f"{node}: a budget does not allow {', '.join(sorted(blocked))} yet")
        time.sleep(RETRY_SECONDS)
    return True


def evictable_pods(core: CoreV1Api, node: str) -> list[Any]:
    """The pods of a node that a drain has to move."""
    pods: list[Any] = core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={node}").items
    return [pod for pod in pods if not _is_of_a_daemon_set(pod) and pod.status.phase not in ("Succeeded", "Failed")]


def _is_of_a_daemon_set(pod: Any) -> bool:
    return any(owner.kind == "DaemonSet" for owner in pod.metadata.owner_references or [])


def _evicted(core: CoreV1Api, pod: Any) -> bool:
    """Whether the API server took the eviction; it answers 429 while a budget is spent."""
    name, namespace = pod.metadata.name, pod.metadata.namespace
    try:
        core.create_namespaced_pod_eviction(
            name, namespace, V1Eviction(metadata=V1ObjectMeta(name=name, namespace=namespace))
        )
    except ApiException as error:
        if error.status == 429:
            return False
        if error.status != 404:
            raise
    return True
