"""The outer limit of everything that belongs to one team."""

from roadstead.identity.documents import document

TEAM_TAG = "team"
"""Tag of every AWS resource that belongs to a team."""


def team_boundary(team: str) -> str:
    """Permissions boundary of a team's roles: whatever they are granted, nothing of another team's, and no IAM.

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
    )
