"""Every optional setting of every spec, in the sandbox's AWS: an option that no function there uses would stop it in the middle."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.examples import smallest
from tests.support import ACCOUNT, REGION, ROLE, deploy

from roadstead import App, Cluster, ClusterAddons, EncryptionKey, Network, NodeGroup, Repository, TeamAccess
from roadstead.cluster.cluster_addons_spec import ClusterAddonsSpec
from roadstead.cluster.cluster_spec import ClusterSpec
from roadstead.cluster.node_group_spec import NodeGroupSpec
from roadstead.encryption.encryption_key import EncryptionKeySpec
from roadstead.network.network_spec import NetworkSpec
from roadstead.registry.repository import RepositorySpec
from roadstead.tenancy.team_access_spec import TeamAccessSpec
from roadstead.tool.sandbox.aws.creation import create
from roadstead.workload.app_spec import AppSpec

BLOCKS = {f"{REGION}a": {"private": "10.1.0.0/18", "public": "10.1.128.0/24"}, f"{REGION}b": {"private": "10.1.64.0/18", "public": "10.1.129.0/24"}}  # fmt: skip
SETTINGS: dict[type, tuple[type, dict[str, Any]]] = {
    Network: (
        NetworkSpec,
        {
            "zones": [*BLOCKS],
            "cidr": "10.1.0.0/16",
            "subnets": BLOCKS,
            "nat": "per_zone",
            "flow_log_retention_days": 7,
            "existing": None,
        },
    ),
    Cluster: (
        ClusterSpec,
        {
            "public_access_cidrs": ["203.0.113.0/24"],
            "control_plane_logs": ["audit"],
            "log_retention_days": 7,
            "deletion_protection": True,
            "zonal_shift": True,
            "service_cidr": "172.20.0.0/16",
            "irsa": True,
        },
    ),
    NodeGroup: (
        NodeGroupSpec,
        {
            "capacity": "on_demand",
            "disk_gib": 80,
            "labels": {"acme.com/pool": "a"},
            "taints": [{"key": "dedicated", "value": "a", "effect": "NO_EXECUTE"}],
        },
    ),
    ClusterAddons: (ClusterAddonsSpec, {"prefix_delegation": True, "network_policy_mode": "standard", "versions": {"coredns": "v1.14.3-eksbuild.23"}}),
    EncryptionKey: (EncryptionKeySpec, {"tier": "development", "services": [f"logs.{REGION}.amazonaws.com"], "encryption_context": {"a": "b"}}),
    Repository: (
        RepositorySpec,
        {"untagged_days": 1, "preview_days": 2, "pull_account_ids": [ACCOUNT], "release_tag_prefixes": ["r"]},
    ),
    TeamAccess: (
        TeamAccessSpec,
        {
            "people": {"developers": [f"{ROLE}/dev"], "viewers": [f"{ROLE}/view"]},
            "github_repositories": [{"name": "acme/payments", "owner_id": 1, "repository_id": 2}],
        },
    ),
    App: (
        AppSpec,
        {
            "port": 8080,
            "health_path": "/healthz",
            "health_command": None,
            "command": ["run"],
            "env": {"LEVEL": "info"},
            "cpu": "200m",
            "memory": "256Mi",
            "temporary_storage": "1Gi",
            "replicas": {"min": 1, "max": 2},
            "spot": "allow",
            "grace_seconds": 30,
            "uses": ["storefront/catalog"],
            "egress": [{"cidr": "10.0.0.0/24", "ports": [5432]}],
            "aws_permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme/*"]}],
        },
    ),
}  # fmt: skip
"""By component: its spec, and a value of each optional setting; nothing where two exclude each other."""
BESIDE: dict[type, dict[str, Any]] = {
    TeamAccess: {
        "github_oidc_provider_arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    },
    # Another name than the example's: other tests make that one in the same account.
    Repository: {"repository_name": "live/every-setting"},
    App: {"cluster_name": "live", "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/live"},
}


@pytest.mark.parametrize("component", SETTINGS, ids=lambda component: component.__name__)
def test_the_table_has_every_optional_setting(component: type) -> None:
    spec: Any
    spec, values = SETTINGS[component]
    assert spec.__optional_keys__ == values.keys()


@pytest.mark.parametrize("component", SETTINGS, ids=lambda component: component.__name__)
def test_every_optional_setting_is_used(component: Callable[..., Any], nothing: str) -> None:
    _, values = SETTINGS[component]  # type: ignore[index]
    arguments = smallest(component, **values, **BESIDE.get(component, {}))  # type: ignore[arg-type, call-overload]
    graph = deploy(lambda: component("live", arguments))
    creation = create(graph, nothing)
    assert creation.created.keys() | creation.checked.keys()
