"""What each persona of each team may do, asked of the API server's own authoriser, and tried."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from kubernetes import config
from kubernetes.client import ApiClient, AppsV1Api, CoreV1Api, RbacAuthorizationV1Api
from tests.cluster.access_table import MAY, RESOURCES
from tests.cluster.reviews import OUTSIDE, may, reviews
from tests.cluster.support import applied, namespaces, pod, refusal

from roadstead.tenancy.personas import group
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.rbac import Subject
from roadstead.tool.sandbox.control_plane import ControlPlane
from roadstead.tool.sandbox.objects import objects, personas


@pytest.fixture(scope="module", autouse=True)
def _staging(api: ApiClient, staging: Graph) -> Iterator[None]:
    with applied(api, staging):
        yield


def every_persona() -> list[tuple[str, str]]:
    return list(product(("data", "payments", "storefront"), MAY))


def test_the_table_covers_every_persona_there_is(staging: Graph) -> None:
    assert [(team, name) for team, name, _ in personas(staging)] == [
        (team, name) for team in ("data", "payments", "storefront") for name in ("developer", "deployer", "viewer")
    ]
    assert sorted((team, name) for team, name, _ in personas(staging)) == sorted(every_persona())


@pytest.mark.parametrize(("team", "persona"), every_persona())
def test_a_persona_may_do_exactly_what_the_table_says(api: ApiClient, staging: Graph, team: str, persona: str) -> None:
    (own,) = [found.namespaces for found in personas(staging) if (found.team, found.name) == (team, persona)]
    subject = {"user": "somebody", "groups": [group(team, persona), "system:authenticated"]}
    places = [*namespaces(staging), *OUTSIDE, ""]
    expected = {
        (namespace, *resource, verb) for namespace in own for resource, verbs in MAY[persona].items() for verb in verbs
    }
    assert reviews(api, subject, places) == expected
    assert may(staging, Subject("somebody", frozenset([group(team, persona)])), places, RESOURCES) == expected


def test_no_pod_of_a_team_may_do_anything(api: ApiClient, staging: Graph) -> None:
    accounts = [body["metadata"] for body in objects(staging) if body["kind"] == "ServiceAccount"]
    named = {(account["namespace"], account["name"]) for account in accounts}
    for namespace, name in named | {(namespace, "default") for namespace in namespaces(staging)}:
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
        subject = {"user": f"system:serviceaccount:{namespace}:{name}", "groups": groups}
        assert reviews(api, subject, [namespace, ""]) == set()


@pytest.fixture
def acting(plane: ControlPlane) -> Iterator[Any]:
    """A client that acts as a persona."""
    opened = []

    def act(team: str, persona: str) -> ApiClient:
        api = config.new_client_from_config(str(plane.kubeconfig))
        api.set_default_header("Impersonate-User", "somebody")
        api.set_default_header("Impersonate-Group", group(team, persona))
        opened.append(api)
        return api

    yield act
    for api in opened:
        api.close()


def test_a_viewer_reads_pods_and_no_secret(acting: Any) -> None:
    core = CoreV1Api(acting("payments", "viewer"))
    core.list_namespaced_pod("payments")
    assert "secrets is forbidden" in refusal(lambda: core.list_namespaced_secret("payments"))
    assert "secrets" in refusal(lambda: core.read_namespaced_secret("any", "payments"))


@pytest.mark.parametrize("persona", MAY)
def test_nobody_sees_anything_of_another_team(acting: Any, persona: str) -> None:
    api = acting("payments", persona)
    refusal(lambda: CoreV1Api(api).list_namespaced_pod("storefront"))
    refusal(lambda: CoreV1Api(api).list_namespaced_config_map("storefront"))
    refusal(lambda: AppsV1Api(api).read_namespaced_deployment("web", "storefront"))
    refusal(lambda: CoreV1Api(api).list_pod_for_all_namespaces())


@pytest.mark.parametrize("persona", MAY)
def test_nobody_gives_themselves_more_rights(acting: Any, persona: str) -> None:
    api = acting("payments", persona)
    rbac, core = RbacAuthorizationV1Api(api), CoreV1Api(api)
    everything = {"metadata": {"name": "all"}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}
    admin = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    binding = {"metadata": {"name": "all"}, "roleRef": admin, "subjects": []}
    refusal(lambda: rbac.create_namespaced_role("payments", everything))
    refusal(lambda: rbac.create_cluster_role(everything))
    refusal(lambda: rbac.create_namespaced_role_binding("payments", binding))
    refusal(lambda: rbac.create_cluster_role_binding(binding))
    refusal(lambda: core.create_namespaced_pod("payments", pod(serviceAccountName="worker")))
    refusal(lambda: core.create_namespaced_service_account_token("worker", "payments", {"spec": {"audiences": []}}))


def test_a_developer_restarts_a_pod_and_changes_no_deployment(api: ApiClient, acting: Any) -> None:
    CoreV1Api(api).create_namespaced_pod("payments", pod("stuck"))
    as_developer = acting("payments", "developer")
    CoreV1Api(as_developer).delete_namespaced_pod("stuck", "payments", grace_period_seconds=0)
    change = {"spec": {"replicas": 0}}
    refusal(lambda: AppsV1Api(as_developer).patch_namespaced_deployment("api", "payments", change))


def test_ci_deploys_and_reads_the_secrets_whose_names_it_knows(api: ApiClient, acting: Any) -> None:
    as_deployer = acting("payments", "deployer")
    core, apps = CoreV1Api(as_deployer), AppsV1Api(as_deployer)
    apps.patch_namespaced_deployment("api", "payments", {"spec": {"revisionHistoryLimit": 4}})
    core.create_namespaced_secret("payments", {"metadata": {"name": "known"}, "stringData": {"key": "value"}})
    assert core.read_namespaced_secret("known", "payments").data == {"key": "dmFsdWU="}
    refusal(lambda: core.list_namespaced_secret("payments"))
