"""Which nodes a pod may run on: the meeting point of node groups and workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import NodeAffinityArgsDict, TolerationArgsDict

CAPACITY_LABEL = "eks.amazonaws.com/capacityType"
"""EKS puts it on every node of a managed group: ON_DEMAND or SPOT."""
SPOT_TAINT_KEY = "roadstead.dev/spot"
"""Every spot group carries it, so that nothing lands on spot nodes that did not say it can bear their loss."""
SYSTEM_TAINT_KEY = "CriticalAddonsOnly"
"""Kubernetes' own word for nodes that are for the cluster's own pods."""
PREFER, ALLOW, NEVER = "prefer", "allow", "never"
SPOT_CHOICES = (PREFER, ALLOW, NEVER)


def tolerations(spot: str) -> list[TolerationArgsDict]:
    """The tolerations of a pod that prefers, allows or never takes spot nodes."""
    if spot == NEVER:
        return []
    return [{"key": SPOT_TAINT_KEY, "operator": "Exists", "effect": "NoSchedule"}]


def node_affinity(spot: str) -> NodeAffinityArgsDict | None:
    """The node affinity of such a pod. Nodes outside EKS have no capacity label: they count as on-demand."""
    if spot == PREFER:
        return {
            "preferred_during_scheduling_ignored_during_execution": [
                {
                    "weight": 100,
                    "preference": {
                        "match_expressions": [{"key": CAPACITY_LABEL, "operator": "In", "values": ["SPOT"]}]
                    },
                }
            ]
        }
    if spot == NEVER:
        return {
            "required_during_scheduling_ignored_during_execution": {
                "node_selector_terms": [
                    {"match_expressions": [{"key": CAPACITY_LABEL, "operator": "NotIn", "values": ["SPOT"]}]}
                ]
            }
        }
    return None
