"""Trust of roles that people take on."""

from collections.abc import Sequence

from roadstead.core.forms import partition
from roadstead.identity.documents import document


def people_trust(principals: Sequence[str], account_id: str, region: str) -> str:
    """Trust in principals by the pattern of their ARN.

    The accounts are trusted on the condition that the caller's ARN matches, instead of naming the callers: a principal
    that is made anew (Identity Center does so) keeps its way in, and a missing one does not make the policy invalid.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    accounts = sorted({account_id if part == "*" else part for part in (arn.split(":")[4] for arn in principals)})
    roots = [f"arn:{partition(region)}:iam::{account}:root" for account in accounts]
    return document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": roots},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:PrincipalArn": list(principals)}},
        }
    )
