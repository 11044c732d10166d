import json
from typing import Any

import pytest
from tests.examples import smallest
from tests.support import ACCOUNT, ROLE, deploy, refusal

from roadstead import TeamAccess
from roadstead.identity.github import github_trust
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.iam import like

ENTRY, IAM_ROLE = "aws:eks/accessEntry:AccessEntry", "aws:iam/role:Role"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
EVERYBODY: dict[str, Any] = {
    "people": {"developers": [f"{ROLE}/dev"], "viewers": ["arn:aws:iam::444455556666:role/support"]},
    "github_repositories": [{"name": "acme/payments", "owner_id": 1, "repository_id": 2}, {"name": "acme/lib"}],
    "github_oidc_provider_arn": PROVIDER,
}


def made(**changes: Any) -> Graph:
    return deploy(lambda: TeamAccess("payments", smallest(TeamAccess, **changes)))


def trust(graph: Graph, persona: str) -> dict[str, Any]:
    (statement,) = json.loads(graph.one(IAM_ROLE, f"payments-{persona}").inputs["assumeRolePolicy"])["Statement"]
    return dict(statement)


def test_a_persona_that_nobody_has_gets_no_role() -> None:
    assert [role.inputs["name"] for role in made().of_type(IAM_ROLE)] == ["live-payments-developer"]
    assert not made(people=None).of_type(IAM_ROLE, ENTRY)


def test_each_persona_gets_a_role_and_an_entry_that_puts_it_into_its_group() -> None:
    graph = made(**EVERYBODY)
    for persona in ("developer", "deployer", "viewer"):
        entry = graph.one(ENTRY, f"payments-{persona}").inputs
        assert entry["principalArn"] == f"{ROLE}/live-payments-{persona}"
        assert entry["kubernetesGroups"] == [f"roadstead:payments:{persona}"]
        assert not entry["kubernetesGroups"][0].startswith("system:")


def test_people_are_trusted_by_the_pattern_of_their_arn_in_the_accounts_they_come_from() -> None:
    graph = made(**EVERYBODY)
    assert trust(graph, "developer") == {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:PrincipalArn": [f"{ROLE}/dev"]}},
    }
    assert trust(graph, "viewer")["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root"]}


def test_an_account_that_may_be_any_is_the_environments_own() -> None:
    graph = made(people={"developers": ["arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Dev_*"]})
    assert trust(graph, "developer")["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}


def test_ci_is_trusted_by_repository_and_environment_in_both_forms_of_the_token() -> None:
    statement = trust(made(**EVERYBODY), "deployer")
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"]["StringEquals"] == {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
    assert statement["Condition"]["StringLike"]["token.actions.githubusercontent.com:sub"] == [
        "repo:acme/payments:environment:live",
        "repo:acme@1/payments@2:environment:live",
        "repo:acme/lib:environment:live",
        "repo:acme@*/lib@*:environment:live",
    ]


@pytest.mark.parametrize(
    ("subject", "trusted"),
    [
        ("repo:acme/lib:environment:live", True),
        ("repo:acme@12/lib@99:environment:live", True),
        ("repo:acme@12/lib@99:environment:production", False),
        ("repo:acme@12/lib@99:ref:refs/heads/main", False),
        ("repo:acme@12/other@99:environment:live", False),
        ("repo:evil@12/lib@99:environment:live", False),
        ("repo:acme-evil@12/lib@99:environment:live", False),
        # A branch and an environment may hold '/' and '@', but never ':'.
        ("repo:acme@12/other@99:ref:refs/heads/x/lib@1", False),
        ("repo:acme@12/other@99:environment:x/lib@1%3Aenvironment%3Alive", False),
    ],
)
def test_no_other_subject_of_a_token_is_trusted(subject: str, trusted: bool) -> None:
    document = json.loads(github_trust(PROVIDER, [{"name": "acme/lib"}], "live"))
    (patterns,) = document["Statement"][0]["Condition"]["StringLike"].values()
    assert any(like(pattern, subject) for pattern in patterns) is trusted


def test_every_role_of_the_team_has_the_teams_boundary() -> None:
    graph = made(**EVERYBODY)
    boundary = graph.one("aws:iam/policy:Policy").inputs
    assert boundary["name"] == "live-payments-boundary"
    for role in graph.of_type(IAM_ROLE):
        assert role.inputs["permissionsBoundary"].endswith(":policy/live-payments-boundary")
        assert role.inputs["tags"]["team"] == "payments"


def test_a_viewer_can_make_a_kubeconfig_and_nothing_else() -> None:
    (statement,) = json.loads(
        made(**EVERYBODY).one("aws:iam/rolePolicy:RolePolicy", "payments-viewer").inputs["policy"]
    )["Statement"]
    assert statement["Action"] == "eks:DescribeCluster"
    assert statement["Resource"] == f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/live"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"team": "Payments"}, "team: no DNS label; got 'Payments'"),
        ({"team": "x" * 21}, f"team: no DNS label; got '{'x' * 21}'; expected at most 20"),
        ({"environment": "Live"}, "environment: no DNS label; got 'Live'"),
        ({"account_id": "x"}, "account_id: no AWS account id"),
        ({"people": {"developers": ["dev"]}}, "people.developers.0: no ARN of IAM principals; got 'dev'"),
        ({"people": {"viewers": ["arn:aws:iam::*:role/*"]}}, "people.viewers.0: no ARN of IAM principals; got 'arn:aws:iam::*:role/*'"),
        ({"people": {"admins": []}}, "people.admins: unknown key; got []; expected one of developers, viewers"),
        ({"github_repositories": [{"name": "payments"}], "github_oidc_provider_arn": PROVIDER}, "github_repositories.0.name: no repository on GitHub; got 'payments'"),
        ({"github_repositories": [{"name": "acme/*"}], "github_oidc_provider_arn": PROVIDER}, "github_repositories.0.name: no repository on GitHub; got 'acme/*'"),
        ({"github_repositories": [{"name": "acme/x"}]}, "github_oidc_provider_arn: missing key; expected an ARN, because of github_repositories"),
        ({"github_repositories": [{"name": "acme/x", "owner_id": "1"}]}, "github_repositories.0.owner_id: not a whole number; got '1'"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: TeamAccess("payments", smallest(TeamAccess, **changes)))


def repositories(number: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"acme-platform/settlement-service-of-payments-{n:02}",
            "owner_id": 4127000,
            "repository_id": 880412000 + n,
        }
        for n in range(number)
    ]


def test_a_trust_policy_that_an_account_takes_only_on_request_is_warned_about_with_its_length() -> None:
    graph = made(github_repositories=repositories(12), github_oidc_provider_arn=PROVIDER)
    (message,) = graph.messages
    assert message.severity == "warning"
    document = graph.one(IAM_ROLE, "payments-deployer").inputs["assumeRolePolicy"]
    length = len("".join(document.split()))
    assert length > 2048
    assert f"the team's deployer in live has {length} characters: an account takes 2048, and up to 4096" in message.text


def test_a_trust_policy_that_every_account_takes_is_not_spoken_of() -> None:
    assert not made(github_repositories=repositories(6), github_oidc_provider_arn=PROVIDER).messages


def test_a_trust_policy_that_no_account_takes_is_refused() -> None:
    arguments = smallest(TeamAccess, github_repositories=repositories(40), github_oidc_provider_arn=PROVIDER)
    said = refusal(lambda: TeamAccess("payments", arguments))
    assert "github_repositories: too long for a role's trust policy; got '" in said
    assert "characters'; expected at most 4096" in said
