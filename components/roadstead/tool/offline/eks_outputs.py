"""What the component `eks:index:Cluster` (pulumi-eks 4.4.0) hands out, from the children that it made."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from roadstead.tool.offline import eks_inputs, wire
from roadstead.tool.offline.graph import Unknown
from roadstead.tool.offline.registration import Registration


class Made(NamedTuple):
    """The children that outputs refer to."""

    cluster: Registration
    provider: Registration
    role: Registration
    cluster_group: Registration | None
    node_group: Registration | None
    oidc: Registration | None


def outputs(name: str, given: Mapping[str, Any], made: Made, kubeconfig: Mapping[str, Any] | None) -> dict[str, Any]:
    """The component's outputs; without a kubeconfig, only those that a first preview knows."""
    handed_out: dict[str, Any] = {
        "eksCluster": _reference(made.cluster),
        "instanceRoles": [],
        "defaultNodeGroupAsgName": "",
        "fargateProfileId": "",
        "fargateProfileStatus": "",
        "autoModeNodeRoleName": "",
    }
    if made.cluster_group and made.node_group:
        handed_out |= {
            "clusterSecurityGroup": _reference(made.cluster_group),
            "nodeSecurityGroup": _reference(made.node_group),
        }
    if kubeconfig is None:
        return handed_out
    own_group = made.cluster.state["vpcConfig"]["clusterSecurityGroupId"]
    issuer = str(issuer_of(made.cluster))
    subnets = {key: given.get(key) for key in ("subnetIds", "publicSubnetIds", "privateSubnetIds")}
    core = {
        "cluster": _reference(made.cluster),
        "clusterIamRole": _reference(made.role),
        "provider": _reference(made.provider),
        "endpoint": made.cluster.state["endpoint"],
        "vpcId": given.get("vpcId"),
        "kubeconfig": kubeconfig,
        "accessEntries": list((given.get("accessEntries") or {}).values()),
        "tags": given.get("tags"),
        "instanceRoles": [],
        "storageClasses": {},
        "autoModeNodeRoleName": "",
        **subnets,
    }
    return {
        **handed_out,
        "kubeconfig": kubeconfig,
        "kubeconfigJson": json.dumps(kubeconfig),
        "clusterSecurityGroupId": id_of(made.cluster_group) or own_group,
        "nodeSecurityGroupId": id_of(made.node_group) or own_group,
        "clusterIngressRuleId": f"{name}-eksClusterIngressRule" if made.cluster_group else "",
        "oidcProviderArn": made.oidc.state["arn"] if made.oidc else "",
        "oidcProviderUrl": issuer,
        "oidcIssuer": issuer.removeprefix("https://"),
        "core": {key: value for key, value in core.items() if value is not None},
    }


def id_of(registration: Registration | None) -> Any:
    """The id of a resource that may not be there, and may not be known yet."""
    if registration is None:
        return None
    return registration.id or Unknown()


def issuer_of(cluster: Registration) -> Any:
    """The address of the cluster's OIDC issuer."""
    identities = cluster.state.get("identities")
    return identities[0]["oidcs"][0]["issuer"] if identities else Unknown()


def _reference(registration: Registration) -> dict[str, Any]:
    return wire.resource_reference(registration.urn, id_of(registration), registration.request.version)


def kubeconfig_of(cluster: Registration, region: str, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """The kubeconfig of the cluster, or nothing while it cannot be known."""
    known = cluster.state
    if "endpoint" not in known:
        return None
    authority = known["certificateAuthority"]["data"]
    return eks_inputs.kubeconfig(str(known["name"]), known["endpoint"], authority, region, options)


def as_json(kubeconfig: Mapping[str, Any] | None) -> str | None:
    """A kubeconfig as text, where there is one."""
    return None if kubeconfig is None else json.dumps(kubeconfig)
