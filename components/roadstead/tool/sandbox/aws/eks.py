"""EKS: the cluster and its node groups; and the calls for what moto does not play."""

from typing import Any, NamedTuple

from roadstead.tool.sandbox.aws.clients import Answer, Clients
from roadstead.tool.sandbox.aws.inputs import Inputs, digits


class Call(NamedTuple):
    """A call of EKS's API that is not sent."""

    operation: str
    parameters: dict[str, Any]


def _cluster(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.eks.create_cluster(
        name=inputs.name(),
        version=inputs.take("version"),
        roleArn=inputs.take("roleArn"),
        resourcesVpcConfig=inputs.take("vpcConfig"),
        accessConfig=inputs.take("accessConfig"),
        bootstrapSelfManagedAddons=inputs.take("bootstrapSelfManagedAddons"),
        deletionProtection=inputs.take("deletionProtection"),
        encryptionConfig=[encryption] if (encryption := inputs.take("encryptionConfig")) else None,
        kubernetesNetworkConfig=inputs.take("kubernetesNetworkConfig"),
        logging={"clusterLogging": [{"types": inputs.take("enabledClusterLogTypes") or [], "enabled": True}]},
        upgradePolicy=inputs.take("upgradePolicy"),
        zonalShiftConfig=inputs.take("zonalShiftConfig"),
        tags=inputs.tags(),
    )["cluster"]
    return {
        "id": made["name"],
        "name": made["name"],
        "arn": made["arn"],
        "endpoint": made["endpoint"],
        "certificateAuthority": {"data": made["certificateAuthority"]["data"]},
        "identities": [{"oidcs": [{"issuer": made["identity"]["oidc"]["issuer"]}]}],
    }


def _node_group(inputs: Inputs, aws: Clients) -> Answer:
    prefix = inputs.take("nodeGroupNamePrefix")
    made = aws.eks.create_nodegroup(
        clusterName=inputs.take("clusterName"),
        nodegroupName=f"{prefix}{digits()}" if prefix else inputs.name("nodeGroupName"),
        amiType=inputs.take("amiType"),
        capacityType=inputs.take("capacityType"),
        instanceTypes=inputs.take("instanceTypes"),
        labels=inputs.take("labels"),
        launchTemplate=inputs.take("launchTemplate"),
        nodeRepairConfig=inputs.take("nodeRepairConfig"),
        nodeRole=inputs.take("nodeRoleArn"),
        releaseVersion=inputs.take("releaseVersion"),
        scalingConfig=inputs.take("scalingConfig"),
        subnets=inputs.take("subnetIds"),
        taints=inputs.take("taints"),
        updateConfig=inputs.take("updateConfig"),
        tags=inputs.tags(),
    )["nodegroup"]
    name = made["nodegroupName"]
    return {"id": f"{made['clusterName']}:{name}", "nodeGroupName": name, "arn": made["nodegroupArn"]}


def _access_entry(inputs: Inputs) -> list[Call]:
    entry = _as_they_are(inputs, "clusterName", "principalArn", "kubernetesGroups")
    return [Call("CreateAccessEntry", {**entry, "tags": inputs.tags()})]


def _access_policy_association(inputs: Inputs) -> list[Call]:
    parameters = _as_they_are(inputs, "clusterName", "principalArn", "policyArn", "accessScope")
    return [Call("AssociateAccessPolicy", parameters)]


def _addon(inputs: Inputs) -> list[Call]:
    """Two calls: what happens to conflicts is said once for the first installation, and once for each update."""
    both = _as_they_are(
        inputs, "clusterName", "addonName", "addonVersion", "configurationValues", "podIdentityAssociations"
    )
    create = {**both, "resolveConflicts": inputs.take("resolveConflictsOnCreate"), "tags": inputs.tags()}
    update = {**both, "resolveConflicts": inputs.take("resolveConflictsOnUpdate")}
    return [Call("CreateAddon", create), Call("UpdateAddon", update)]


def _pod_identity_association(inputs: Inputs) -> list[Call]:
    parameters = _as_they_are(inputs, "clusterName", "namespace", "serviceAccount", "roleArn")
    return [Call("CreatePodIdentityAssociation", {**parameters, "tags": inputs.tags()})]


def _as_they_are(inputs: Inputs, *keys: str) -> dict[str, Any]:
    """What EKS calls as Pulumi does, and is given."""
    values = {key: inputs.take(key) for key in keys}
    return {key: value for key, value in values.items() if value is not None}


CREATORS = {"aws:eks/cluster:Cluster": _cluster, "aws:eks/nodeGroup:NodeGroup": _node_group}
CALLS = {
    "aws:eks/accessEntry:AccessEntry": _access_entry,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _access_policy_association,
    "aws:eks/addon:Addon": _addon,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _pod_identity_association,
}
"""Types that moto 5.2 does not have."""
