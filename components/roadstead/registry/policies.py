"""What an image repository keeps, and who may push and pull: documents as pure functions."""

import json
from collections.abc import Sequence

from roadstead.forms import partition
from roadstead.identity.documents import Statement, document

PREVIEW_TAG_PREFIX = "pr-"
"""Tags of images that only ever run in short-lived environments."""
PUSH_ACTIONS = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def lifecycle_policy(untagged_days: int, preview_days: int) -> str:
    """Removes what no release can pin: images without a tag, and images of previews.

    Tags are immutable, so an image that has one never loses it: whatever a release pins by digest stays, as long as CI
    gave it any other tag than a preview's. ECR keeps the untagged parts of a tagged multi-platform image too.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    return json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "description": "images without a tag",
                    "selection": {"tagStatus": "untagged", **_older_than(untagged_days)},
                    "action": {"type": "expire"},
                },
                {
                    "rulePriority": 2,
                    "description": "images of previews",
                    "selection": {
                        "tagStatus": "tagged",
                        "tagPrefixList": [PREVIEW_TAG_PREFIX],
                        **_older_than(preview_days),
                    },
                    "action": {"type": "expire"},
                },
            ]
        },
        indent=2,
    )


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
