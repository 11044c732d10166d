"""The evaluator against IAM's own rules, one by one."""

from typing import Any

import pytest
from tests.graphs import ROOT_STATEMENT, allow, document, graph, inline, key, resource, role
from tests.support import ACCOUNT, ROLE

from roadstead.tool.review.access.account import Account
from roadstead.tool.review.access.iam import condition_holds, effect

NAME = "live-payments-developer"
HERE = f"{ROLE}/{NAME}"


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", ["a"], None, False),
        ("StringEqualsIfExists", ["a"], None, True),
        ("StringNotEquals", ["a"], "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a"], None, True),
        ("StringEqualsIgnoreCase", ["A"], "a", True),
        ("StringLike", ["repo:acme/*"], "repo:acme/api", True),
        ("StringNotLike", ["repo:acme/*"], "repo:acme/api", False),
        ("ArnLike", ["arn:aws:iam::*:role/a?"], "arn:aws:iam::1:role/ab", True),
        ("Bool", ["true"], "True", True),
        ("Null", ["true"], None, True),
        ("Null", ["false"], None, False),
        ("NumericLessThan", ["3"], "2", None),
    ],
)
def test_a_condition(operator: str, wanted: list[str], value: str | None, expected: bool | None) -> None:
    context = {} if value is None else {"key": value}
    assert condition_holds(operator, "key", wanted, context) is expected


UNSURE = {"NumericLessThan": {"s3:max-keys": "10"}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("kms:Decrypt")], "Allow"),
        ([allow("KMS:de*")], "Allow"),
        ([allow("kms:Encrypt")], None),
        ([allow("kms:Decrypt", on="arn:other")], None),
        ([allow("kms:*"), {**allow("kms:Decrypt"), "Effect": "Deny"}], "Deny"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "Allow"),
        ([{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}], None),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:key"}], None),
        ([allow("kms:Decrypt", Condition=UNSURE)], "Allow"),
        ([allow("kms:*"), {**allow("kms:Decrypt", Condition=UNSURE), "Effect": "Deny"}], "Allow"),
    ],
    ids=range(10),
)
def test_a_document(statements: list[dict[str, Any]], expected: str | None) -> None:
    assert effect(document(*statements), "kms:Decrypt", "arn:key", {}) == expected


@pytest.mark.parametrize(
    ("policy", "own", "may"),
    [
        ([ROOT_STATEMENT], [], False),
        ([ROOT_STATEMENT], [allow("kms:Decrypt")], True),
        ([allow("kms:Decrypt", Principal={"AWS": HERE})], [], True),
        ([allow("kms:Decrypt", Principal={"AWS": f"{ROLE}/other"})], [allow("kms:Decrypt")], False),
        ([allow("kms:Decrypt", Principal="*")], [], True),
        ([allow("kms:*", Principal={"AWS": ACCOUNT})], [allow("kms:Decrypt")], True),
        (
            [ROOT_STATEMENT, {**allow("kms:Decrypt", Principal={"AWS": HERE}), "Effect": "Deny"}],
            [allow("kms:*")],
            False,
        ),
    ],
    ids=range(7),
)
def test_a_key_is_its_policys_and_the_accounts_iam_where_it_says_so(
    policy: list[dict[str, Any]], own: list[dict[str, Any]], may: bool
) -> None:
    account = Account.of(graph(role(), key("payments", *policy), inline(NAME, *own)))
    assert account.may(account.role(NAME), "kms:Decrypt", account.keys["payments"]) is may


@pytest.mark.parametrize(
    ("name", "may"),
    [("AmazonEC2ContainerRegistryPullOnly", True), ("AdministratorAccess", True), ("AmazonEKSWorkerNodePolicy", False)],
)
def test_a_policy_of_awss_own_counts_where_it_is_known(name: str, may: bool) -> None:
    images = resource(
        "aws:ecr/repository:Repository", "api", {"name": "api"}, computed={"arn": "arn:aws:ecr:r:1:repository/api"}
    )
    inputs = {"role": NAME, "policyArn": f"arn:aws:iam::aws:policy/{name}"}
    attached = resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "use", inputs)
    account = Account.of(graph(role(), images, attached))
    assert account.may(account.role(NAME), "ecr:BatchGetImage", account.repositories["api"]) is may
