"""The policy of a KMS key as a document.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Mapping, Sequence

from roadstead.core.forms import partition
from roadstead.identity.documents import Statement, document

ADMINISTRATION = [
    f"kms:{action}"
    for action in (
        "CancelKeyDeletion",
        "CreateAlias",
        "DeleteAlias",
        "DescribeKey",
        "DisableKey",
        "EnableKey",
        "EnableKeyRotation",
        "GetKeyPolicy",
        "GetKeyRotationStatus",
        "ListGrants",
        "ListKeyPolicies",
        "ListResourceTags",
        "PutKeyPolicy",
        "RevokeGrant",
        "RotateKeyOnDemand",
        "ScheduleKeyDeletion",
        "TagResource",
        "UntagResource",
        "UpdateAlias",
        "UpdateKeyDescription",
    )
]
ENCRYPTION = ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
DECRYPTION = ["kms:Decrypt"]


def key_policy(
    *,
    account_id: str,
    region: str,
    owners: Sequence[str] = (),
    users: Sequence[str] = (),
    decrypters: Sequence[str] = (),
    encryption_context: Mapping[str, str] | None = None,
    services: Sequence[str] = (),
) -> str:
    """Who may do what with a key. The account's root statement is always there: without it a key can be lost for good."""
    root = f"arn:{partition(region)}:iam::{account_id}:root"
    context = {f"kms:EncryptionContext:{key}": value for key, value in (encryption_context or {}).items()}
    statements: list[Statement] = [_allow("Root", {"AWS": root}, ["kms:*"])]
    if owners:
        statements.append(_allow("Owners", {"AWS": list(owners)}, ADMINISTRATION))
    if users:
        statements.append(_allow("Users", {"AWS": list(users)}, ENCRYPTION + DECRYPTION, StringEquals=context))
    if decrypters:
        statements.append(_allow("Decrypters", {"AWS": list(decrypters)}, DECRYPTION, StringEquals=context))
    if users or decrypters:
        statements.append(_allow("Describe", {"AWS": [*users, *decrypters]}, ["kms:DescribeKey"]))
    statements += [_service(service, account_id, region) for service in services]
    return document(*statements)


def _service(service: str, account_id: str, region: str) -> Statement:
    """Use of the key by one AWS service, for this account's resources alone."""
    sid = "Service" + "".join(part.capitalize() for part in service.replace("-", ".").split("."))
    if service.startswith("logs."):
        # Describing a key has no encryption context, and CloudWatch Logs does without it.
        logs = {"kms:EncryptionContext:aws:logs:arn": f"arn:{partition(region)}:logs:{region}:{account_id}:*"}
        return _allow(sid, {"Service": service}, ENCRYPTION + DECRYPTION, StringLike=logs)
    actions = ["kms:DescribeKey", *ENCRYPTION, *DECRYPTION]
    return _allow(sid, {"Service": service}, actions, StringEquals={"aws:SourceAccount": account_id})


def _allow(sid: str, principal: dict[str, object], actions: list[str], **conditions: dict[str, str]) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    given = {operator: keys for operator, keys in conditions.items() if keys}
    return {**statement, "Condition": given} if given else statement
