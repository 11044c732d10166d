import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.examples import smallest
from tests.support import ACCOUNT, REGION, ROLE, deploy, refusal

from roadstead import EncryptionKey
from roadstead.encryption.key_policy import ADMINISTRATION, DECRYPTION, ENCRYPTION, key_policy
from roadstead.tool.offline.graph import Graph

ROOT = {
    "Sid": "Root",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": ["kms:*"],
    "Resource": "*",
}


def made(**changes: Any) -> Graph:
    return deploy(lambda: EncryptionKey("payments", smallest(EncryptionKey, **changes)))


def policy(**changes: Any) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(made(**changes).one("aws:kms/key:Key").inputs["policy"])["Statement"]
    return statements


def test_a_key_rotates_and_has_a_name_that_people_can_type() -> None:
    graph = made()
    key = graph.one("aws:kms/key:Key").inputs
    assert key["enableKeyRotation"] is True
    assert key["rotationPeriodInDays"] == 365
    assert graph.one("aws:kms/alias:Alias").inputs["name"] == "alias/live/payments"
    assert "bypassPolicyLockoutSafetyCheck" not in key


@pytest.mark.parametrize(("tier", "days"), [("development", 7), ("staging", 14), ("production", 30), (None, 30)])
def test_a_deletion_can_be_taken_back_for_as_long_as_the_tier_says(tier: str | None, days: int) -> None:
    assert made(tier=tier).one("aws:kms/key:Key").inputs["deletionWindowInDays"] == days


def test_without_owners_and_users_the_account_decides() -> None:
    assert policy() == [ROOT]


def test_owners_administer_but_cannot_use_the_key() -> None:
    _, owners = policy(owners=[f"{ROLE}/owner"])
    assert owners["Principal"] == {"AWS": [f"{ROLE}/owner"]}
    assert not {*ENCRYPTION, *DECRYPTION, "kms:CreateGrant", "kms:*"} & set(owners["Action"])
    assert set(owners["Action"]) == set(ADMINISTRATION)


def test_users_encrypt_and_decrypters_decrypt_only_with_the_context() -> None:
    _, users, decrypters, describe = policy(
        users=[f"{ROLE}/dev"], decrypters=[f"{ROLE}/ci"], encryption_context={"team": "payments"}
    )
    context = {"StringEquals": {"kms:EncryptionContext:team": "payments"}}
    assert set(users["Action"]) == {*ENCRYPTION, *DECRYPTION}
    assert users["Condition"] == context
    assert decrypters["Action"] == ["kms:Decrypt"]
    assert decrypters["Condition"] == context
    assert describe["Action"] == ["kms:DescribeKey"]
    assert describe["Principal"] == {"AWS": [f"{ROLE}/dev", f"{ROLE}/ci"]}


def test_a_service_may_use_the_key_for_this_account_alone() -> None:
    _, service = policy(services=["sns.amazonaws.com"])
    assert service["Principal"] == {"Service": "sns.amazonaws.com"}
    assert service["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@given(
    owners=st.lists(st.sampled_from([f"{ROLE}/a", f"{ROLE}/b"]), unique=True),
    users=st.lists(st.sampled_from([f"{ROLE}/c", f"{ROLE}/d"]), unique=True),
    context=st.dictionaries(st.sampled_from(["team", "environment"]), st.text(min_size=1)),
    services=st.lists(st.sampled_from(["logs.eu-west-1.amazonaws.com", "sns.amazonaws.com"]), unique=True),
)
def test_the_roots_statement_can_never_be_left_out(
    owners: list[str], users: list[str], context: dict[str, str], services: list[str]
) -> None:
    document = key_policy(
        account_id=ACCOUNT, region=REGION, owners=owners, users=users, encryption_context=context, services=services
    )
    statements = json.loads(document)["Statement"]
    assert statements[0] == ROOT
    assert all("kms:*" not in statement["Action"] for statement in statements[1:])


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_the_root_is_that_of_the_regions_partition(region: str, partition: str) -> None:
    document = key_policy(account_id=ACCOUNT, region=region)
    assert json.loads(document)["Statement"][0]["Principal"]["AWS"] == f"arn:{partition}:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"alias": "alias/x"}, "alias: no name of a key; got 'alias/x'; expected letters, digits"),
        ({"alias": "aws/x"}, "alias: no name of a key; got 'aws/x'"),
        ({"alias": "with space"}, "alias: no name of a key; got 'with space'"),
        ({"account_id": "1"}, "account_id: no AWS account id; got '1'"),
        ({"tier": "x"}, "tier: no such tier; got 'x'"),
        ({"services": ["everybody"]}, "services: no service principal; got 'everybody'"),
        ({"encryption_context": {"team": 7}}, "encryption_context.team: not text; got 7"),
    ],
)
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: EncryptionKey("payments", smallest(EncryptionKey, **changes)))


def test_more_users_than_a_key_policy_holds_are_refused() -> None:
    arguments = smallest(EncryptionKey, users=[f"{ROLE}/user-{n}" for n in range(400)])
    assert "users: too long for a key policy; got '" in refusal(lambda: EncryptionKey("payments", arguments))
