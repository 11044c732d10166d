from typing import Any

import pytest
from tests.examples import QUOTA, smallest
from tests.support import ACCOUNT, REGION, ROLE, deploy, refusal

from roadstead import Team
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.account import Account

AWS: dict[str, Any] = {
    "account_id": ACCOUNT,
    "region": REGION,
    "cluster_name": "live",
    "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/live",
    "github_oidc_provider_arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
}
WHOLE: dict[str, Any] = {
    "aws": AWS,
    "people": {"developers": [f"{ROLE}/dev"], "viewers": [f"{ROLE}/support"]},
    "github_repositories": [{"name": "acme/payments"}],
    "image_repositories": ["payments/api", "payments/worker"],
}


def made(**changes: Any) -> Graph:
    return deploy(lambda: Team("payments", smallest(Team, **changes)), config={"aws:region": REGION})


def test_outside_aws_a_team_is_its_namespaces() -> None:
    graph = made()
    assert graph.one("roadstead:index:TeamNamespace").name == "payments.payments"
    assert not [resource for resource in graph.resources.values() if resource.type.startswith("aws:")]


def test_a_team_can_have_many_namespaces() -> None:
    graph = made(namespaces={"payments": {"quota": QUOTA}, "payments-jobs": {"quota": QUOTA}})
    names = {namespace.inputs["metadata"]["name"] for namespace in graph.of_type("kubernetes:core/v1:Namespace")}
    assert names == {"payments", "payments-jobs"}


def test_in_aws_it_also_has_roles_a_key_and_image_repositories() -> None:
    graph = made(**WHOLE)
    assert graph.one("roadstead:index:TeamAccess").name == "payments"
    assert graph.one("aws:kms/alias:Alias").inputs["name"] == "alias/live/payments"
    assert {repository.inputs["name"] for repository in graph.of_type("aws:ecr/repository:Repository")} == {
        "payments/api",
        "payments/worker",
    }


def test_everything_of_the_team_in_aws_carries_its_tag() -> None:
    for resource in made(**WHOLE).of_type("aws:kms/key:Key", "aws:ecr/repository:Repository", "aws:iam/role:Role"):
        assert resource.inputs["tags"] == {"team": "payments"}, resource.urn


def test_images_are_encrypted_with_the_teams_key() -> None:
    graph = made(**WHOLE)
    for repository in graph.of_type("aws:ecr/repository:Repository"):
        assert graph.one("aws:kms/key:Key").urn in repository.dependencies


@pytest.mark.parametrize(
    ("persona", "action", "allowed"),
    [
        ("developer", "kms:Encrypt", True),
        ("developer", "kms:Decrypt", True),
        ("deployer", "kms:Decrypt", True),
        ("deployer", "kms:Encrypt", False),
        ("viewer", "kms:Decrypt", False),
        ("developer", "kms:ScheduleKeyDeletion", False),
        ("deployer", "kms:CreateGrant", False),
    ],
)
def test_who_may_do_what_with_the_teams_key(persona: str, action: str, allowed: bool) -> None:
    account = Account.of(made(**WHOLE))
    context = {"kms:EncryptionContext:team": "payments", "kms:EncryptionContext:environment": "live"}
    assert account.may(account.role(f"live-payments-{persona}"), action, account.keys["payments"], **context) is allowed


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"kms:EncryptionContext:team": "payments"},
        {"kms:EncryptionContext:team": "payments", "kms:EncryptionContext:environment": "production"},
        {"kms:EncryptionContext:team": "data", "kms:EncryptionContext:environment": "live"},
    ],
)
def test_the_key_asks_for_the_context_of_team_and_environment(context: dict[str, str]) -> None:
    account = Account.of(made(**WHOLE))
    assert not account.may(account.role("live-payments-developer"), "kms:Decrypt", account.keys["payments"], **context)


@pytest.mark.parametrize(
    ("persona", "push", "pull"), [("developer", False, True), ("deployer", True, True), ("viewer", False, False)]
)
def test_who_may_push_and_pull_the_teams_images(persona: str, push: bool, pull: bool) -> None:
    account = Account.of(made(**WHOLE))
    role, repository = account.role(f"live-payments-{persona}"), account.repositories["payments.api"]
    assert account.may(role, "ecr:PutImage", repository) is push
    assert account.may(role, "ecr:BatchGetImage", repository) is pull


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"namespaces": {}}, "namespaces: none; got {}; expected at least one namespace"),
        ({"namespaces": None}, "namespaces: missing key; expected a mapping"),
        ({"namespaces": {"kube-x": {"quota": QUOTA}}}, "namespaces.kube-x: Kubernetes' own namespace"),
        ({"namespaces": {"a": {"quota": {**QUOTA, "cpu": "-1"}}}}, "namespaces.a.quota.cpu: no amount of CPU; got '-1'"),
        ({"image_repositories": ["data/api"]}, "image_repositories: not the team's; got 'data/api'; expected a name that starts with payments/"),
        ({"team": "-"}, "team: no DNS label; got '-'"),
        # Kubernetes would take it, but no image repository can be named after it.
        ({"team": "a--b"}, "team: no DNS label; got 'a--b'; expected at most 20 of a-z, 0-9 and single '-'"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: Team("payments", smallest(Team, **changes)))
