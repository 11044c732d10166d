"""Which EKS add-ons a cluster gets, and when, without Pulumi."""

import json
from dataclasses import dataclass
from typing import Any, NotRequired

from typing_extensions import TypedDict

from roadstead.core.placement import SYSTEM_TAINT_KEY
from roadstead.core.problems import not_one_of, problem, spec
from roadstead.facts.addon_versions import addon_versions

BEFORE_NODES, AFTER_NODES, ALL = "before_nodes", "after_nodes", "all"


@dataclass(frozen=True)
class Addon:
    """What Roadstead knows of an add-on."""

    phase: str
    """`before_nodes`: a node is not ready without it. `after_nodes`: it cannot be scheduled without a node."""
    service_account: str | None = None
    """The Kubernetes service account in kube-system that needs AWS rights."""
    policy: str | None = None
    """AWS's own policy with those rights."""


ADDONS = {
    "vpc-cni": Addon(BEFORE_NODES, service_account="aws-node", policy="AmazonEKS_CNI_Policy"),
    "kube-proxy": Addon(BEFORE_NODES),
    "eks-pod-identity-agent": Addon(BEFORE_NODES),
    "coredns": Addon(AFTER_NODES),
    "aws-ebs-csi-driver": Addon(
        AFTER_NODES, service_account="ebs-csi-controller-sa", policy="AmazonEBSCSIDriverPolicyV2"
    ),
    "metrics-server": Addon(AFTER_NODES),
    "eks-node-monitoring-agent": Addon(AFTER_NODES),
}


@spec
class ClusterAddonsSpec(TypedDict):
    """The add-ons of a cluster."""

    prefix_delegation: NotRequired[bool]
    """Give nodes blocks of 16 addresses instead of single ones: up to 110 pods on a small node, more addresses of the subnet. Only groups made afterwards take more pods. Default: false."""
    versions: NotRequired[dict[str, str]]
    """Versions to use instead of the pinned ones, by add-on, e.g. {"coredns": "v1.14.3-eksbuild.23"}. Default: none."""


def problems(addons: ClusterAddonsSpec) -> list[str]:
    """What the types cannot say about add-ons."""
    found = []
    for addon, version in addons.get("versions", {}).items():
        found += not_one_of("versions", "no such add-on", addon, tuple(ADDONS))
        if "-eksbuild." not in version:
            found.append(problem(f"versions.{addon}", "no version", version, "e.g. 'v1.14.3-eksbuild.23'"))
    return found


def chosen(addons: ClusterAddonsSpec, kubernetes_version: str, phase: str) -> dict[str, str]:
    """The add-ons of a phase with their versions."""
    pins = addon_versions(kubernetes_version) | addons.get("versions", {})
    return {name: pins[name] for name, addon in ADDONS.items() if phase in (ALL, addon.phase)}


def configuration(name: str, addons: ClusterAddonsSpec) -> str | None:
    """An add-on's configuration as JSON, where the add-on's own defaults will not do.

    The VPC CNI's schema wants text for truth values, the others' schemas do not.
    https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
    """
    values: dict[str, dict[str, Any]] = {
        "vpc-cni": {"enableNetworkPolicy": "true"},
        "metrics-server": {"tolerations": [{"key": SYSTEM_TAINT_KEY, "operator": "Exists"}]},
    }
    if addons.get("prefix_delegation", False):
        values["vpc-cni"]["env"] = {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
    return json.dumps(values[name], sort_keys=True) if name in values else None
