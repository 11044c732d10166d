"""The outer limit of everything that belongs to one team.

A team's own is what has its tag. Where AWS knows the tags of what an action is about stands in its reference of actions; a negated
condition also holds where there is no such tag.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from roadstead.core.forms import partition
from roadstead.identity.documents import Statement, document

TEAM_TAG = "team"
"""Tag of every AWS resource that belongs to a team."""

_CLUSTER = ("Associate", "Create", "Delete", "Deregister", "Disassociate", "Register", "Tag", "Untag", "Update")
"""How actions of EKS begin that decide who gets into the cluster and as what. A team's access entry has the team's tag, and whoever
changes it takes any group or policy.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
"""
_WATCHERS = (
    *("access-analyzer", "cloudtrail", "config", "eks-auth", "guardduty"),
    *("identitystore", "ram", "rolesanywhere", "securityhub", "sso"),
)
"""Services that watch over the account, let others in or, as `eks-auth`, are asked by nodes alone."""
_MACHINES = ("autoscaling", "ebs", "ec2", "ec2-instance-connect", "elasticloadbalancing", "ssm")
"""Nodes with their metadata options and shells, disks, also those of other teams' volumes, networks and load balancers.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""
_MACHINE_ARNS = ("autoscaling:*:*:*", "ec2:*:*:*", "elasticloadbalancing:*:*:*", "ssm:*:*:managed-instance/*")
"""What lists and describes is asked of no ARN, and so is left; a parameter of Systems Manager is no machine."""
_ACCOUNT_SETTINGS = [
    f"ec2:{name}"
    for name in (
        *("Disable*", "Enable*", "InjectApiError", "Modify*Default*", "ModifyI*Format"),
        *("ModifyVpcBlock*", "Replace*Allowed*", "Reset*Default*"),
    )
]
"""What holds for all instances and disks of the account: it has neither ARN nor tags."""
_IMAGES = (
    *("BatchDelete", "BatchImport", "Complete", "Create", "Delete", "Initiate", "Put"),
    *("Replicate", "Set", "Start", "Tag", "Untag", "Update", "Upload"),
)
"""How actions of ECR begin that change the platform's images and the registry's settings. To pull is left to repositories' policies.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
"""
_LOG_GROUPS = ("/aws/eks/*/cluster*", "*-flow-logs-*")
"""The control plane's audit log tells what every team does, the network's who connects to whom."""


def team_boundary(team: str, account_id: str, region: str) -> str:
    """Permissions boundary of a team's roles: whatever they are granted, nothing of another team's or the platform's, and no IAM.

    A boundary grants nothing. It also stops what a mistake in a team's own file would grant.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    return document(
        {"Sid": "Within", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Sid": "NothingOfOtherTeams",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "StringNotEquals": {f"aws:ResourceTag/{TEAM_TAG}": team},
                "Null": {f"aws:ResourceTag/{TEAM_TAG}": "false"},
            },
        },
        {
            "Sid": "NoIdentityManagement",
            "Effect": "Deny",
            "Action": ["account:*", "iam:*", "organizations:*"],
            "Resource": "*",
        },
        *_nothing_of_the_platform(team, account_id, f"arn:{partition(region)}"),
    )


def _nothing_of_the_platform(team: str, account_id: str, arn: str) -> list[Statement]:
    """What belongs to no team, and so has no team's tag."""
    is_not_own = {"StringNotEquals": {f"aws:ResourceTag/{TEAM_TAG}": team}}
    # A bucket's or a queue's key may be anybody's, and AWS's own have no tags: the service uses it for whoever may use the bucket.
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    is_direct = {"StringNotLike": {"kms:ViaService": "*.amazonaws.com*"}}
    cluster = [*(f"eks:{verb}*" for verb in _CLUSTER), *(f"{service}:*" for service in _WATCHERS)]
    machines, machine_arns = [f"{service}:*" for service in _MACHINES], [f"{arn}:{ending}" for ending in _MACHINE_ARNS]
    images, log_groups = (
        [f"ecr:{verb}*" for verb in _IMAGES],
        [f"{arn}:logs:*:*:log-group:{name}" for name in _LOG_GROUPS],
    )
    return [
        _deny("NoClusterManagement", cluster, ["*"]),
        _deny("NoRolesOfOthers", ["sts:AssumeRole"], [f"{arn}:iam::{account_id}:role/*"], is_not_own),
        _deny("NoKeysOfOthers", ["kms:*"], [f"{arn}:kms:*:{account_id}:key/*"], is_not_own | is_direct),
        _deny("NoMachinesOfOthers", machines, machine_arns, is_not_own),
        _deny("NoAccountSettings", _ACCOUNT_SETTINGS, ["*"], is_not_own),
        _deny("NoImagesForOthers", images, ["*"], is_not_own),
        _deny("NoLogsOfThePlatform", ["logs:*"], log_groups, is_not_own),
    ]


def _deny(
    sid: str, actions: list[str], resources: list[str], condition: dict[str, dict[str, str]] | None = None
) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement
