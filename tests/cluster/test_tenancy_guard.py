"""What each persona tries in a team's namespace, cell by cell, on a real API server."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from kubernetes.client import AdmissionregistrationV1Api, ApiClient, AppsV1Api, CoreV1Api, NetworkingV1Api
from tests.cluster.guard import acting, guarded, said
from tests.cluster.guard_table import ADMITTED, ALLOWED, ATTEMPTS, OTHER_TEAM, TEAM, Attempt, deployment, policy
from tests.cluster.support import applied, eventually, refusal, team_namespace
from tests.graphs import graph, kubernetes

from roadstead.tenancy.guard.policies import POLICIES
from roadstead.tool.sandbox.control_plane import ControlPlane

PERSONAS = {
    "deployer": (TEAM, "deployer"),
    "developer": (TEAM, "developer"),
    "stranger": (OTHER_TEAM, "deployer"),
    "platform": None,
}


@pytest.fixture(scope="module", autouse=True)
def _guarded(api: ApiClient) -> Iterator[None]:
    with guarded(api, team_namespace(TEAM, allowed=ALLOWED), team_namespace(OTHER_TEAM), namespace=TEAM):
        yield


@pytest.fixture(scope="module")
def clients(api: ApiClient, plane: ControlPlane) -> Iterator[dict[str, ApiClient]]:
    found = {name: acting(plane, *persona) if persona else api for name, persona in PERSONAS.items()}
    yield found
    for name, persona in PERSONAS.items():
        if persona:
            found[name].close()


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: str(attempt.what))
def test_of_what_a_persona_tries_comes_what_the_table_says(clients: dict[str, ApiClient], attempt: Attempt) -> None:
    for persona, client in clients.items():
        expected, answer = getattr(attempt, persona), said(client, attempt.body, TEAM)
        assert expected in answer, persona
        assert expected or "ValidatingAdmissionPolicy" not in answer, persona
        if expected == ADMITTED:
            assert "Failure" not in answer, persona


def test_every_rule_refuses_something_of_the_table_or_below() -> None:
    tried = {attempt.deployer for attempt in ATTEMPTS}
    assert {rule.name for each in POLICIES for rule in each.rules} - tried == {"network-policies/platforms-own"}


def test_a_refusal_says_the_rule_the_value_and_what_to_do(clients: dict[str, ApiClient]) -> None:
    text = said(clients["deployer"], deployment(containers=[{"name": "app", "image": "nginx"}]), TEAM)
    assert "ValidatingAdmissionPolicy 'roadstead-pods'" in text
    assert (
        "pods/image: got nginx; expected images of the repositories that the team may use: push it to one of them"
        in text
    )


@pytest.mark.parametrize("name", ["default-deny", "allow-dns", "allow-same-namespace"])
def test_the_policies_that_a_namespace_starts_with_are_the_platforms_alone(
    clients: dict[str, ApiClient], name: str
) -> None:
    wider = {"spec": {"egress": [{}], "policyTypes": ["Ingress", "Egress"]}}
    for persona, rule in (
        ("deployer", "network-policies/platforms-own"),
        ("developer", "cannot"),
        ("stranger", "cannot"),
    ):
        client = NetworkingV1Api(clients[persona])
        gone = refusal(partial(client.delete_namespaced_network_policy, name, TEAM, dry_run="All"))
        opened = refusal(partial(client.patch_namespaced_network_policy, name, TEAM, wider, dry_run="All"))
        assert rule in gone
        assert rule in opened
    platform = NetworkingV1Api(clients["platform"])
    platform.delete_namespaced_network_policy(name, TEAM, dry_run="All")
    platform.patch_namespaced_network_policy(name, TEAM, wider, dry_run="All")


def test_a_finalizer_on_the_platforms_policies_is_no_change(clients: dict[str, ApiClient]) -> None:
    """EKS's network policy controller puts one on every policy."""
    held = {"metadata": {"finalizers": ["networking.k8s.aws/resources"]}}
    NetworkingV1Api(clients["deployer"]).patch_namespaced_network_policy("default-deny", TEAM, held, dry_run="All")


def test_a_policy_of_a_teams_own_is_the_teams(clients: dict[str, ApiClient]) -> None:
    client = NetworkingV1Api(clients["deployer"])
    client.create_namespaced_network_policy(TEAM, policy("own"))
    client.delete_namespaced_network_policy("own", TEAM)


def test_nobody_of_a_team_touches_the_guard(clients: dict[str, ApiClient]) -> None:
    for persona in ("deployer", "developer", "stranger"):
        client = AdmissionregistrationV1Api(clients[persona])
        refusal(partial(client.delete_validating_admission_policy_binding, "roadstead-pods", dry_run="All"))
        refusal(partial(client.delete_validating_admission_policy, "roadstead-pods", dry_run="All"))


