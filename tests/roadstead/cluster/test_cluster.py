import json
from typing import Any

import pytest
from tests.examples import smallest
from tests.support import ACCOUNT, ROLE, deploy, refusal

from roadstead import Cluster
from roadstead.tool.offline.graph import Graph, Unknown

CLUSTER, ENTRY = "aws:eks/cluster:Cluster", "aws:eks/accessEntry:AccessEntry"


def made(*, unknown: bool = False, **changes: Any) -> Graph:
    return deploy(lambda: Cluster("live", smallest(Cluster, **changes)), unknown=unknown)


def control_plane(**changes: Any) -> dict[str, Any]:
    return dict(made(**changes).one(CLUSTER).inputs)


def test_the_empty_call_makes_a_careful_cluster() -> None:
    cluster = control_plane()
    assert cluster["name"] == "live"
    assert cluster["version"] == "1.36"
    assert cluster["deletionProtection"] is True
    assert cluster["zonalShiftConfig"] == {"enabled": True}
    assert cluster["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster["enabledClusterLogTypes"] == ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    assert cluster["vpcConfig"] == {
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
        "subnetIds": ["subnet-1", "subnet-2"],
    }


def test_nobody_gets_in_by_having_made_it() -> None:
    graph = made()
    access = graph.one(CLUSTER).inputs["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    assert {entry.inputs["principalArn"] for entry in graph.of_type(ENTRY)} == {
        f"{ROLE}/platform-admin",
        f"{ROLE}/break-glass",
    }


def test_every_administrator_and_the_break_glass_role_may_do_everything_in_the_cluster() -> None:
    associations = made().of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert {association.name for association in associations} == {"live-platform", "live-break-glass"}
    for association in associations:
        assert association.inputs["policyArn"].endswith("cluster-access-policy/AmazonEKSClusterAdminPolicy")
        assert association.inputs["accessScope"] == {"type": "cluster"}


def test_it_comes_without_addons_node_groups_or_security_groups_of_the_components() -> None:
    graph = made()
    assert not graph.of_type(
        "aws:eks/addon:Addon", "aws:eks/nodeGroup:NodeGroup", "aws:ec2/securityGroup:SecurityGroup"
    )
    assert graph.one(CLUSTER).inputs["bootstrapSelfManagedAddons"] is False


def test_kubernetes_secrets_are_encrypted_with_a_key_of_its_own() -> None:
    graph = made()
    key = graph.one("aws:kms/key:Key").inputs
    encryption = graph.one(CLUSTER).inputs["encryptionConfig"]
    assert encryption["resources"] == ["secrets"]
    assert "key/live-cluster-" in encryption["provider"]["keyArn"]
    assert key["enableKeyRotation"] is True


def test_its_log_group_is_there_before_eks_would_make_one_that_never_expires() -> None:
    graph = made(tier="staging")
    logs = graph.one("aws:cloudwatch/logGroup:LogGroup")
    assert logs.inputs["name"] == "/aws/eks/live/cluster"
    assert logs.inputs["retentionInDays"] == 30
    assert logs.urn in graph.one(CLUSTER).dependencies


def test_its_log_group_may_use_the_key() -> None:
    graph = made()
    policy = json.loads(graph.one("aws:kms/key:Key").inputs["policy"])
    (service,) = [rule for rule in policy["Statement"] if "Service" in rule["Principal"]]
    assert service["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert service["Condition"] == {
        "StringLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}
    }


def test_it_waits_for_the_rights_of_its_role() -> None:
    graph = made()
    waits_for = graph.one(CLUSTER).dependencies
    assert graph.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment").urn in waits_for
    assert graph.one("aws:iam/rolePolicy:RolePolicy").urn in waits_for


@pytest.mark.parametrize(
    ("tier", "protected", "shift", "logs", "days"),
    [
        ("development", False, False, ["audit", "authenticator"], 7),
        ("staging", False, False, ["api", "audit", "authenticator"], 30),
        ("production", True, True, ["api", "audit", "authenticator", "controllerManager", "scheduler"], 365),
    ],
)
def test_what_follows_from_the_tier(tier: str, protected: bool, shift: bool, logs: list[str], days: int) -> None:
    graph = made(tier=tier)
    cluster = graph.one(CLUSTER).inputs
    assert cluster["deletionProtection"] is protected
    assert cluster["zonalShiftConfig"] == {"enabled": shift}
    assert cluster["enabledClusterLogTypes"] == logs
    assert graph.one("aws:cloudwatch/logGroup:LogGroup").inputs["retentionInDays"] == days


def test_what_follows_from_the_tier_can_be_chosen() -> None:
    graph = made(deletion_protection=False, zonal_shift=False, control_plane_logs=["audit"], log_retention_days=90)
    cluster = graph.one(CLUSTER).inputs
    assert cluster["deletionProtection"] is False
    assert cluster["zonalShiftConfig"] == {"enabled": False}
    assert cluster["enabledClusterLogTypes"] == ["audit"]
    assert graph.one("aws:cloudwatch/logGroup:LogGroup").inputs["retentionInDays"] == 90


