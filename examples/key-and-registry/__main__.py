"""An image repository that is encrypted with its team's key, and pushed to by the team's CI alone."""

import pulumi

from roadstead import EncryptionKey, Repository

ACCOUNT, REGION = "111122223333", "eu-west-1"

key = EncryptionKey(
    "payments",
    {
        "alias": "dev/payments",
        "account_id": ACCOUNT,
        "region": REGION,
        "users": [f"arn:aws:iam::{ACCOUNT}:role/payments-ci"],
        "tier": "development",
    },
)
repository = Repository(
    "api",
    {
        "repository_name": "payments/api",
        "region": REGION,
        "key_arn": key.key_arn,
        "push_role_arns": [f"arn:aws:iam::{ACCOUNT}:role/payments-ci"],
    },
)

pulumi.export("repository_url", repository.repository_url)
