import json
from typing import Any

import pytest
from tests.examples import smallest
from tests.support import ACCOUNT, deploy, refusal

from roadstead import ClusterAddons
from roadstead.cluster.cluster_addons_spec import ADDONS
from roadstead.facts.addon_versions import addon_versions
from roadstead.facts.eks_versions import eks_versions
from roadstead.tool.offline.graph import Graph

ADDON = "aws:eks/addon:Addon"
BEFORE = {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}
AFTER = {"coredns", "aws-ebs-csi-driver", "metrics-server", "eks-node-monitoring-agent"}


def made(**changes: Any) -> Graph:
    return deploy(lambda: ClusterAddons("live", smallest(ClusterAddons, **changes)))


def addons(**changes: Any) -> dict[str, dict[str, Any]]:
    return {addon.inputs["addonName"]: dict(addon.inputs) for addon in made(**changes).of_type(ADDON)}


def test_what_nodes_need_comes_before_them_and_what_needs_nodes_after() -> None:
    assert set(addons(phase="before_nodes")) == BEFORE
    assert set(addons(phase="after_nodes")) == AFTER
    assert set(addons()) == BEFORE | AFTER


@pytest.mark.parametrize("version", list(eks_versions()))
def test_every_addon_has_a_pin_for_every_version(version: str) -> None:
    assert set(addon_versions(version)) == set(ADDONS)
    assert {
        name: addon["addonVersion"] for name, addon in addons(kubernetes_version=version).items()
    } == addon_versions(version)


def test_a_pin_can_be_overruled() -> None:
    chosen = addons(versions={"coredns": "v9.9.9-eksbuild.1"})
    assert chosen["coredns"]["addonVersion"] == "v9.9.9-eksbuild.1"
    assert chosen["vpc-cni"]["addonVersion"] == addon_versions("1.36")["vpc-cni"]


def test_network_policies_are_enforced() -> None:
    assert json.loads(addons()["vpc-cni"]["configurationValues"]) == {"enableNetworkPolicy": "true"}


def test_prefix_delegation_is_a_choice() -> None:
    values = json.loads(addons(prefix_delegation=True)["vpc-cni"]["configurationValues"])
    assert values["env"] == {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}


def test_what_does_not_bear_the_system_nodes_taint_by_itself_is_told_to() -> None:
    values = json.loads(addons()["metrics-server"]["configurationValues"])
    assert values == {"tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}]}


def test_addons_get_their_rights_by_pod_identity_for_their_own_service_account_in_this_cluster() -> None:
    graph = made()
    (identity,) = graph.one(ADDON, "live-vpc-cni").inputs["podIdentityAssociations"]
    assert identity["serviceAccount"] == "aws-node"
    (trust,) = json.loads(graph.one("aws:iam/role:Role", "live-vpc-cni").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/live",
        "aws:RequestTag/kubernetes-namespace": "kube-system",
        "aws:RequestTag/kubernetes-service-account": "aws-node",
    }


def test_only_two_addons_have_rights_in_aws() -> None:
    attached = made().of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert {right.inputs["policyArn"] for right in attached} == {
        "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
        "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2",
    }


def test_the_default_storage_class_is_encrypted_and_waits_for_the_pod() -> None:
    storage = made().one("kubernetes:storage.k8s.io/v1:StorageClass").inputs
    assert storage["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert storage["provisioner"] == "ebs.csi.aws.com"
    assert storage["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert storage["volumeBindingMode"] == "WaitForFirstConsumer"


def test_before_nodes_nothing_of_kubernetes_is_made() -> None:
    graph = made(phase="before_nodes")
    assert not [resource for resource in graph.resources.values() if resource.type.startswith("kubernetes:")]


def test_whoever_uses_its_cluster_name_waits_for_the_addons() -> None:
    seen: list[str] = []

    def program() -> None:
        first = ClusterAddons("first", smallest(ClusterAddons, phase="before_nodes"))
        first.cluster_name.apply(seen.append)
        ClusterAddons("then", smallest(ClusterAddons, phase="after_nodes", cluster_name=first.cluster_name))

    graph = deploy(program, unknown=True)
    assert seen == ["live"], "a first preview still knows the name"
    coredns = graph.one(ADDON, "then-coredns")
    assert {addon.urn for addon in graph.of_type(ADDON) if addon.name.startswith("first")} <= set(coredns.dependencies)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"kubernetes_version": "1.20"},
            "kubernetes_version: no pinned add-ons; got '1.20'; expected one of 1.36, 1.35",
        ),
        ({"phase": "later"}, "phase: no such phase; got 'later'; expected one of before_nodes, after_nodes, all"),
        ({"versions": {"istio": "v1-eksbuild.1"}}, "versions: no such add-on; got 'istio'; expected one of vpc-cni"),
        ({"versions": {"coredns": "latest"}}, "versions.coredns: no version; got 'latest'"),
        ({"prefix_delegation": "yes"}, "prefix_delegation: not true or false; got 'yes'; expected true or false"),
    ],
)
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: ClusterAddons("live", smallest(ClusterAddons, **changes)))
