"""The network policies that every team's namespace starts with, as `NetworkPolicy` specs.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import NetworkPolicySpecArgsDict

DENY_ALL: NetworkPolicySpecArgsDict = {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]}

ALLOW_DNS: NetworkPolicySpecArgsDict = {
    "pod_selector": {},
    "policy_types": ["Egress"],
    "egress": [
        {
            "to": [
                {
                    "namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": "kube-system"}},
                    "pod_selector": {"match_labels": {"k8s-app": "kube-dns"}},
                }
            ],
            "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
        }
    ],
}

ALLOW_SAME_NAMESPACE: NetworkPolicySpecArgsDict = {
    "pod_selector": {},
    "policy_types": ["Ingress", "Egress"],
    "ingress": [{"from_": [{"pod_selector": {}}]}],
    "egress": [{"to": [{"pod_selector": {}}]}],
}

STARTING_RULES: dict[str, NetworkPolicySpecArgsDict] = {
    "default-deny": DENY_ALL,
    "allow-dns": ALLOW_DNS,
    "allow-same-namespace": ALLOW_SAME_NAMESPACE,
}
"""By the names of their policies."""
