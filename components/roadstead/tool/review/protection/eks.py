"""Which way properties of EKS clusters and their nodes are weaker.

Defaults are those that the service models of botocore 1.44.5 tell of (read on 2026-11-30). The page that a row names is AWS's own on the property;
these pages were not read for it.
"""

from roadstead.tool.review.protection.at_once import Renewals
from roadstead.tool.review.protection.row import (
    ADMISSION,
    AVAILABILITY,
    CREDENTIALS,
    DELETION,
    ENCRYPTION,
    LOGS,
    MODEST,
    NETWORK,
    NODES,
    SERIOUS,
    SLIGHT,
    Guard,
    Row,
)
from roadstead.tool.review.protection.ways import Given, Members, Number, Ranked, Switch, Taints

CLUSTER = "aws:eks/cluster:Cluster"
GROUP = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
API = "https://docs.aws.amazon.com"
EKS = "https://docs.aws.amazon.com/eks/latest/userguide"

ROWS = (
    Row(
        DELETION, (CLUSTER,), ("deletionProtection",), Switch(),
        "it loses its deletion protection, and a single call can delete the cluster",
        "Leave deletion protection on; to give a cluster up, take it off in a change of its own.",
        SERIOUS, f"{EKS}/deletion-protection.html", keys=("deletion_protection",),
    ),
    Row(
        LOGS, (CLUSTER,), ("enabledClusterLogTypes",), Members(),
        "control plane logs of kind {lost} are no longer kept",
        "Keep them: without audit and authenticator logs nobody can tell later who did what.",
        SERIOUS, f"{EKS}/control-plane-logs.html", keys=("control_plane_logs",),
    ),
    Row(
        NETWORK, (CLUSTER,), ("vpcConfig.endpointPrivateAccess",), Switch(),
        "its API server has no address in the VPC any more, so that nodes reach it over the internet",
        "Leave private access on.", SERIOUS, f"{EKS}/cluster-endpoint.html",
    ),
    Row(
        ENCRYPTION, (CLUSTER,), ("encryptionConfig.provider.keyArn",), Given(),
        "Secrets are no longer encrypted with a key of the account",
        "Keep the key.", SERIOUS, f"{EKS}/envelope-encryption.html",
    ),
    Row(
        ENCRYPTION, (CLUSTER,), ("encryptionConfig.resources",), Members(),
        "{lost} are no longer encrypted with a key of the account",
        "Keep them encrypted.", SERIOUS, f"{EKS}/envelope-encryption.html",
    ),
    Row(
        CREDENTIALS, (CLUSTER,), ("accessConfig.authenticationMode",),
        Ranked(("CONFIG_MAP", "API_AND_CONFIG_MAP", "API"), "CONFIG_MAP"),
        "its ConfigMap aws-auth gives access too ({new} instead of {old}), which no review sees",
        "Keep the authentication mode API.", SERIOUS, f"{EKS}/setting-up-access-entries.html",
    ),
    Row(
        CREDENTIALS, (CLUSTER,), ("accessConfig.bootstrapClusterCreatorAdminPermissions",),
        Switch(protects=False, absent=True),
        "whoever creates it is an administrator of it without an access entry in the program",
        "Name administrators in the program.", SERIOUS, f"{EKS}/access-entries.html",
    ),
    Row(
        AVAILABILITY, (CLUSTER,), ("zonalShiftConfig.enabled",), Switch(),
        "AWS may no longer move its traffic away from an impaired zone",
        "Leave zonal shift on.", MODEST, f"{EKS}/zone-shift.html",
    ),
    Row(
        AVAILABILITY, (CLUSTER,), ("forceUpdateVersion",), Switch(protects=False),
        "its version is updated even where AWS's checks find what would break",
        "Leave it off.", SERIOUS, f"{EKS}/update-cluster.html",
    ),
    Row(
        NODES, (GROUP,), ("taints",), Taints(),
        "the taint {lost} goes or is softer, so that pods which do not tolerate it, those of teams among them, may now run on its nodes",
        "Keep the taint, or confirm that everybody's pods may run there.",
        SERIOUS, f"{EKS}/node-taints-managed-node-groups.html", keys=("taints",),
    ),
    Row(
        NODES, (GROUP,), ("remoteAccess.ec2SshKey",), Given(protects=False),
        "its nodes take SSH connections, from everywhere unless security groups are named",
        "Use Session Manager instead.", SERIOUS, f"{API}/eks/latest/APIReference/API_RemoteAccessConfig.html",
    ),
    Row(
        NODES, (GROUP,), ("remoteAccess.sourceSecurityGroupIds",), Given(),
        "SSH to its nodes is no longer limited to some security groups",
        "Name the security groups.", SERIOUS, f"{API}/eks/latest/APIReference/API_RemoteAccessConfig.html",
    ),
    Row(
        AVAILABILITY, (GROUP,), ("forceUpdateVersion",), Switch(protects=False),
        "an update of its nodes goes on where a disruption budget forbids to evict a pod",
        "Leave it off.", SERIOUS, f"{API}/eks/latest/APIReference/API_UpdateNodegroupVersion.html",
    ),
    Row(
        AVAILABILITY, (GROUP,), ("nodeRepairConfig.enabled",), Switch(),
        "nodes that are broken are no longer replaced by themselves",
        "Leave node repair on.", MODEST, f"{EKS}/node-health.html",
    ),
    Row(
        AVAILABILITY, (GROUP,), ("updateConfig",), Renewals(),
        "an update takes {new} of its nodes at once instead of {old}",
        "Let fewer go at once.", SLIGHT, f"{API}/eks/latest/APIReference/API_NodegroupUpdateConfig.html",
    ),
    Row(
        AVAILABILITY, (GROUP,), ("updateConfig.updateStrategy",), Ranked(("MINIMAL", "DEFAULT"), "DEFAULT"),
        "an update stops nodes before others are there", "Keep DEFAULT.",
        MODEST, f"{API}/eks/latest/APIReference/API_NodegroupUpdateConfig.html",
    ),
    # Where these two are not said, image and account decide: tokens are optional at worst, and an image that asks for them gets two hops.
    Row(
        NODES, (TEMPLATE,), ("metadataOptions.httpTokens",), Ranked(("optional", "required"), "optional"),
        "its instances answer metadata requests without a token, so that a request forged through an app gets the node's credentials",
        "Keep tokens required.", SERIOUS, f"{API}/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html",
    ),
    Row(
        NODES, (TEMPLATE,), ("metadataOptions.httpPutResponseHopLimit",), Number(more=False, absent=2),
        "metadata answers may travel {new} hops instead of {old}, so that pods get the node's credentials",
        "Keep the hop limit at 1.", SERIOUS, "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
    ),
    Row(
        NODES, (TEMPLATE,), ("metadataOptions.httpEndpoint",), Ranked(("enabled", "disabled"), "enabled"),
        "its instances answer metadata requests, which they did not",
        "Leave the endpoint off.", SERIOUS, f"{API}/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html",
    ),
    Row(
        NODES, (TEMPLATE,), ("metadataOptions.instanceMetadataTags",), Ranked(("enabled", "disabled"), "disabled"),
        "whatever runs on its instances reads their tags",
        "Leave tags out of the metadata.", SLIGHT, f"{API}/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html",
    ),
    Row(
        ENCRYPTION, (TEMPLATE,), ("blockDeviceMappings[kept].ebs.encrypted",), Switch(),
        "volumes of its instances are no longer encrypted",
        "Keep them encrypted.", SERIOUS, f"{API}/ebs/latest/userguide/ebs-encryption.html",
    ),
    Row(
        ENCRYPTION, (TEMPLATE,), ("blockDeviceMappings[kept].ebs.kmsKeyId",), Given(),
        "volumes of its instances are no longer encrypted with a key of the account's own",
        "Keep the key.", MODEST, f"{API}/ebs/latest/userguide/ebs-encryption.html",
    ),
    Row(
        CREDENTIALS, (TEMPLATE,), ("keyName",), Given(protects=False),
        "whoever has the SSH key {new} is root on its instances wherever a security group lets them connect",
        "Use Session Manager instead.", SERIOUS, f"{API}/AWSEC2/latest/UserGuide/ec2-key-pairs.html",
    ),
    Row(
        NETWORK, (TEMPLATE,), ("networkInterfaces[].associatePublicIpAddress",), Switch(protects=False),
        "its instances get addresses on the internet",
        "Keep nodes on private addresses.", SERIOUS, f"{API}/AWSEC2/latest/UserGuide/using-instance-addressing.html",
    ),
    Row(
        NETWORK, (ADDON,), ("configurationValues{}.enableNetworkPolicy",), Switch(),
        "network policies are no longer enforced: every pod may connect to every other one",
        "Leave enableNetworkPolicy on.", SERIOUS, f"{EKS}/cni-network-policy-configure.html",
    ),
    Row(
        NETWORK, (ADDON,), ("configurationValues{}.env.NETWORK_POLICY_ENFORCING_MODE",),
        Ranked(("standard", "strict"), "standard"),
        "a pod may connect to everybody until its network policies are in force",
        "Keep the mode strict.", MODEST, "https://github.com/aws/amazon-vpc-cni-k8s#network_policy_enforcing_mode-v1171",
    ),
)  # fmt: skip

GUARDS = (
    Guard(
        ADMISSION, ADDON, "clusterName", "what it did in the cluster is no longer done", "Keep the add-on.",
        MODEST, f"{EKS}/eks-add-ons.html",
    ),
)  # fmt: skip
