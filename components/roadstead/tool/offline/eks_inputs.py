"""What the component `eks:index:Cluster` (pulumi-eks 4.4.0) gives its children, as data.

Seen on a real engine with the component's own plugin; see docs/offline.md.
"""

import json
from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from roadstead.tool.offline.graph import Unknown

AWS_VERSION, KUBERNETES_VERSION = "7.25.0", "4.19.0"
"""The versions of the providers that the plugin asks for, whatever the program uses."""
CLUSTER_POLICY = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"

SERVICE_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Effect": "Allow",
                "Principal": {"Service": ["eks.amazonaws.com"]},
            }
        ],
    },
    separators=(",", ":"),
)

VPC_CNI_ENV = {
    "AWS_VPC_ENI_MTU": "9001",
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "false",
    "AWS_VPC_K8S_CNI_EXTERNALSNAT": "false",
    "AWS_VPC_K8S_CNI_LOGLEVEL": "DEBUG",
    "AWS_VPC_K8S_CNI_LOG_FILE": "/host/var/log/aws-routed-eni/ipamd.log",
    "AWS_VPC_K8S_CNI_VETHPREFIX": "eni",
    "AWS_VPC_K8S_PLUGIN_LOG_FILE": "/var/log/aws-routed-eni/plugin.log",
    "AWS_VPC_K8S_PLUGIN_LOG_LEVEL": "DEBUG",
    "ENABLE_POD_ENI": "false",
    "WARM_ENI_TARGET": "1",
}


def attachment_suffix() -> str:
    """The end of the policy attachment's name: it comes from the policy's ARN in the ordinary partition."""
    return sha1(CLUSTER_POLICY.encode(), usedforsecurity=False).hexdigest()[:8]


def cluster(name: str, given: Mapping[str, Any], role_arn: Any, security_group_id: Any) -> dict[str, Any]:
    """The inputs of `aws:eks/cluster:Cluster`. What is not given is absent."""
    parts = [given[key] for key in ("publicSubnetIds", "privateSubnetIds", "subnetIds") if key in given]
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    vpc = {
        "endpointPrivateAccess": given.get("endpointPrivateAccess"),
        "endpointPublicAccess": given.get("endpointPublicAccess"),
        "publicAccessCidrs": given.get("publicAccessCidrs"),
        "securityGroupIds": None if security_group_id is None else [security_group_id],
        "subnetIds": unknown or [subnet for part in parts for subnet in part],
    }
    mode = given.get("authenticationMode")
    key = given.get("encryptionConfigKeyArn")
    service_cidr = given.get("kubernetesServiceIpAddressRange")
    inputs = {
        "name": given.get("name"),
        "version": given.get("version"),
        "roleArn": role_arn,
        "deletionProtection": given.get("deletionProtection"),
        "upgradePolicy": given.get("upgradePolicy"),
        "bootstrapSelfManagedAddons": given.get("bootstrapSelfManagedAddons", True),
        "accessConfig": mode and {"authenticationMode": mode, "bootstrapClusterCreatorAdminPermissions": True},
        "vpcConfig": _given(vpc),
        "encryptionConfig": key and {"provider": {"keyArn": key}, "resources": ["secrets"]},
        "kubernetesNetworkConfig": service_cidr and {"serviceIpv4Cidr": service_cidr},
        "enabledClusterLogTypes": given.get("enabledClusterLogTypes"),
        "tags": {"Name": f"{name}-eksCluster", **given.get("clusterTags", {}), **given.get("tags", {})},
    }
    return _given(inputs)


