"""What an image repository keeps, and who may push and pull: documents as pure functions."""

import json
import re
from collections.abc import Sequence
from typing import Any

from roadstead.core.forms import partition
from roadstead.core.problems import problem
from roadstead.identity.documents import Statement, document

PREVIEW_TAG_PREFIX = "pr-"
"""Tags of images that only ever run in short-lived environments."""
RELEASE_TAG_PREFIXES = ("v", "release-", "main-", "sha-", *"0123456789")
"""Tags of images that a release may pin: versions, dates, what CI names after the branch or the commit."""
MOST_RELEASE_PREFIXES = 48
"""ECR takes 50 rules in a policy."""
MOST_IMAGES = 100_000
"""As many as a repository holds: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"""
_TAG = re.compile(r"\w[\w.-]*", re.ASCII)
PUSH_ACTIONS = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def lifecycle_policy(untagged_days: int, preview_days: int, release_prefixes: Sequence[str]) -> str:
    """Removes what no release can pin: images without a tag, and images that only have previews' tags.

    ECR keeps an image from all later rules whose tags a rule asks for, and several prefixes of one rule must all be there:
    so each prefix of releases has a rule of its own, before the others, that never removes anything. Tags are immutable,
    so an image that has one never loses it. ECR keeps the untagged parts of a tagged multi-platform image too.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    kept = [
        (f"kept: {prefix}", {**_tagged(prefix), "countType": "imageCountMoreThan", "countNumber": MOST_IMAGES})
        for prefix in release_prefixes
    ]
    removed = [
        ("images without a tag", {"tagStatus": "untagged", **_older_than(untagged_days)}),
        ("images of previews", {**_tagged(PREVIEW_TAG_PREFIX), **_older_than(preview_days)}),
    ]
    rules = [
        {"rulePriority": number, "description": text, "selection": selection, "action": {"type": "expire"}}
        for number, (text, selection) in enumerate([*kept, *removed], start=1)
    ]
    return json.dumps({"rules": rules}, indent=2)


def _tagged(prefix: str) -> dict[str, Any]:
    return {"tagStatus": "tagged", "tagPrefixList": [prefix]}


def release_prefix_problems(path: str, prefixes: Sequence[str]) -> list[str]:
    """What ECR does not take, and what would keep every preview."""
    found = []
    if len(prefixes) > MOST_RELEASE_PREFIXES or len(set(prefixes)) != len(prefixes):
        found.append(problem(path, "not that many", prefixes, f"at most {MOST_RELEASE_PREFIXES} different ones"))
    for prefix in prefixes:
        if not _TAG.fullmatch(prefix) or PREVIEW_TAG_PREFIX.startswith(prefix) or prefix.startswith(PREVIEW_TAG_PREFIX):
            expected = (
                f"letters, digits, '_', '.' and '-', and nothing that previews' tags begin with ({PREVIEW_TAG_PREFIX})"
            )
            found.append(problem(path, "no prefix of releases' tags", prefix, expected))
    return found


def _older_than(days: int) -> dict[str, str | int]:
    return {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}


def repository_policy(push: Sequence[str], pull: Sequence[str], pull_account_ids: Sequence[str], region: str) -> str:
    """Who may push and pull, for principals of this account by ARN and for whole other accounts by id.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    roots = [f"arn:{partition(region)}:iam::{account_id}:root" for account_id in pull_account_ids]
    statements: list[Statement] = []
    if push:
        actions = sorted({*PUSH_ACTIONS, *PULL_ACTIONS})
        statements.append(_allow("Push", push, actions))
    if pull or roots:
        statements.append(_allow("Pull", [*pull, *roots], PULL_ACTIONS))
    return document(*statements)


def _allow(sid: str, principals: Sequence[str], actions: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": actions}
