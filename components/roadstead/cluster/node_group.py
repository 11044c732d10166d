"""Nodes of one size, spot or on-demand."""

from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, eks, iam

from roadstead.cluster.node_group_spec import DEFAULT_DISK_GIB, ON_DEMAND, SPOT, NodeGroupSpec, node_size, problems
from roadstead.core.forms import in_region, partition
from roadstead.core.ordering import after
from roadstead.core.placement import SPOT_TAINT_KEY
from roadstead.core.problems import checked
from roadstead.identity import documents

NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
IMAGE_TYPES = {"arm64": "AL2023_ARM_64_STANDARD", "x86_64": "AL2023_x86_64_STANDARD"}
LONGEST_NAME_PREFIX = 37


class NodeGroupArgs(NodeGroupSpec):
    """What the nodes are, and the cluster and subnets that they join."""

    cluster_name: Input[str]
    """Name of the EKS cluster."""
    subnet_ids: Input[list[str]]
    """Private subnets in which the nodes run."""
    region: str
    """AWS region of the cluster."""
    release_version: str
    """Release of the node image, e.g. "1.36.1-20261106": nodes change only when this does."""
    tags: NotRequired[dict[str, str]]
    """Tags of the group, its instances, volumes and interfaces. Default: none."""


class NodeGroup(pulumi.ComponentResource):
    """A managed node group of Amazon Linux 2023.

    Makes a node role, a launch template (IMDSv2 required with a hop limit of 1, so that pods cannot take the node's
    rights; an encrypted gp3 root volume; tags on everything) and the group with node repair. The group's name is
    generated: a change that replaces it makes the new group before the old one goes. The desired size is an autoscaler's:
    nothing here changes it after the group was made with `min_size` nodes. No component brings an autoscaler yet; until one
    does, a group has as many nodes as somebody gives it.

    Grants the nodes: AmazonEKSWorkerNodePolicy and AmazonEC2ContainerRegistryPullOnly. Network and volume rights belong
    to the add-ons' own roles.

    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
    """

    cluster_name: Output[str]
    """Name of the cluster, known once the group's nodes are there: for what must be scheduled on them."""
    node_role_arn: Output[str]
    """ARN of the nodes' role."""

    def __init__(self, name: str, args: NodeGroupArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(NodeGroup, name, args, lambda known: in_region(known) + problems(known))
        super().__init__("roadstead:index:NodeGroup", name, {**args}, opts)
        child = ResourceOptions(parent=self)
        tags = args.get("tags", {})

        role = iam.Role(name, assume_role_policy=documents.service_trust("ec2.amazonaws.com"), tags=tags, opts=child)
        attached = [
            iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=f"arn:{partition(args['region'])}:iam::aws:policy/{policy}",
                opts=child,
            )
            for policy in NODE_POLICIES
        ]
        template = ec2.LaunchTemplate(
            name,
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
            },
            block_device_mappings=[
                {
                    "device_name": "/dev/xvda",
                    "ebs": {
                        "volume_type": "gp3",
                        "volume_size": args.get("disk_gib", DEFAULT_DISK_GIB),
                        "encrypted": "true",
                        "delete_on_termination": "true",
                    },
                }
            ],
            tag_specifications=[
                {"resource_type": kind, "tags": {"Name": name, **tags}}
                for kind in ("instance", "volume", "network-interface")
            ],
            update_default_version=True,
            tags=tags,
            opts=child,
        )
        capacity = args.get("capacity", ON_DEMAND)
        group = eks.NodeGroup(
            name,
            cluster_name=args["cluster_name"],
            node_group_name_prefix=f"{name}-"[:LONGEST_NAME_PREFIX],
            node_role_arn=after(role.arn, *(attachment.policy_arn for attachment in attached)),
            subnet_ids=args["subnet_ids"],
            capacity_type=capacity.upper(),
            instance_types=args["instance_types"],
            ami_type=IMAGE_TYPES[node_size(args).architecture],
            release_version=args["release_version"],
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            scaling_config={
                "min_size": args["min_size"],
                "max_size": args["max_size"],
                "desired_size": args["min_size"],
            },
            labels=args.get("labels"),
            taints=[eks.NodeGroupTaintArgs(**taint) for taint in _taints(args, capacity)],
            update_config={"max_unavailable_percentage": 33},
            node_repair_config={"enabled": True},
            tags=tags,
            opts=ResourceOptions(parent=self, ignore_changes=["scalingConfig.desiredSize"]),
        )

        self.cluster_name = group.cluster_name
        self.node_role_arn = role.arn
        self.register_outputs({"cluster_name": self.cluster_name, "node_role_arn": self.node_role_arn})


def _taints(args: NodeGroupArgs, capacity: str) -> list[dict[str, str]]:
    taints = [
        {"key": taint["key"], "value": taint.get("value", ""), "effect": taint["effect"]}
        for taint in args.get("taints", [])
    ]
    if capacity == SPOT:
        taints.append({"key": SPOT_TAINT_KEY, "value": "true", "effect": "NO_SCHEDULE"})
    return taints
