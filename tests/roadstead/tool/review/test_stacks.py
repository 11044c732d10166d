import pytest
from tests.graphs import graph, node_group

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.stacks import NOWHERE, Source, source
from roadstead.tool.review.views.tier import tier


@pytest.mark.parametrize(
    ("type_", "name", "keys", "expected"),
    [
        (
            "kubernetes:apps/v1:Deployment",
            "payments.api",
            ["replicas"],
            ("infra/teams/payments.yaml", "apps.api.replicas"),
        ),
        ("aws:iam/role:Role", "data.ingest", [], ("infra/teams/data.yaml", "apps.ingest")),
        (
            "kubernetes:core/v1:ResourceQuota",
            "data.data-reports",
            ["quota", "cpu"],
            ("infra/teams/data.yaml", "namespaces.data-reports.quota.cpu"),
        ),
        ("aws:iam/role:Role", "payments-developer", [], ("infra/teams/payments.yaml", None)),
        ("aws:kms/key:Key", "payments", [], ("infra/teams/payments.yaml", None)),
        (
            "aws:eks/nodeGroup:NodeGroup",
            "production-spot",
            ["instance_types"],
            ("Pulumi.production.yaml", "roadstead:node_groups.spot.instance_types"),
        ),
        ("aws:eks/accessEntry:AccessEntry", "production-deployer", [], ("Pulumi.production.yaml", "roadstead:cluster")),
        ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "github-actions", [], (None, None)),
    ],
)
def test_a_resource_is_traced_to_the_file_and_key_that_it_comes_from(
    production: Graph, type_: str, name: str, keys: list[str], expected: tuple[str | None, str | None]
) -> None:
    assert source(production, production.one(type_, name), *keys) == Source(*expected)


def test_what_another_program_makes_comes_from_nowhere_that_is_known() -> None:
    made = node_group()
    assert source(graph(made), made) == NOWHERE


@pytest.mark.parametrize(("stack", "expected"), [("production", "production"), ("local", "development")])
def test_a_stack_says_of_which_tier_it_is(stack: str, expected: str, request: pytest.FixtureRequest) -> None:
    assert tier(request.getfixturevalue(stack)) == expected


def test_a_stack_that_says_nothing_is_of_the_most_careful_tier() -> None:
    assert tier(graph()) == "production"
