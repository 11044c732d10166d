"""Where pods have landed."""

from collections import Counter

from kubernetes.client import CoreV1Api

from roadstead.tool.offline.graph import Graph


def pods_by(core: CoreV1Api, label: str, namespace: str, app: str | None = None) -> Counter[str]:
    """How many pods run on nodes with each value of a label."""
    nodes = {node.metadata.name: node.metadata.labels for node in core.list_node().items}
    selector = f"app.kubernetes.io/name={app}" if app else ""
    pods = core.list_namespaced_pod(namespace, label_selector=selector).items
    running = [pod for pod in pods if pod.status.phase == "Running" and pod.metadata.deletion_timestamp is None]
    return Counter(nodes[pod.spec.node_name][label] for pod in running)


def apps(graph: Graph) -> list[tuple[str, str]]:
    found = graph.of_type("kubernetes:apps/v1:Deployment")
    return [(app.inputs["metadata"]["namespace"], app.inputs["metadata"]["name"]) for app in found]
