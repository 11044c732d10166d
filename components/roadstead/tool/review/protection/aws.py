"""Which way properties of networks, logs, keys, registries, roles and providers are weaker.

Defaults are those that the service models of botocore 1.44.5 tell of (read on 2026-11-30). The page that a row names is AWS's own on the property;
these pages were not read for it.
"""

from math import inf

from roadstead.tool.review.protection.row import (
    AVAILABILITY,
    CREDENTIALS,
    DELETION,
    ENCRYPTION,
    IMAGES,
    LOGS,
    MODEST,
    NETWORK,
    SERIOUS,
    SLIGHT,
    Guard,
    Row,
)
from roadstead.tool.review.protection.ways import Given, Members, Number, Ranked, Switch

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
KEY = "aws:kms/key:Key"
REPOSITORY = "aws:ecr/repository:Repository"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
BUILT = ("aws:s3/bucket:Bucket", "aws:sqs/queue:Queue", "aws:dynamodb/table:Table", "aws:secretsmanager/secret:Secret")
"""What teams keep things in."""
API = "https://docs.aws.amazon.com"

ROWS = (
    Row(
        NETWORK, ("aws:ec2/subnet:Subnet",), ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"), Switch(protects=False),
        "whatever starts in it gets an address on the internet",
        "Leave public addresses to load balancers.", SERIOUS, f"{API}/vpc/latest/userguide/subnet-public-ip.html",
    ),
    Row(
        AVAILABILITY, ("aws:ec2/vpc:Vpc",), ("enableDnsSupport",), Switch(absent=True),
        "nothing in it finds a name any more, and nodes cannot join their cluster",
        "Leave DNS on: EKS asks for it.", SERIOUS, f"{API}/eks/latest/userguide/network-reqs.html",
    ),
    Row(
        AVAILABILITY, ("aws:ec2/vpc:Vpc",), ("enableDnsHostnames",), Switch(),
        "what is in it has no names any more, and nodes cannot join their cluster",
        "Leave DNS host names on: EKS asks for them.", SERIOUS, f"{API}/eks/latest/userguide/network-reqs.html",
    ),
    Row(
        NETWORK, ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",), ("ingress", "egress"), Given(protects=False),
        "whatever is started in the network without a group of its own can be reached, or reach others",
        "Leave the default group without rules.", SERIOUS, f"{API}/vpc/latest/userguide/default-security-group.html",
    ),
    Row(
        NETWORK, (ENDPOINT,), ("policy",), Given(),
        "everything of the service can be asked for through it",
        "Keep a policy.", MODEST, f"{API}/vpc/latest/privatelink/vpc-endpoints-access.html",
    ),
    Row(
        NETWORK, ("aws:ec2/route:Route",), ("natGatewayId",), Given(),
        "its subnets no longer go out through a NAT gateway",
        "Keep private subnets behind NAT.", SERIOUS, f"{API}/vpc/latest/userguide/vpc-nat-gateway.html",
    ),
    Row(
        LOGS, (LOG_GROUP,), ("retentionInDays",), Number(more=True, absent=inf, unit=" days", endless="for ever", forever=(0,)),
        "logs are kept {new} instead of {old}",
        "Keep them as long as before, or export them first.",
        SERIOUS, f"{API}/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
        keys=("log_retention_days",),
    ),
    Row(
        ENCRYPTION, (LOG_GROUP,), ("kmsKeyId",), Given(),
        "logs are no longer encrypted with a key of the account's own",
        "Keep the key.", MODEST, f"{API}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ),
    Row(
        LOGS, (FLOW_LOG,), ("trafficType",), Ranked(("REJECT", "ACCEPT", "ALL"), "ALL"),
        "of the network's traffic only {new} is logged instead of {old}",
        "Log all of it.", SERIOUS, f"{API}/vpc/latest/userguide/flow-logs.html",
    ),
    Row(
        DELETION, (KEY,), ("deletionWindowInDays",), Number(more=True, absent=30),
        "a key that is deleted can be taken back for {new} days instead of {old}",
        "Keep the longer window: what a key encrypted is lost with it.",
        SERIOUS, f"{API}/kms/latest/developerguide/deleting-keys.html",
    ),
    Row(
        ENCRYPTION, (KEY,), ("enableKeyRotation",), Switch(),
        "its key material is no longer renewed", "Leave rotation on.",
        SERIOUS, f"{API}/kms/latest/developerguide/rotate-keys.html",
    ),
    Row(
        ENCRYPTION, (KEY,), ("rotationPeriodInDays",), Number(more=False, absent=365),
        "its key material is renewed every {new} days instead of every {old}",
        "Keep the shorter period.", MODEST, f"{API}/kms/latest/developerguide/rotate-keys.html",
    ),
    Row(
        IMAGES, (REPOSITORY,), ("imageTagMutability",),
        Ranked(("MUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION", "IMMUTABLE"), "MUTABLE"),
        "tags of its images can be moved to other images ({new} instead of {old})",
        "Keep tags immutable.", SERIOUS, f"{API}/AmazonECR/latest/userguide/image-tag-mutability.html",
    ),
    Row(
        IMAGES, (REPOSITORY,), ("imageTagMutabilityExclusionFilters",), Members(protect=False),
        "tags like {lost} are left out of what its other tags are held to",
        "Name as few tags as possible.", MODEST, f"{API}/AmazonECR/latest/userguide/image-tag-mutability.html",
    ),
    Row(
        IMAGES, (REPOSITORY,), ("imageScanningConfiguration.scanOnPush",), Switch(),
        "images are no longer scanned when they are pushed",
        "Leave scanning on.", SERIOUS, f"{API}/AmazonECR/latest/userguide/image-scanning.html",
    ),
    Row(
        ENCRYPTION, (REPOSITORY,), ("encryptionConfigurations[kept].encryptionType",),
        Ranked(("AES256", "KMS", "KMS_DSSE"), "AES256"),
        "images are encrypted with {new} instead of {old}",
        "Keep the key of the account.", SERIOUS, f"{API}/AmazonECR/latest/userguide/encryption-at-rest.html",
    ),
    Row(
        ENCRYPTION, (REPOSITORY,), ("encryptionConfigurations[kept].kmsKey",), Given(),
        "images are no longer encrypted with a key of the account's own",
        "Keep the key.", MODEST, f"{API}/AmazonECR/latest/userguide/encryption-at-rest.html",
    ),
    Row(
        DELETION, (REPOSITORY,), ("forceDelete",), Switch(protects=False),
        "it can be deleted with the images in it", "Leave it off.",
        SERIOUS, f"{API}/AmazonECR/latest/APIReference/API_DeleteRepository.html",
    ),
    Row(
        IMAGES, ("aws:ecr/lifecyclePolicy:LifecyclePolicy",), ("policy{}.rules[].selection.countNumber",),
        Number(more=True, absent=inf),
        "images go after {new} (in the unit of the rule) instead of {old}, and a release that is taken back may find none",
        "Keep as many as one may have to go back to.", SLIGHT, f"{API}/AmazonECR/latest/userguide/LifecyclePolicies.html",
    ),
    Row(
        CREDENTIALS, (KEY, REPOSITORY, *BUILT), ("tags.team",), Given(),
        "its tag of a team goes, by which the boundaries of other teams keep off it",
        "Keep the tag.", SERIOUS, "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html",
    ),
    Row(
        CREDENTIALS, ("aws:iam/role:Role",), ("maxSessionDuration",), Number(more=False, absent=3600),
        "a session lasts up to {new} seconds instead of {old}, and so do credentials that get lost",
        "Keep sessions short.", MODEST, f"{API}/IAM/latest/UserGuide/id_roles_update-role-settings.html",
    ),
    Row(
        DELETION, ("pulumi:providers:aws",), ("allowedAccountIds", "allowedAccountIds{}"), Given(),
        "a change is no longer refused in another account than this stack's",
        "Name the account.", SERIOUS, "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
    ),
    Row(
        DELETION, ("pulumi:providers:aws",), ("allowedAccountIds{}",), Members(protect=False),
        "a change is no longer refused in the accounts {lost}",
        "Name the stack's own account alone.", SERIOUS, "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
    ),
)  # fmt: skip

GUARDS = (
    Guard(
        LOGS, FLOW_LOG, "vpcId", "the network's traffic is no longer logged", "Keep the flow log.",
        SERIOUS, f"{API}/vpc/latest/userguide/flow-logs.html",
    ),
    Guard(
        LOGS, LOG_GROUP, "(parent)", "what was logged is deleted with it", "Keep it, or export the logs first.",
        SERIOUS, f"{API}/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html", is_kept=True,
    ),
    Guard(
        IMAGES, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository", "images that nobody needs are kept for ever",
        "Keep the policy.", SLIGHT, f"{API}/AmazonECR/latest/userguide/LifecyclePolicies.html",
    ),
    Guard(
        NETWORK, ENDPOINT, "vpcId", "requests to the service leave the private network", "Keep the endpoint.",
        SLIGHT, f"{API}/vpc/latest/privatelink/gateway-endpoints.html",
    ),
)  # fmt: skip
