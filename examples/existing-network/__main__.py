"""A cluster with spot nodes in a network that is already there, without teams."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from roadstead import Cluster, ClusterAddons, Network, NodeGroup

ACCOUNT, REGION, VERSION = "111122223333", "eu-west-1", "1.36"

in_aws = aws.Provider("aws", region=REGION, allowed_account_ids=[ACCOUNT])
on_aws = pulumi.ResourceOptions(providers=[in_aws])

network = Network(
    "shop",
    {
        "region": REGION,
        "existing": {
            "vpc_id": "vpc-0a1b2c3d",
            "private_subnet_ids": {"eu-west-1a": "subnet-0a1b2c3d", "eu-west-1b": "subnet-4e5f6a7b"},
        },
    },
    on_aws,
)
cluster = Cluster(
    "shop",
    {
        "version": VERSION,
        "tier": "development",
        "admins": {"platform": f"arn:aws:iam::{ACCOUNT}:role/platform-admin"},
        "break_glass": f"arn:aws:iam::{ACCOUNT}:role/break-glass",
        "account_id": ACCOUNT,
        "region": REGION,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
    },
    on_aws,
)
in_cluster = kubernetes.Provider("kubernetes", kubeconfig=cluster.kubeconfig, cluster_identifier="shop")

before_nodes = ClusterAddons(
    "before-nodes",
    {
        "phase": "before_nodes",
        "kubernetes_version": VERSION,
        "region": REGION,
        "cluster_name": cluster.cluster_name,
        "cluster_arn": cluster.cluster_arn,
    },
    pulumi.ResourceOptions(providers=[in_aws, in_cluster]),
)
# The cluster's own pods do not bear the loss of spot nodes.
system = NodeGroup(
    "system",
    {
        "instance_types": ["m7g.large"],
        "min_size": 2,
        "max_size": 2,
        "cluster_name": before_nodes.cluster_name,
        "subnet_ids": network.private_subnet_ids,
        "region": REGION,
        "release_version": "1.36.4-20260930",
    },
    on_aws,
)
NodeGroup(
    "spot",
    {
        "capacity": "spot",
        "instance_types": ["m7g.large", "m6g.large", "m8g.large", "m7gd.large"],
        "min_size": 2,
        "max_size": 6,
        "cluster_name": before_nodes.cluster_name,
        "subnet_ids": network.private_subnet_ids,
        "region": REGION,
        "release_version": "1.36.4-20260930",
    },
    on_aws,
)
ClusterAddons(
    "after-nodes",
    {
        "phase": "after_nodes",
        "kubernetes_version": VERSION,
        "region": REGION,
        "cluster_name": system.cluster_name,
        "cluster_arn": cluster.cluster_arn,
    },
    pulumi.ResourceOptions(providers=[in_aws, in_cluster]),
)

pulumi.export("kubeconfig", cluster.kubeconfig)
