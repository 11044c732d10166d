"""No team's role may use what is another team's, whatever teams there are and whatever their files ask for."""

from itertools import product
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.roadstead.tenancy.test_team import AWS
from tests.support import ACCOUNT, DIGEST, REGION, ROLE, deploy

from roadstead import App, Team
from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.access.account import Account
from roadstead.tool.review.views.guarded import Guarded
from roadstead.tool.review.views.policy import NOTHING, allowing
from roadstead.tool.review.views.principal import Principal

ACTIONS = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
PLATFORM = {
    "the cluster's key": ("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/cluster"),
    "a role of the platform": ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/platform-admin"),
    "a way into the cluster": ("eks:CreateAccessEntry", AWS["cluster_arn"]),
    "its own way into the cluster": (
        "eks:AssociateAccessPolicy",
        f"arn:aws:eks:{REGION}:{ACCOUNT}:access-entry/live/role/{ACCOUNT}/x/1",
    ),
    "a role for pods": ("eks:CreatePodIdentityAssociation", AWS["cluster_arn"]),
    "a role for a service": ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/platform-admin"),
    "a node's credentials": ("ec2:ModifyInstanceMetadataOptions", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"),
    "a node's shell": ("ssm:StartSession", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"),
    "a volume's data": ("ec2:CreateSnapshot", f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-1"),
    "an image of the platform": ("ecr:PutImage", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/platform/base"),
    "the registry": ("ecr:PutRegistryPolicy", "*"),
    "the audit log": ("logs:FilterLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/eks/live/cluster:*"),
}
"""What belongs to no team, and has no tag of one."""
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


def granted_everything(account: Account) -> list[Principal]:
    """Every role of every team, after a mistake in its file that could not be worse."""
    roles = [role for role in account.roles.values() if role.tags.get("team")]
    for role in roles:
        role.policies = [allowing(["*"])]
    return roles


def unowned(resource: Resource, arn: str) -> Guarded:
    """Something without a policy of its own and without tags."""
    return Guarded(resource, arn, NOTHING, {}, ())


@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(team_names)
def test_no_team_that_is_granted_everything_may_touch_what_is_the_platforms(teams: list[str]) -> None:
    account = Account.of(deploy(lambda: program(teams)))
    roles = granted_everything(account)
    assert len(roles) == 4 * len(teams)
    for role, (what, (action, arn)) in product(roles, PLATFORM.items()):
        called = {"kms:ViaService": ""}
        assert not account.may(role, action, unowned(role.resource, arn), **called), f"{role.arn} may have {what}"


def test_without_the_boundary_it_might() -> None:
    account = Account.of(deploy(lambda: program(["one", "two"])))
    role = granted_everything(account)[0]
    role.boundary = None
    for action, arn in PLATFORM.values():
        if not action.startswith("kms:"):
            assert account.may(role, action, unowned(role.resource, arn)), action


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
