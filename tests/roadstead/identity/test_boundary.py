"""Whatever a team's role is granted, it touches nothing of the platform's, and all of its own that it did before."""

import re

import pytest
from tests.iam import privileges
from tests.support import ACCOUNT, REGION

from roadstead.facts.aws_actions import actions
from roadstead.identity.boundary import team_boundary
from roadstead.identity.sizes import MANAGED, size
from roadstead.tool.review.access.iam import effect

BOUNDARY = team_boundary("payments", ACCOUNT, REGION)
IAM, EC2, EKS = f"arn:aws:iam::{ACCOUNT}", f"arn:aws:ec2:{REGION}:{ACCOUNT}", f"arn:aws:eks:{REGION}:{ACCOUNT}"
KEY, REPOSITORY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0b1c", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group"
GROUP = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/eks-spot"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/shared/1"
NOBODYS = dict[str, str]()
OWN, ANOTHERS = {"aws:resourcetag/team": "payments"}, {"aws:resourcetag/team": "data"}
DIRECT, BY_S3 = {"kms:viaservice": ""}, {"kms:viaservice": f"s3.{REGION}.amazonaws.com"}
CHANGES = ("Write", "Permissions management", "Tagging")


def allowed(action: str, arn: str, circumstances: dict[str, str]) -> bool:
    """Whether the boundary lets through what a policy would grant."""
    return effect(BOUNDARY, action, arn, {**DIRECT, **circumstances}) == "Allow"


WHOEVER_OWNS_IT = [
    ("eks:CreateAccessEntry", f"{EKS}:cluster/live"),
    ("eks:AssociateAccessPolicy", f"{EKS}:access-entry/live/role/{ACCOUNT}/live-payments-deployer/1"),
    ("eks:UpdateAccessEntry", f"{EKS}:access-entry/live/role/{ACCOUNT}/live-payments-deployer/1"),
    ("eks:CreatePodIdentityAssociation", f"{EKS}:cluster/live"),
    ("eks:UpdatePodIdentityAssociation", f"{EKS}:podidentityassociation/live/a-1"),
    ("eks:UpdateClusterConfig", f"{EKS}:cluster/live"),
    ("eks:DeleteAddon", f"{EKS}:addon/live/vpc-cni/1"),
    ("eks-auth:AssumeRoleForPodIdentity", f"{EKS}:cluster/live"),
    ("iam:PassRole", f"{IAM}:role/platform-admin"),
    ("iam:PutRolePolicy", f"{IAM}:role/live-payments-deployer"),
    ("iam:DeleteRolePermissionsBoundary", f"{IAM}:role/live-payments-deployer"),
    ("iam:CreatePolicyVersion", f"{IAM}:policy/live-payments-boundary"),
    ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/all"),
    ("ram:CreateResourceShare", "*"),
]
UNLESS_IT_IS_OWN = [
    ("sts:AssumeRole", f"{IAM}:role/platform-admin"),
    ("sts:AssumeRole", f"{IAM}:role/break-glass"),
    ("ec2:ModifyInstanceMetadataOptions", f"{EC2}:instance/i-1"),
    ("ec2:ReplaceIamInstanceProfileAssociation", f"{EC2}:instance/i-1"),
    ("ec2:CreateTags", f"{EC2}:instance/i-1"),
    ("ec2:TerminateInstances", f"{EC2}:instance/i-1"),
    ("ec2:GetConsoleOutput", f"{EC2}:instance/i-1"),
    ("ec2:CreateSnapshot", f"{EC2}:volume/vol-1"),
    ("ec2:AttachVolume", f"{EC2}:volume/vol-1"),
    ("ebs:GetSnapshotBlock", f"arn:aws:ec2:{REGION}::snapshot/snap-1"),
    ("ec2:CreateLaunchTemplateVersion", f"{EC2}:launch-template/lt-1"),
    ("ec2:AuthorizeSecurityGroupIngress", f"{EC2}:security-group/sg-1"),
    ("ec2:ReplaceRoute", f"{EC2}:route-table/rtb-1"),
    ("ssm:StartSession", f"{EC2}:instance/i-1"),
    ("ssm:SendCommand", f"{EC2}:instance/i-1"),
    ("ssm:SendCommand", f"arn:aws:ssm:{REGION}:{ACCOUNT}:managed-instance/mi-1"),
    ("ec2-instance-connect:SendSSHPublicKey", f"{EC2}:instance/i-1"),
    ("autoscaling:UpdateAutoScalingGroup", GROUP),
    ("elasticloadbalancing:CreateListener", BALANCER),
    ("kms:Decrypt", KEY),
    ("kms:CreateGrant", KEY),
    ("kms:PutKeyPolicy", KEY),
    ("kms:ScheduleKeyDeletion", KEY),
    ("kms:TagResource", KEY),
    ("ecr:PutImage", f"{REPOSITORY}/platform/base"),
    ("ecr:SetRepositoryPolicy", f"{REPOSITORY}/platform/base"),
    ("ecr:BatchDeleteImage", f"{REPOSITORY}/platform/base"),
    ("ecr:TagResource", f"{REPOSITORY}/platform/base"),
    ("logs:FilterLogEvents", f"{LOGS}:/aws/eks/live/cluster"),
    ("logs:GetLogEvents", f"{LOGS}:/aws/eks/live/cluster:log-stream:kube-apiserver-audit-1"),
    ("logs:DeleteLogGroup", f"{LOGS}:/aws/eks/live/cluster:*"),
    ("logs:StartQuery", f"{LOGS}:live-flow-logs-0b1c2d3"),
]
OF_THE_ACCOUNT = [
    *("ec2:ModifyInstanceMetadataDefaults", "ec2:DisableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId"),
    *("ec2:EnableSerialConsoleAccess", "ec2:DisableSnapshotBlockPublicAccess", "ec2:ModifyVpcBlockPublicAccessOptions"),
    *("ecr:PutRegistryPolicy", "ecr:PutReplicationConfiguration", "ecr:CreatePullThroughCacheRule"),
    "eks:RegisterCluster",
]
LEFT = [
    ("eks:DescribeCluster", f"{EKS}:cluster/live", NOBODYS),
    ("eks:AccessKubernetesApi", f"{EKS}:cluster/live", NOBODYS),
    ("ecr:GetAuthorizationToken", "*", NOBODYS),
    ("ecr:BatchGetImage", f"{REPOSITORY}/platform/base", NOBODYS),
    ("ecr:PutImage", f"{REPOSITORY}/payments/api", OWN),
    ("kms:Decrypt", KEY, OWN),
    ("kms:Decrypt", KEY, BY_S3),
    ("kms:GenerateDataKey", KEY, BY_S3),
    ("kms:Decrypt", f"arn:aws:kms:{REGION}:999988887777:key/1", NOBODYS),
    ("kms:ListAliases", "*", NOBODYS),
    ("sts:AssumeRole", "arn:aws:iam::999988887777:role/partner", NOBODYS),
    ("sts:GetCallerIdentity", "*", NOBODYS),
    ("ec2:DescribeInstances", "*", NOBODYS),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/payments/flags", NOBODYS),
    ("s3:GetObject", "arn:aws:s3:::acme-events/1", NOBODYS),
    ("sqs:ReceiveMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:payments-jobs", NOBODYS),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:payments/db-1", NOBODYS),
    ("dynamodb:PutItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/payments", NOBODYS),
    ("logs:PutLogEvents", f"{LOGS}:/acme/payments:log-stream:1", NOBODYS),
    ("cloudwatch:PutMetricData", "*", NOBODYS),
]


