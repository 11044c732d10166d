"""Names do not collide, however alike teams choose theirs."""

from collections import Counter
from operator import itemgetter

from kubernetes.client import ApiClient
from tests.cluster.support import applied
from tests.examples import QUOTA, smallest
from tests.roadstead.tenancy.test_team import AWS
from tests.support import deploy

from roadstead import App, Team
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.apply import UNCHANGED, Cluster, Reference
from roadstead.tool.sandbox.objects import objects

TEAMS = [f"team-{letter}" for letter in "abcdefghij"]


def ten_teams_with_the_same_app() -> Graph:
    def program() -> None:
        for team in TEAMS:
            made = Team(
                team,
                smallest(
                    Team,
                    team=team,
                    aws=AWS,
                    namespaces={team: {"quota": QUOTA}},
                    image_repositories=[f"{team}/api"],
                    people={"developers": ["arn:aws:iam::*:role/dev"]},
                ),
            )
            namespace = made.namespace_names.apply(itemgetter(team))
            App(f"{team}.api", smallest(App, team=team, namespace=namespace, app="api"))

    return deploy(program)


def test_ten_teams_have_an_app_of_the_same_name(api: ApiClient) -> None:
    graph = ten_teams_with_the_same_app()
    bodies = objects(graph)
    assert max(Counter(map(Reference.of, bodies)).values()) == 1
    with applied(api, graph):
        assert set(Cluster(api).apply(bodies).values()) == {UNCHANGED}
        deployments = [body for body in bodies if body["kind"] == "Deployment"]
        assert {body["metadata"]["namespace"] for body in deployments} == set(TEAMS)


def test_nor_do_their_names_collide_in_aws() -> None:
    graph = ten_teams_with_the_same_app()
    for type_ in ("aws:ecr/repository:Repository", "aws:kms/alias:Alias", "aws:iam/role:Role", "aws:iam/policy:Policy"):
        names = [resource.inputs["name"] for resource in graph.of_type(type_)]
        assert len(names) >= len(TEAMS)
        assert len(names) == len(set(names))
