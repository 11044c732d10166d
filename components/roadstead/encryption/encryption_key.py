"""A KMS key with a policy that says who owns it and who uses it."""

import re
from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import kms
from typing_extensions import TypedDict

from roadstead.core.forms import account_problems, in_region
from roadstead.core.problems import checked, problem, spec
from roadstead.core.tiers import DEFAULT_TIER, TIERS, tier_problems
from roadstead.encryption.key_policy import key_policy
from roadstead.identity.sizes import KEY, LONGEST_ROLE_ARN, size_problems

ROTATION_DAYS = 365
_ALIAS = re.compile(r"[A-Za-z0-9/_-]{1,250}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")


@spec
class EncryptionKeySpec(TypedDict):
    """A symmetric key: its name, and what else must be true of whoever uses it."""

    alias: str
    """Name without "alias/", e.g. "staging/payments"."""
    account_id: str
    """AWS account of the key, 12 digits."""
    region: str
    """AWS region of the key, e.g. "eu-west-1"."""
    encryption_context: NotRequired[dict[str, str]]
    """Encryption context that users must give, e.g. {"team": "payments"}: what was encrypted for one purpose cannot be decrypted for another. Default: none is asked for."""
    services: NotRequired[list[str]]
    """Service principals that may use the key for this account's resources, e.g. "logs.eu-west-1.amazonaws.com". Default: none."""
    tier: NotRequired[str]
    """"development", "staging" or "production"; decides how long a deletion can be taken back. Default: "production"."""


class EncryptionKeyArgs(EncryptionKeySpec):
    """What the key is, and the principals that may administer and use it."""

    owners: NotRequired[list[Input[str]]]
    """ARNs of principals that administer the key but cannot use it. Default: none but the account."""
    users: NotRequired[list[Input[str]]]
    """ARNs of principals that encrypt and decrypt. Default: none but what IAM in the account allows."""
    decrypters: NotRequired[list[Input[str]]]
    """ARNs of principals that only decrypt. Default: none but what IAM in the account allows."""
    tags: NotRequired[dict[str, str]]
    """Tags of the key. Default: none."""


class EncryptionKey(pulumi.ComponentResource):
    """A KMS key for one purpose, typically one team in one environment.

    Makes a symmetric key that rotates every year, its alias, and its policy: the account's root (always: without it a
    key can be lost for good), owners, users, and AWS services limited to this account.

    Grants owners administration without use; users encryption and decryption, and decrypters decryption, both only with
    the encryption context.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """

    key_arn: Output[str]
    """ARN of the key."""
    alias_name: Output[str]
    """Name of the alias, with "alias/"."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(EncryptionKey, name, args, problems)
        super().__init__("roadstead:index:EncryptionKey", name, {**args}, opts)
        child = ResourceOptions(parent=self)

        policy = Output.all(
            owners=args.get("owners", []), users=args.get("users", []), decrypters=args.get("decrypters", [])
        ).apply(
            lambda principals: key_policy(
                account_id=args["account_id"],
                region=args["region"],
                encryption_context=args.get("encryption_context"),
                services=args.get("services", []),
                **principals,
            )
        )
        key = kms.Key(
            name,
            description=args["alias"],
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=TIERS[args.get("tier", DEFAULT_TIER)].key_deletion_window_days,
            policy=policy,
            tags=args.get("tags"),
            opts=child,
        )
        alias = kms.Alias(name, name=f"alias/{args['alias']}", target_key_id=key.key_id, opts=child)

        self.key_arn = key.arn
        self.alias_name = alias.name
        self.register_outputs({"key_arn": self.key_arn, "alias_name": self.alias_name})


def problems(key: EncryptionKeyArgs) -> list[str]:
    """What the types cannot say about a key."""
    found = (
        in_region(key)
        + account_problems("account_id", key["account_id"])
        + tier_problems(key.get("tier", DEFAULT_TIER))
    )
    if not _ALIAS.fullmatch(key["alias"]) or key["alias"].startswith(("alias/", "aws/")):
        expected = "letters, digits, '/', '_' and '-', without 'alias/', e.g. 'staging/payments'"
        found.append(problem("alias", "no name of a key", key["alias"], expected))
    for service in key.get("services", []):
        if not _SERVICE.fullmatch(service):
            expected = "e.g. 'logs.eu-west-1.amazonaws.com'"
            found.append(problem("services", "no service principal", service, expected))
    return found or _size_problems(key)


def _size_problems(key: EncryptionKeyArgs) -> list[str]:
    policy = key_policy(
        account_id=key["account_id"],
        region=key["region"],
        owners=[LONGEST_ROLE_ARN] * len(key.get("owners", [])),
        users=[LONGEST_ROLE_ARN] * len(key.get("users", [])),
        decrypters=[LONGEST_ROLE_ARN] * len(key.get("decrypters", [])),
        encryption_context=key.get("encryption_context"),
        services=key.get("services", []),
    )
    return size_problems("users", "a key policy", policy, KEY)
