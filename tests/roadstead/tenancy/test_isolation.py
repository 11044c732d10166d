"""No team's role may use what is another team's, whatever teams there are and whatever their files ask for."""

from itertools import product
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.roadstead.tenancy.test_team import AWS
from tests.support import DIGEST, ROLE, deploy

from roadstead import App, Team
from roadstead.tool.review.access.account import Account

ACTIONS = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
team_names = st.lists(
    st.from_regex(r"[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,5}){0,2}", fullmatch=True).filter(
        lambda name: not name.startswith("kube-")
    ),
    min_size=2,
    max_size=4,
    unique=True,
)


def program(teams: list[str]) -> None:
    """Every team has every persona, an image repository, and an app that asks for far too much."""
    for name in teams:
        team = Team(
            name,
            {
                "team": name,
                "environment": "live",
                "namespaces": {name: {"quota": {"cpu": "4", "memory": "8Gi", "pods": 20}}},
                "people": {"developers": [f"{ROLE}/{name}-dev"], "viewers": [f"{ROLE}/{name}-view"]},
                "github_repositories": [{"name": f"acme/{name}"}],
                "image_repositories": [f"{name}/app"],
                "aws": AWS,  # type: ignore[typeddict-item]
            },
        )
        greedy: Any = [
            {
                "actions": ["kms:Decrypt", "kms:Encrypt", "ecr:Put*", "ecr:Batch*"],
                "resources": ["arn:aws:kms:*", "arn:aws:ecr:*"],
            }
        ]
        App(
            f"{name}.app",
            {
                "app": "app",
                "team": name,
                "namespace": team.namespace_names[name],
                "image": "registry/app",
                "digest": DIGEST,
                "port": 8080,
                "cluster_name": AWS["cluster_name"],
                "cluster_arn": AWS["cluster_arn"],
                "permissions_boundary_arn": team.boundary_arn.apply(str),
                "aws_permissions": greedy,
                "tags": {"team": name},
            },
        )


# A failing example is small as it is; shrinking it would take minutes.
@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(team_names)
def test_no_team_may_decrypt_push_pull_or_assume_what_is_anothers(teams: list[str]) -> None:
    account = Account.of(deploy(lambda: program(teams)))
    for owner, other in product(teams, teams):
        if owner == other:
            continue
        context = {"kms:EncryptionContext:team": owner, "kms:EncryptionContext:environment": "live"}
        for role in [role for role in account.roles.values() if role.tags.get("team") == other]:
            for action in ACTIONS:
                assert not account.may(role, action, account.keys[owner], **context), f"{role.arn} may {action}"
            for action in ("ecr:PutImage", "ecr:BatchGetImage"):
                assert not account.may(role, action, account.repositories[f"{owner}.app"]), f"{role.arn} may {action}"
            for target in [target for target in account.roles.values() if target.tags.get("team") == owner]:
                assert not account.may_assume(role, target), f"{role.arn} may assume {target.arn}"


def test_the_evaluator_sees_that_a_team_may_use_its_own() -> None:
    account = Account.of(deploy(lambda: program(["one", "two"])))
    context = {"kms:EncryptionContext:team": "one", "kms:EncryptionContext:environment": "live"}
    assert account.may(account.role("live-one-developer"), "kms:Decrypt", account.keys["one"], **context)
    assert account.may(account.role("live-one-deployer"), "ecr:PutImage", account.repositories["one.app"])


def test_without_the_boundary_a_greedy_app_would_get_through() -> None:
    account = Account.of(deploy(lambda: program(["one", "two"])))
    (greedy,) = [role for role in account.roles.values() if "/two.app-" in role.arn]
    greedy.boundary = None
    assert account.may(greedy, "kms:Decrypt", account.keys["one"])