def test_nobody_of_a_team_changes_what_its_namespace_may_have(clients: dict[str, ApiClient]) -> None:
    change = {
        "metadata": {"annotations": {"roadstead.dev/allowed-images": "/"}, "labels": {"roadstead.dev/team": None}}
    }
    for persona in ("deployer", "developer", "stranger"):
        client = CoreV1Api(clients[persona])
        refusal(partial(client.patch_namespace, TEAM, change, dry_run="All"))


def test_namespaces_of_no_team_are_left_alone(clients: dict[str, ApiClient]) -> None:
    for body in (attempt.body for attempt in ATTEMPTS):
        made = {**body, "metadata": {**body["metadata"], "namespace": "default"}}
        assert "ValidatingAdmissionPolicy" not in said(clients["platform"], made, "default")


def is_read(admission: AdmissionregistrationV1Api, name: str) -> bool:
    return bool(admission.read_validating_admission_policy(name).status.observed_generation)


def test_the_api_server_finds_nothing_wrong_with_the_types_of_the_rules(api: ApiClient) -> None:
    admission = AdmissionregistrationV1Api(api)
    for each in POLICIES:
        name = f"roadstead-{each.name}"
        eventually(partial(is_read, admission, name))
        checked = admission.read_validating_admission_policy(name).status.type_checking
        assert not (checked and checked.expression_warnings), checked


def test_what_was_there_before_stays_until_it_is_changed(api: ApiClient) -> None:
    core, apps = CoreV1Api(api), AppsV1Api(api)
    name = "was-there"
    old = kubernetes("Namespace", name)
    body: Any = deployment(containers=[{"name": "app", "image": "nginx"}])
    body = {**body, "metadata": {"name": "web"}}
    with applied(api, graph(old)):
        apps.create_namespaced_deployment(name, body)
        core.patch_namespace(name, {"metadata": {"labels": {"roadstead.dev/team": "shop"}}})
        eventually(lambda: "pods/image" in said(api, body, name))
        apps.patch_namespaced_deployment("web", name, {"spec": {"replicas": 3}})
        apps.patch_namespaced_deployment("web", name, {"metadata": {"annotations": {"note": "kept"}}})
        change = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 60}}}}
        assert "pods/image" in refusal(lambda: apps.patch_namespaced_deployment("web", name, change))
        apps.delete_namespaced_deployment("web", name)


def test_the_largest_pods_are_judged_within_what_a_rule_may_cost(clients: dict[str, ApiClient]) -> None:
    """The API server stops a rule that costs too much, and refuses what it was about."""
    image = deployment()["spec"]["template"]["spec"]["containers"][0]["image"]
    many = [
        {**deployment()["spec"]["template"]["spec"]["containers"][0], "name": f"c{number}"} for number in range(100)
    ]
    volumes = [{"name": f"v{number}", "emptyDir": {"sizeLimit": "1Mi"}} for number in range(100)]
    body = deployment(containers=[{**each, "image": image} for each in many], volumes=volumes)
    assert said(clients["deployer"], body, TEAM) == ""


def test_a_container_that_is_added_to_a_running_pod_is_judged_and_the_pods_node_is_not(api: ApiClient) -> None:
    core = CoreV1Api(api)
    spec = deployment()["spec"]["template"]["spec"]
    core.create_namespaced_pod(TEAM, {"metadata": {"name": "runs"}, "spec": spec})
    target = {"apiVersion": "v1", "kind": "Node", "name": "node-1"}
    core.create_namespaced_binding(TEAM, {"metadata": {"name": "runs"}, "target": target}, _preload_content=False)
    debugger = {**spec["containers"][0], "name": "debugger"}
    for image, rule in ((debugger["image"], ""), ("bank/ledger", "pods/image")):
        change = {"spec": {"ephemeralContainers": [{**debugger, "image": image}]}}
        patch = partial(core.patch_namespaced_pod_ephemeralcontainers, "runs", TEAM, change, dry_run="All")
        if rule:
            assert rule in refusal(patch)
        else:
            patch()
    core.delete_namespaced_pod("runs", TEAM, grace_period_seconds=0)


def test_a_namespace_can_be_deleted_with_the_policies_that_it_started_with(api: ApiClient) -> None:
    """Its own controller deletes them then, and the guard is asked."""
    core = CoreV1Api(api)
    with applied(api, team_namespace("leaving")):
        assert len(NetworkingV1Api(api).list_namespaced_network_policy("leaving").items) == 3
        core.delete_namespace("leaving")
        eventually(lambda: "leaving" not in [each.metadata.name for each in core.list_namespace().items])
