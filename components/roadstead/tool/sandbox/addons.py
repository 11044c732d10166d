"""What EKS add-ons run in a cluster, so that the nodes of a sandbox are as full as real ones. Only kwok runs them."""

import json
from typing import Any

from roadstead.core.placement import SYSTEM_TAINT_KEY
from roadstead.facts import files
from roadstead.tool.offline.graph import Graph, Resource

NAMESPACE = "kube-system"


def addon_objects(graph: Graph) -> list[dict[str, Any]]:
    """The DaemonSets and Deployments of a stack's add-ons: their names, replicas, requests and tolerations."""
    return [body for addon in graph.of_type("aws:eks/addon:Addon") for body in objects_of(addon)]


def objects_of(addon: Resource) -> list[dict[str, Any]]:
    """What one add-on runs."""
    facts, name = files.read("addon_pods.json"), addon.inputs["addonName"]
    found = []
    if name in facts["daemonsets"]:
        found.append(_daemon_set(facts["daemonsets"][name]))
    if name in facts["deployments"]:
        found.append(_deployment(facts["deployments"][name], addon))
    return found


def _daemon_set(facts: dict[str, Any]) -> dict[str, Any]:
    return _workload("DaemonSet", facts, [{"operator": "Exists"}], "system-node-critical")


def _deployment(facts: dict[str, Any], addon: Resource) -> dict[str, Any]:
    configured = json.loads(addon.inputs.get("configurationValues") or "{}").get("tolerations", [])
    own = [{"key": SYSTEM_TAINT_KEY, "operator": "Exists"}] if facts["tolerates_system_nodes"] else []
    workload = _workload("Deployment", facts, configured or own, "system-cluster-critical")
    workload["spec"]["replicas"] = facts["replicas"]
    return workload


def _workload(kind: str, facts: dict[str, Any], tolerations: list[Any], priority: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": facts["name"]}
    requests = {resource: facts[resource] for resource in ("cpu", "memory") if facts[resource] != "0"}
    container = {"name": facts["name"], "image": f"{facts['name']}:not-run", "resources": {"requests": requests}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": facts["name"], "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"priorityClassName": priority, "tolerations": tolerations, "containers": [container]},
            },
        },
    }