@pytest.mark.parametrize(("action", "arn"), WHOEVER_OWNS_IT)
@pytest.mark.parametrize("circumstances", [NOBODYS, OWN, ANOTHERS])
def test_what_no_team_does_is_refused_on_its_own_too(action: str, arn: str, circumstances: dict[str, str]) -> None:
    assert not allowed(action, arn, circumstances)


@pytest.mark.parametrize(("action", "arn"), UNLESS_IT_IS_OWN)
def test_what_has_not_the_teams_tag_is_left_alone_and_the_teams_own_is_its_own(action: str, arn: str) -> None:
    assert not allowed(action, arn, NOBODYS)
    assert not allowed(action, arn, ANOTHERS)
    assert allowed(action, arn, OWN)


@pytest.mark.parametrize("action", OF_THE_ACCOUNT)
def test_what_holds_for_the_whole_account_is_refused(action: str) -> None:
    assert not allowed(action, "*", NOBODYS)


@pytest.mark.parametrize(("action", "arn", "circumstances"), LEFT)
def test_what_an_app_may_ask_for_is_not_held_back(action: str, arn: str, circumstances: dict[str, str]) -> None:
    assert allowed(action, arn, circumstances)


def test_a_key_of_another_team_is_not_used_through_a_service_either() -> None:
    assert not allowed("kms:Decrypt", KEY, {**BY_S3, **ANOTHERS})


def examples(service: str) -> list[tuple[str, str]]:
    """Every changing action of a service with an ARN of each of its own types, as AWS's reference has them."""
    levels = {name.lower(): level for name, level in privileges(service).items()}
    filled = {"Partition": "aws", "Region": REGION, "Account": ACCOUNT}
    return [
        (action.name, re.sub(r"\$\{(\w+)\}", lambda part: filled.get(part[1], "x"), arn))
        for name, action in actions(service).items()
        if levels.get(name) in CHANGES
        for arn in action.arns
        if arn.startswith(f"arn:${{Partition}}:{service}:")
    ]


@pytest.mark.parametrize("service", ["autoscaling", "ec2", "ecr", "eks", "elasticloadbalancing", "kms"])
def test_no_action_that_changes_something_without_the_teams_tag_is_forgotten(service: str) -> None:
    tried = [(action, arn) for action, arn in examples(service) if ":alias/" not in arn]
    assert len(tried) > 15
    assert [each for each in tried if allowed(*each, NOBODYS) and each[0] != "eks:MutateViaKubernetesApi"] == []


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_a_managed_policy_takes_it(region: str) -> None:
    assert size(team_boundary("x" * 20, ACCOUNT, region)) <= MANAGED / 2
