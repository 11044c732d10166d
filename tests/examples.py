"""The smallest arguments with which each public component works: its example in many tests."""

from typing import Any

from tests.support import ACCOUNT, DIGEST, REGION, ROLE

import roadstead

QUOTA = {"cpu": "8", "memory": "16Gi", "pods": 40}

SMALLEST: dict[type, dict[str, Any]] = {
    roadstead.Network: {"region": REGION, "zones": ["eu-west-1a", "eu-west-1b"]},
    roadstead.Cluster: {
        "version": "1.36",
        "admins": {"platform": f"{ROLE}/platform-admin"},
        "break_glass": f"{ROLE}/break-glass",
        "account_id": ACCOUNT,
        "region": REGION,
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
    },
    roadstead.NodeGroup: {
        "instance_types": ["m7g.large"],
        "min_size": 1,
        "max_size": 3,
        "cluster_name": "live",
        "subnet_ids": ["subnet-1"],
        "region": REGION,
        "release_version": "1.36.4-20260930",
    },
    roadstead.ClusterAddons: {
        "cluster_name": "live",
        "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/live",
        "region": REGION,
        "kubernetes_version": "1.36",
    },
    roadstead.EncryptionKey: {"alias": "live/payments", "account_id": ACCOUNT, "region": REGION},
    roadstead.Repository: {
        "repository_name": "payments/api",
        "region": REGION,
        "key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k",
    },
    roadstead.TeamNamespace: {"namespace": "payments", "team": "payments", "quota": QUOTA},
    roadstead.TeamAccess: {
        "team": "payments",
        "environment": "live",
        "account_id": ACCOUNT,
        "region": REGION,
        "cluster_name": "live",
        "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/live",
        "people": {"developers": [f"{ROLE}/dev"]},
    },
    roadstead.Team: {"team": "payments", "environment": "live", "namespaces": {"payments": {"quota": QUOTA}}},
    roadstead.TenancyGuard: {},
    roadstead.App: {
        "app": "api",
        "team": "payments",
        "namespace": "payments",
        "image": "registry.example.com/payments/api",
        "digest": DIGEST,
        "port": 8080,
    },
}
"""Components that make Kubernetes objects take a provider from their parent; tests leave it to the default one."""


def smallest(component: type, **changes: Any) -> Any:
    """The example of a component with some arguments changed; `None` leaves one out."""
    merged = {**SMALLEST[component], **changes}
    return {key: value for key, value in merged.items() if value is not None}