def test_the_public_endpoint_is_open_to_the_named_blocks_alone() -> None:
    vpc = control_plane(public_access_cidrs=["203.0.113.0/24"])["vpcConfig"]
    assert vpc["endpointPublicAccess"] is True
    assert vpc["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert vpc["endpointPrivateAccess"] is True


def test_services_can_have_a_block_of_their_own() -> None:
    assert control_plane(service_cidr="172.20.0.0/16")["kubernetesNetworkConfig"] == {
        "serviceIpv4Cidr": "172.20.0.0/16"
    }


def test_an_oidc_provider_is_made_only_for_those_who_need_irsa() -> None:
    type_ = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
    assert not made().of_type(type_)
    provider = made(irsa=True).one(type_).inputs
    assert provider["url"].startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/")
    assert provider["clientIdLists"] == ["sts.amazonaws.com"]


def test_the_kubeconfig_holds_no_credential_and_waits_for_the_administrators() -> None:
    seen: list[str] = []

    def program() -> None:
        cluster = Cluster("live", smallest(Cluster))
        cluster.kubeconfig.apply(seen.append)

    deploy(program)
    (user,) = json.loads(seen[0])["users"]
    assert user["user"] == {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": ["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "live"],
        }
    }


def test_its_name_and_log_types_are_known_in_a_first_preview() -> None:
    cluster = made(unknown=True).one(CLUSTER).inputs
    assert cluster["name"] == "live"
    assert not isinstance(cluster["enabledClusterLogTypes"], Unknown)


def test_the_provider_that_the_component_brings_uses_our_plugin() -> None:
    brought = made().one("pulumi:providers:kubernetes", "live-eks-k8s")
    assert brought.parent
    assert brought.parent.endswith("eks:index:Cluster::live")


@pytest.mark.parametrize("version", ["1.35", "1.36"])
def test_a_version_in_good_standing_is_taken_without_a_word(version: str) -> None:
    assert made(version=version).messages == ()


def test_a_version_that_is_about_to_leave_support_is_taken_with_a_warning() -> None:
    (message,) = made(version="1.34").messages
    assert message.severity == "warning"
    assert "standard support of EKS 1.34 ends on 2026-12-02; move to 1.36" in message.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": "1.33"}, "version: an EKS version that is not supported here; got '1.33'; expected one of 1.36, 1.35, 1.34"),
        ({"version": 1.36}, 'version: not text; got 1.36; expected text: write it in quotes, "1.36"'),
        ({"version": None}, "version: missing key; expected one of "),
        ({"admins": {}}, "admins: nobody; got {}; expected at least one administrator"),
        ({"admins": {"platform": "admin"}}, "admins.platform: no ARN of an IAM role; got 'admin'"),
        ({"admins": {"Big Boss": f"{ROLE}/boss"}}, "admins.Big Boss: no DNS label; got 'Big Boss'"),
        ({"break_glass": "arn:aws:iam::1:user/x"}, "break_glass: no ARN of an IAM role"),
        ({"admins": {"all": f"{ROLE}/break-glass"}}, "admins.all: the break-glass role"),
        ({"account_id": "42"}, "account_id: no AWS account id; got '42'; expected 12 digits"),
        ({"public_access_cidrs": ["0.0.0.0/0"]}, "public_access_cidrs: production open to the internet; got '0.0.0.0/0'"),
        ({"public_access_cidrs": ["0.0.0.0/1"]}, "public_access_cidrs: production open to the internet; got '0.0.0.0/1'"),
        ({"public_access_cidrs": ["home"]}, "public_access_cidrs: no IPv4 network"),
        ({"control_plane_logs": ["kubelet"]}, "control_plane_logs.0: no such log type; got 'kubelet'"),
        ({"log_retention_days": 100}, "log_retention_days: not a retention that CloudWatch offers; got 100"),
        ({"service_cidr": "172.20.0.0/25"}, "service_cidr: a block of the wrong size; got '172.20.0.0/25'; expected /12 to /24"),
        ({"tier": "qa"}, "tier: no such tier; got 'qa'"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: Cluster("live", smallest(Cluster, **changes)))


def test_outside_production_the_internet_may_be_let_in() -> None:
    vpc = control_plane(tier="staging", public_access_cidrs=["0.0.0.0/0"])["vpcConfig"]
    assert vpc["publicAccessCidrs"] == ["0.0.0.0/0"]


def test_a_name_that_eks_would_refuse_is_refused() -> None:
    assert "name: no DNS label; got 'Live!'" in refusal(lambda: Cluster("Live!", smallest(Cluster)))
