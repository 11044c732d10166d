"""How long policy documents may be. What is made from lists has no bound of its own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from roadstead.core.problems import problem

TRUST, TRUST_ON_REQUEST = 2048, 4096
"""Characters of a role's trust policy: what every account may have, and what AWS gives at most to one that asks."""
INLINE = 10240
"""Characters of all inline policies of a role together."""
KEY = 32768
"""Bytes of a key policy: https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"""
REGISTRY = 10240
"""Characters of a repository's policy, in the model of ECR's API."""
LONGEST_ROLE_ARN = "arn:aws-us-gov:iam::111122223333:role/" + "x" * 64
"""In the place of a role whose ARN is not known yet."""


def size(document: str) -> int:
    """The characters that AWS counts: spaces and line breaks are none."""
    return len("".join(document.split()))


def size_problems(path: str, what: str, document: str, most: int) -> list[str]:
    """Whether a document is longer than its service takes."""
    if size(document) <= most:
        return []
    return [
        problem(
            path, f"too long for {what}", f"{size(document)} characters", f"at most {most}: name fewer, or shorter ones"
        )
    ]


def trust_warning(whose: str, document: str) -> str | None:
    """What to say of a trust policy that an account takes only after somebody asked AWS for it."""
    if size(document) <= TRUST:
        return None
    return (
        f"the trust policy of {whose} has {size(document)} characters: an account takes {TRUST}, and up to {TRUST_ON_REQUEST} "
        "where the quota 'Role trust policy length' was raised"
    )
