"""The add-ons that the component `eks:index:Cluster` makes: kube-proxy and vpc-cni unless turned off, coredns if asked for."""

from collections.abc import Mapping
from typing import Any

from roadstead.tool.offline import eks_cni, eks_inputs
from roadstead.tool.offline.eks_children import Children
from roadstead.tool.offline.graph import Unknown
from roadstead.tool.offline.registration import Registration

ADDON = "aws:eks/addon:Addon"


def addons(
    of: Children, cluster: Registration, provider: Registration, access: list[Registration]
) -> Registration | None:
    """Makes the three; returns what the VPC CNI lies in, which waits for whoever gets access."""
    kube_proxy = of.given.get("kubeProxyAddonOptions") or {}
    coredns = of.given.get("corednsAddonOptions") or {"enabled": False}
    if kube_proxy.get("enabled", True):
        of.child(ADDON, f"{of.name}-kube-proxy", _inputs(of, cluster, "kube-proxy", kube_proxy), needs=[cluster])
    if coredns.get("enabled", True):
        of.child(ADDON, f"{of.name}-coredns", _inputs(of, cluster, "coredns", coredns), needs=[cluster])
    return None if of.on("useDefaultVpcCni") else _vpc_cni(of, cluster, provider, access)


def _vpc_cni(of: Children, cluster: Registration, provider: Registration, access: list[Registration]) -> Registration:
    name, options = f"{of.name}-vpc-cni", of.given.get("vpcCniOptions") or {}
    component = of.child("eks:index:VpcCniAddon", name, {}, custom=False, needs=access)
    inputs, into = _inputs(of, cluster, "vpc-cni", options), ("vpcCniOptions",)
    made = of.child(ADDON, name, inputs, parent=component, needs=[cluster], inputs_from=into)
    if privileged := options.get("securityContextPrivileged"):
        of.child(
            "kubernetes:apps/v1:DaemonSetPatch",
            name,
            eks_cni.privileged_patch(privileged),
            parent=component,
            needs=[made],
            provider=provider,
            retain_on_delete=True,
        )
    return component


def _inputs(of: Children, cluster: Registration, addon: str, options: Mapping[str, Any]) -> dict[str, Any]:
    inputs = eks_inputs.addon(cluster.state.get("name", Unknown()), addon, options, of.given.get("tags"))
    # A version that is not pinned is asked for when the cluster exists.
    newest = f"{addon}-most-recent" if of.engine.known else Unknown()
    return {**inputs, "addonVersion": inputs.get("addonVersion", newest)}
