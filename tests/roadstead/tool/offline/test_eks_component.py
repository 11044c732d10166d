"""The model of the remote component against what the plugin made on a real engine (docs/offline.md lists it)."""

import json
from typing import Any

import pulumi
import pulumi_aws
import pulumi_eks
import pytest
from tests.support import ACCOUNT, ROLE, deploy, without

from roadstead.tool.offline.errors import ProgramError
from roadstead.tool.offline.graph import Graph, Unknown

COMPONENT = "eks:index:Cluster"
ENTRIES = {
    "admin": {
        "principal_arn": f"{ROLE}/admin",
        "access_policies": {
            "clusteradmin": {
                "policy_arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                "access_scope": {"type": "cluster"},
            }
        },
    },
    "dev": {"principal_arn": f"{ROLE}/dev", "kubernetes_groups": ["dev"], "username": "dev"},
}
CASE_A: dict[str, Any] = {
    "name": "stg",
    "version": "1.36",
    "vpc_id": "vpc-1",
    "public_subnet_ids": ["subnet-p1", "subnet-p2", "subnet-p3"],
    "private_subnet_ids": ["subnet-1", "subnet-2", "subnet-3"],
    "skip_default_node_group": True,
    "authentication_mode": "API",
    "access_entries": ENTRIES,
    "create_oidc_provider": True,
    "encryption_config_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k",
    "enabled_cluster_log_types": ["audit"],
    "endpoint_private_access": True,
    "endpoint_public_access": False,
    "upgrade_policy": {"support_type": "STANDARD"},
    "deletion_protection": True,
    "cluster_tags": {"team": "platform"},
    "tags": {"env": "stg"},
    "kube_proxy_addon_options": {"version": "v1"},
    "coredns_addon_options": {"version": "v2"},
    "vpc_cni_options": {"addon_version": "v3"},
}
CASE_B: dict[str, Any] = {
    **without(CASE_A, "coredns_addon_options", "vpc_cni_options"),
    "use_default_vpc_cni": True,
    "kube_proxy_addon_options": {"enabled": False},
}
TREE_A = {
    ("eks:index:Cluster", "stg", "project-test"),
    ("eks:index:ServiceRole", "stg-eksRole", "stg"),
    ("aws:iam/role:Role", "stg-eksRole-role", "stg-eksRole"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "stg-eksRole-4b490823", "stg-eksRole"),
    ("aws:ec2/securityGroup:SecurityGroup", "stg-eksClusterSecurityGroup", "stg"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksClusterInternetEgressRule", "stg"),
    ("aws:eks/cluster:Cluster", "stg-eksCluster", "stg"),
    ("pulumi:providers:kubernetes", "stg-eks-k8s", "stg"),
    ("aws:eks/accessEntry:AccessEntry", "stg-admin", "stg"),
    ("aws:eks/accessEntry:AccessEntry", "stg-dev", "stg"),
    ("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "stg-admin-clusteradmin", "stg-admin"),
    ("aws:ec2/securityGroup:SecurityGroup", "stg-nodeSecurityGroup", "stg"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksNodeIngressRule", "stg"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksNodeClusterIngressRule", "stg"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksExtApiServerClusterIngressRule", "stg"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksNodeInternetEgressRule", "stg"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksClusterIngressRule", "stg"),
    ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "stg-oidcProvider", "stg"),
    ("aws:eks/addon:Addon", "stg-kube-proxy", "stg"),
    ("aws:eks/addon:Addon", "stg-coredns", "stg"),
    ("eks:index:VpcCniAddon", "stg-vpc-cni", "stg"),
    ("aws:eks/addon:Addon", "stg-vpc-cni", "stg-vpc-cni"),
}


def made(args: dict[str, Any], opts: pulumi.ResourceOptions | None = None, *, unknown: bool = False) -> Graph:
    return deploy(lambda: pulumi_eks.Cluster("stg", opts=opts, **args), unknown=unknown)


def tree(graph: Graph) -> set[tuple[str, str, str]]:
    return {
        (resource.type, resource.name, graph.resources[resource.parent].name)
        for resource in graph.resources.values()
        if resource.parent
    }


def children(graph: Graph) -> int:
    """How many resources there are, the stack among them and providers that nobody declared not."""
    return len([r for r in graph.resources.values() if not r.name.startswith("default_")])


def names(graph: Graph, urns: tuple[str, ...]) -> set[str]:
    return {graph.resources[urn].name for urn in urns}


def test_the_tree_of_case_a_is_the_one_that_was_seen() -> None:
    graph = made(CASE_A)
    assert tree(graph) == TREE_A
    assert children(graph) == 23


@pytest.mark.parametrize(
    ("args", "number"),
    [
        (without(CASE_A, "kube_proxy_addon_options", "coredns_addon_options", "vpc_cni_options"), 22),
        (CASE_B, 19),
        ({**CASE_B, "skip_default_security_groups": True}, 11),
        ({**CASE_A, "endpoint_public_access": True, "public_access_cidrs": ["203.0.113.0/24"]}, 23),
    ],
)
def test_other_cases_leave_what_was_seen(args: dict[str, Any], number: int) -> None:
    assert children(made(args)) == number


def test_in_its_smallest_form_six_children_remain() -> None:
    def program() -> None:
        role = pulumi_aws.iam.Role("role", assume_role_policy="{}")
        args = {**CASE_B, "skip_default_security_groups": True, "create_oidc_provider": False, "service_role": role}
        pulumi_eks.Cluster("stg", **args)

    graph = deploy(program)
    assert children(graph) == 7 + 1, "the stack, six of the component's, and the role"
    assert names(graph, graph.one("aws:eks/cluster:Cluster").dependencies) == {"role"}


def test_the_inputs_of_the_cluster_are_those_that_were_seen() -> None:
    graph = made(CASE_A)
    cluster = graph.one("aws:eks/cluster:Cluster")
    vpc = dict(cluster.inputs["vpcConfig"])
    assert vpc.pop("securityGroupIds")[0].startswith("sg-stg-eksClusterSecurityGroup-")
    assert vpc == {
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
        "subnetIds": ["subnet-p1", "subnet-p2", "subnet-p3", "subnet-1", "subnet-2", "subnet-3"],
    }
    assert without(dict(cluster.inputs), "vpcConfig", "roleArn") == {
        "name": "stg",
        "version": "1.36",
        "deletionProtection": True,
        "upgradePolicy": {"supportType": "STANDARD"},
        "bootstrapSelfManagedAddons": True,
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "encryptionConfig": {"provider": {"keyArn": CASE_A["encryption_config_key_arn"]}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["audit"],
        "tags": {"Name": "stg-eksCluster", "team": "platform", "env": "stg"},
    }
    assert cluster.ignore_changes == (
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "bootstrapSelfManagedAddons",
    )


def test_what_is_not_given_is_not_sent() -> None:
    args = without(
        CASE_B, "endpoint_public_access", "deletion_protection", "upgrade_policy", "encryption_config_key_arn"
    )
    cluster = made(args).one("aws:eks/cluster:Cluster").inputs
    assert "endpointPublicAccess" not in cluster["vpcConfig"]
    assert not {"deletionProtection", "upgradePolicy", "encryptionConfig", "kubernetesNetworkConfig"} & set(cluster)


@pytest.mark.parametrize(
    ("type_", "name", "needs"),
    [
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "stg-eksRole-4b490823", {"stg-eksRole-role"}),
        (
            "aws:eks/cluster:Cluster",
            "stg-eksCluster",
            {"stg-eksRole-role", "stg-eksRole-4b490823", "stg-eksClusterSecurityGroup"},
        ),
        ("pulumi:providers:kubernetes", "stg-eks-k8s", {"stg-eksCluster"}),
        ("aws:eks/accessEntry:AccessEntry", "stg-admin", {"stg-eksCluster"}),
        (
            "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
            "stg-admin-clusteradmin",
            {"stg-admin", "stg-eksCluster"},
        ),
        ("aws:ec2/securityGroup:SecurityGroup", "stg-nodeSecurityGroup", {"stg-eksCluster"}),
        ("aws:ec2/securityGroupRule:SecurityGroupRule", "stg-eksNodeIngressRule", {"stg-nodeSecurityGroup"}),
        (
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "stg-eksClusterIngressRule",
            {"stg-eksClusterSecurityGroup", "stg-nodeSecurityGroup"},
        ),
        ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "stg-oidcProvider", {"stg-eksCluster"}),
        ("aws:eks/addon:Addon", "stg-coredns", {"stg-eksCluster"}),
        ("eks:index:VpcCniAddon", "stg-vpc-cni", {"stg-admin", "stg-dev"}),
    ],
)
def test_children_depend_on_what_was_seen(type_: str, name: str, needs: set[str]) -> None:
    graph = made(CASE_A)
    assert names(graph, graph.one(type_, name).dependencies) == needs


def test_the_cni_addon_sends_its_settings_always() -> None:
    cni = made({**CASE_A, "vpc_cni_options": {"enable_network_policy": True}}).one("aws:eks/addon:Addon", "stg-vpc-cni")
    values = json.loads(cni.inputs["configurationValues"])
    assert values["enableNetworkPolicy"] == "true"
    assert values["env"]["WARM_ENI_TARGET"] == "1"
    assert cni.inputs["resolveConflictsOnCreate"] == "OVERWRITE"
    assert cni.inputs["preserve"] is True


def test_an_addon_without_a_pin_asks_for_its_version_later() -> None:
    args = without(CASE_A, "kube_proxy_addon_options")
    assert made(args).one("aws:eks/addon:Addon", "stg-kube-proxy").inputs["addonVersion"] == "kube-proxy-most-recent"
    assert made(args, unknown=True).one("aws:eks/addon:Addon", "stg-kube-proxy").inputs["addonVersion"] == Unknown()


def test_without_an_authentication_mode_there_is_the_aws_auth_config_map() -> None:
    graph = made(without(CASE_B, "authentication_mode", "access_entries"))
    config_map = graph.one("kubernetes:core/v1:ConfigMap", "stg-nodeAccess")
    assert config_map.provider == graph.one("pulumi:providers:kubernetes", "stg-eks-k8s").urn
    assert "accessConfig" not in graph.one("aws:eks/cluster:Cluster").inputs


def test_children_use_the_plugins_own_default_provider_unless_one_is_given() -> None:
    provider = made(CASE_A).one("aws:eks/cluster:Cluster").provider
    assert provider
    assert provider.endswith("pulumi:providers:aws::default_7_25_0")

    def program() -> None:
        mine = pulumi_aws.Provider("mine", region="eu-west-3")
        pulumi_eks.Cluster("stg", opts=pulumi.ResourceOptions(providers={"aws": mine}), **CASE_A)

    graph = deploy(program)
    assert {r.provider for r in graph.of_type("aws:eks/cluster:Cluster", "aws:iam/role:Role")} == {
        graph.one("pulumi:providers:aws", "mine").urn
    }


def test_protection_and_retention_reach_every_child_and_nothing_else_does() -> None:
    opts = pulumi.ResourceOptions(protect=True, retain_on_delete=True, ignore_changes=["version"])
    graph = made(CASE_A, opts)
    below = [r for r in graph.resources.values() if r.parent and r.type != COMPONENT]
    assert all(resource.protect and resource.retain_on_delete for resource in below)
    assert not any("version" in resource.ignore_changes for resource in below)


def test_a_transform_reaches_every_child() -> None:
    seen: list[tuple[str, str]] = []

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        seen.append((args.type_, args.opts.version or ""))
        if args.type_ == "aws:eks/cluster:Cluster":
            return pulumi.ResourceTransformResult({**args.props, "zonalShiftConfig": {"enabled": True}}, args.opts)
        return None

    graph = made(CASE_A, pulumi.ResourceOptions(transforms=[transform]))
    assert graph.one("aws:eks/cluster:Cluster").inputs["zonalShiftConfig"] == {"enabled": True}
    assert {type_ for type_, _, _ in TREE_A} == {type_ for type_, _ in seen}
    assert ("pulumi:providers:kubernetes", "4.19.0") in seen
    assert ("aws:eks/cluster:Cluster", "7.25.0") in seen


def outputs(args: dict[str, Any], *, unknown: bool) -> dict[str, Any]:
    """Whether each output of the component is known, and what it is."""
    found: dict[str, Any] = {}

    def program() -> None:
        cluster = pulumi_eks.Cluster("stg", **args)
        for name in ("kubeconfig_json", "oidc_provider_arn", "oidc_issuer", "instance_roles", "fargate_profile_id"):
            getattr(cluster, name).apply(lambda value, name=name: found.__setitem__(name, value))
        cluster.core.endpoint.apply(lambda value: found.__setitem__("core.endpoint", value))
        cluster.eks_cluster.name.apply(lambda value: found.__setitem__("eks_cluster.name", value))
        cluster.eks_cluster.arn.apply(lambda value: found.__setitem__("eks_cluster.arn", value))
        cluster.cluster_security_group_id.apply(lambda value: found.__setitem__("cluster_security_group_id", value))

    deploy(program, unknown=unknown)
    return found


def test_a_first_preview_knows_only_what_was_seen_to_be_known() -> None:
    assert outputs(CASE_A, unknown=True) == {
        "instance_roles": [],
        "fargate_profile_id": "",
        "eks_cluster.name": "stg",
    }


def test_afterwards_every_output_is_there() -> None:
    found = outputs(CASE_A, unknown=False)
    assert found["eks_cluster.arn"] == f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/stg"
    assert found["core.endpoint"].startswith("https://stg-eksCluster-")
    assert found["oidc_provider_arn"].startswith(f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.")
    assert found["cluster_security_group_id"].startswith("sg-stg-eksClusterSecurityGroup-")
    (user,) = json.loads(found["kubeconfig_json"])["users"]
    assert user["user"]["exec"]["args"] == [
        "--region", "eu-west-1", "eks", "get-token", "--cluster-name", "stg", "--output", "json",
    ]  # fmt: skip


def test_without_groups_of_its_own_it_hands_out_the_one_that_eks_makes() -> None:
    found = outputs({**CASE_B, "skip_default_security_groups": True, "create_oidc_provider": False}, unknown=False)
    assert found["cluster_security_group_id"].startswith("sg-stg-eksCluster-")
    assert found["oidc_provider_arn"] == ""
    assert found["oidc_issuer"].startswith("oidc.eks.eu-west-1")


def test_the_kubeconfig_of_a_role_and_a_profile() -> None:
    found: list[str] = []

    def program() -> None:
        cluster = pulumi_eks.Cluster("stg", **{**CASE_A, "provider_credential_opts": {"profile_name": "dev"}})
        cluster.get_kubeconfig(role_arn=f"{ROLE}/x", profile_name="dev").apply(
            lambda answer: found.append(getattr(answer, "result", answer))
        )
        cluster.kubeconfig_json.apply(found.append)

    graph = deploy(program)
    texts = sorted(found, key=len)
    assert "--profile" not in texts[0], "the output never has the profile"
    assert json.loads(texts[1])["users"][0]["user"]["exec"]["args"][-4:] == ["--role", f"{ROLE}/x", "--profile", "dev"]
    provider = graph.one("pulumi:providers:kubernetes", "stg-eks-k8s").inputs["kubeconfig"]
    assert json.loads(provider)["users"][0]["user"]["exec"]["args"][-2:] == ["--profile", "dev"]


def test_a_boolean_that_is_given_as_an_output_counts_as_true_as_in_the_plugin() -> None:
    graph = deploy(
        lambda: pulumi_eks.Cluster("stg", **{**CASE_B, "create_oidc_provider": pulumi.Output.from_input(False)})
    )
    assert graph.of_type("aws:iam/openIdConnectProvider:OpenIdConnectProvider")


def test_what_the_plugin_refuses_is_refused() -> None:
    with pytest.raises(ProgramError, match="`publicAccessCidrs` can only be set when `endpointPublicAccess` is true"):
        made({**CASE_A, "public_access_cidrs": ["203.0.113.0/24"]})


def test_what_is_not_modelled_is_said() -> None:
    graph = made({**CASE_B, "skip_default_node_group": False})
    assert any("default node group" in message.text for message in graph.messages)
    assert any("TLS connection" in message.text for message in made(CASE_A).messages)
