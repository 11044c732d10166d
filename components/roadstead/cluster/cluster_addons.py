"""The software that every cluster needs before anything of ours runs on it."""

from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import eks, iam
from pulumi_kubernetes.storage.v1 import StorageClass

from roadstead.cluster.cluster_addons_spec import (
    ADDONS,
    AFTER_NODES,
    ALL,
    BEFORE_NODES,
    Addon,
    ClusterAddonsSpec,
    chosen,
    configuration,
    problems,
)
from roadstead.core.forms import in_region, partition
from roadstead.core.ordering import after
from roadstead.core.problems import checked, not_one_of
from roadstead.facts.addon_versions import pinned_versions
from roadstead.identity.pod_identity import pod_identity_trust

STORAGE_CLASS = "gp3"


class ClusterAddonsArgs(ClusterAddonsSpec):
    """Which add-ons, and the cluster that gets them."""

    cluster_name: Input[str]
    """Name of the EKS cluster."""
    cluster_arn: Input[str]
    """ARN of the EKS cluster: only its own pods may take on the add-ons' roles."""
    region: str
    """AWS region of the cluster."""
    kubernetes_version: str
    """Kubernetes version of the cluster, e.g. "1.36": decides the pinned versions of data/addon_versions.json."""
    phase: NotRequired[str]
    """"before_nodes": what nodes need to become ready. "after_nodes": what needs nodes to run on. "all": both at once, for a cluster that has nodes. Default: "all"."""
    tags: NotRequired[dict[str, str]]
    """Tags of the add-ons and their roles. Default: none."""


class ClusterAddons(pulumi.ComponentResource):
    """EKS add-ons in pinned versions, in the right order around the nodes.

    Before nodes: vpc-cni (network policy on), kube-proxy, eks-pod-identity-agent. After nodes: coredns,
    aws-ebs-csi-driver, metrics-server, eks-node-monitoring-agent, and the default storage class (gp3, encrypted), which
    needs a Kubernetes provider in `opts`. What is declared here wins over changes made by hand. Network policies hold for a
    new pod seconds after it starts, as in the agent's standard mode: its strict mode closes every pod that no policy means,
    and the add-ons' own pods have none.

    Grants by EKS Pod Identity, to this cluster's own service accounts alone: AmazonEKS_CNI_Policy to the VPC CNI,
    AmazonEBSCSIDriverPolicyV2 to the EBS driver.

    https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """

    cluster_name: Output[str]
    """Name of the cluster, known once the add-ons are there: for what needs them."""

    def __init__(self, name: str, args: ClusterAddonsArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(ClusterAddons, name, args, _all_problems)
        super().__init__("roadstead:index:ClusterAddons", name, {**args}, opts)
        child = ResourceOptions(parent=self)

        installed = []
        for addon, version in chosen(args, args["kubernetes_version"], args.get("phase", ALL)).items():
            known = ADDONS[addon]
            installed.append(
                eks.Addon(
                    f"{name}-{addon}",
                    cluster_name=args["cluster_name"],
                    addon_name=addon,
                    addon_version=version,
                    configuration_values=configuration(addon, args),
                    resolve_conflicts_on_create="OVERWRITE",
                    resolve_conflicts_on_update="OVERWRITE",
                    pod_identity_associations=[
                        {
                            "service_account": known.service_account,
                            "role_arn": self._role(f"{name}-{addon}", known, args),
                        }
                    ]
                    if known.service_account
                    else None,
                    tags=args.get("tags"),
                    opts=child,
                )
            )
        if args.get("phase") != BEFORE_NODES:
            self._storage_class(name)

        self.cluster_name = after(Output.from_input(args["cluster_name"]), *(addon.addon_name for addon in installed))
        self.register_outputs({"cluster_name": self.cluster_name})

    def _role(self, name: str, addon: Addon, args: ClusterAddonsArgs) -> Output[str]:
        child = ResourceOptions(parent=self)
        role = iam.Role(
            name,
            assume_role_policy=Output.from_input(args["cluster_arn"]).apply(
                lambda arn: pod_identity_trust(arn, "kube-system", str(addon.service_account))
            ),
            tags=args.get("tags"),
            opts=child,
        )
        attached = iam.RolePolicyAttachment(
            name,
            role=role.name,
            policy_arn=f"arn:{partition(args['region'])}:iam::aws:policy/{addon.policy}",
            opts=child,
        )
        return after(role.arn, attached.policy_arn)

    def _storage_class(self, name: str) -> None:
        StorageClass(
            f"{name}-{STORAGE_CLASS}",
            metadata={
                "name": STORAGE_CLASS,
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true"},
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            opts=ResourceOptions(parent=self),
        )


def _all_problems(args: ClusterAddonsArgs) -> list[str]:
    known = tuple(pinned_versions())
    found = not_one_of("kubernetes_version", "no pinned add-ons", args["kubernetes_version"], known)
    found += not_one_of("phase", "no such phase", args.get("phase", ALL), (BEFORE_NODES, AFTER_NODES, ALL))
    return found + in_region(args) + problems(args)
