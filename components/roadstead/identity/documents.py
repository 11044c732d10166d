"""IAM policy documents as JSON text, as pure functions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from typing import Any

Statement = dict[str, Any]


def document(*statements: Statement) -> str:
    """A policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def service_trust(service: str) -> str:
    """Trust of a role that an AWS service takes on."""
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}})


def log_writer(log_group_arn: str) -> str:
    """The right to write to one log group."""
    return document(
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "Resource": [log_group_arn, f"{log_group_arn}:*"],
        }
    )


def key_user(key_arn: str) -> str:
    """The right to encrypt and decrypt with one KMS key, as EKS needs it for Kubernetes secrets.

    https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
    """
    return document(
        {
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
            "Resource": key_arn,
        }
    )


def cluster_user(cluster_arn: str, pulls_images: bool) -> str:
    """The rights to make a kubeconfig for one cluster and, where asked for, to sign in to the account's registry."""
    statements = [{"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": cluster_arn}]
    if pulls_images:
        statements.append({"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"})
    return document(*statements)