def security_group_rules(name: str, cluster_group: Any, node_group: Any) -> dict[str, dict[str, Any]]:
    """The rules between control plane and nodes, by logical name; all but the control plane's way out."""
    return {
        f"{name}-eksNodeIngressRule": {
            **_ports(0, 0, "-1"),
            "type": "ingress",
            "securityGroupId": node_group,
            "self": True,
            "description": "Allow nodes to communicate with each other",
        },
        f"{name}-eksNodeClusterIngressRule": {
            **_ports(1025, 65535, "tcp"),
            "type": "ingress",
            "securityGroupId": node_group,
            "sourceSecurityGroupId": cluster_group,
            "description": "Allow worker Kubelets and pods to receive communication from the cluster control plane",
        },
        f"{name}-eksExtApiServerClusterIngressRule": {
            **_ports(443, 443, "tcp"),
            "type": "ingress",
            "securityGroupId": node_group,
            "sourceSecurityGroupId": cluster_group,
            "description": (
                "Allow pods running extension API servers on port 443 to receive communication "
                "from cluster control plane"
            ),
        },
        f"{name}-eksNodeInternetEgressRule": internet_egress(node_group),
        f"{name}-eksClusterIngressRule": {
            **_ports(443, 443, "tcp"),
            "type": "ingress",
            "securityGroupId": cluster_group,
            "sourceSecurityGroupId": node_group,
            "description": "Allow pods to communicate with the cluster API Server",
        },
    }


def internet_egress(group: Any) -> dict[str, Any]:
    """The rule that lets a group out."""
    return {
        **_ports(0, 0, "-1"),
        "type": "egress",
        "securityGroupId": group,
        "cidrBlocks": ["0.0.0.0/0"],
        "description": "Allow internet access.",
    }


def security_group(name: str, vpc_id: Any, *tags: Mapping[str, Any]) -> dict[str, Any]:
    """A security group; later tags win."""
    merged: dict[str, Any] = {"Name": name}
    for more in tags:
        merged |= more
    return {"description": "Managed by Pulumi", "revokeRulesOnDelete": True, "vpcId": vpc_id, "tags": merged}


def addon(cluster_name: Any, addon_name: str, options: Mapping[str, Any], tags: Any) -> dict[str, Any]:
    """An add-on; a version that is not pinned is asked for, and so not known here."""
    values = options.get("configurationValues")
    if addon_name == "vpc-cni":
        values = {"env": VPC_CNI_ENV, "init": {"env": {"DISABLE_TCP_EARLY_DEMUX": "false"}}, **(values or {})}
        if "enableNetworkPolicy" in options:
            values["enableNetworkPolicy"] = str(options["enableNetworkPolicy"]).lower()
    inputs = {
        "clusterName": cluster_name,
        "addonName": addon_name,
        "addonVersion": options.get("version", options.get("addonVersion")),
        "preserve": True,
        "resolveConflictsOnCreate": options.get("resolveConflictsOnCreate", "OVERWRITE"),
        "resolveConflictsOnUpdate": options.get("resolveConflictsOnUpdate", "OVERWRITE"),
        "configurationValues": None if values is None else json.dumps(values, sort_keys=True, separators=(",", ":")),
        "tags": tags,
    }
    return _given(inputs)


def kubeconfig(
    name: str, endpoint: str, certificate_authority_data: str, region: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    """The kubeconfig that the component hands out."""
    args = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"]
    for flag, key in (("--role", "roleArn"), ("--profile", "profileName")):
        if options.get(key):
            args += [flag, options[key]]
    api = "client.authentication.k8s.io/v1beta1"
    info = {"name": "KUBERNETES_EXEC_INFO", "value": json.dumps({"apiVersion": api})}
    return {
        "apiVersion": "v1",
        "clusters": [
            {
                "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority_data},
                "name": "kubernetes",
            }
        ],
        "contexts": [{"context": {"cluster": "kubernetes", "user": "aws"}, "name": "aws"}],
        "current-context": "aws",
        "kind": "Config",
        "users": [
            {"name": "aws", "user": {"exec": {"apiVersion": api, "command": "aws", "args": args, "env": [info]}}}
        ],
    }


def _ports(from_port: int, to_port: int, protocol: str) -> dict[str, Any]:
    return {"fromPort": from_port, "toPort": to_port, "protocol": protocol}


def _given(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if value is not None}
