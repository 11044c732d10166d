"""The connections of one app beyond its own namespace, as a `NetworkPolicy` spec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from roadstead.network.egress_spec import EgressSpec
from roadstead.workload.app_spec import AppSpec
from roadstead.workload.pod import NAME_LABEL

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import (
        NetworkPolicyEgressRuleArgsDict,
        NetworkPolicyPeerArgsDict,
        NetworkPolicySpecArgsDict,
    )

POD_IDENTITY_AGENT: EgressSpec = {"cidr": "169.254.170.23/32", "ports": [80]}
"""https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html"""
AWS_APIS: EgressSpec = {"cidr": "0.0.0.0/0", "ports": [443]}


def outside(app: AppSpec) -> list[EgressSpec]:
    """What an app may connect to that is no pod."""
    return [*app.get("egress", []), *([POD_IDENTITY_AGENT, AWS_APIS] if app.get("aws_permissions") else [])]


def connections(name: str, app: AppSpec, used_by: Sequence[str]) -> NetworkPolicySpecArgsDict | None:
    """What opens for an app: its port to those who use it, its way to what it uses. Nothing when nothing opens."""
    egress: list[NetworkPolicyEgressRuleArgsDict] = [{"to": [_peer(other)]} for other in app.get("uses", [])]
    egress += [
        {
            "to": [{"ip_block": {"cidr": block["cidr"]}}],
            "ports": [{"protocol": "TCP", "port": port} for port in block["ports"]],
        }
        for block in outside(app)
    ]
    opens: NetworkPolicySpecArgsDict = {
        "pod_selector": {"match_labels": {NAME_LABEL: name}},
        "policy_types": ["Ingress", "Egress"],
    }
    if egress:
        opens["egress"] = egress
    if used_by and "port" in app:
        opens["ingress"] = [
            {
                "from_": [_peer(other) for other in used_by],
                "ports": [{"protocol": "TCP", "port": app["port"]}],
            }
        ]
    return opens if "egress" in opens or "ingress" in opens else None


def _peer(other: str) -> NetworkPolicyPeerArgsDict:
    namespace, app = other.split("/")
    return {
        "namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": namespace}},
        "pod_selector": {"match_labels": {NAME_LABEL: app}},
    }
