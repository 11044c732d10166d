"""What applying says became of an object."""

from collections.abc import Iterator

import pytest
from kubernetes.client import ApiClient, AppsV1Api, CoreV1Api
from tests.cluster.support import applied, team_namespace

from roadstead.tool.sandbox.apply import CHANGED, CREATED, UNCHANGED, Cluster, Reference

NAMESPACE = "applied"


@pytest.fixture(scope="module", autouse=True)
def _namespace(api: ApiClient) -> Iterator[None]:
    with applied(api, team_namespace(NAMESPACE)):
        yield


def settings(name: str, **data: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE}, "data": data}


def apply(api: ApiClient, body: dict[str, object]) -> str:
    (change,) = Cluster(api).apply([body]).values()
    return change


def test_a_new_value_a_new_field_and_a_field_that_is_gone_are_changes(api: ApiClient) -> None:
    assert apply(api, settings("mine", colour="red")) == CREATED
    assert apply(api, settings("mine", colour="red")) == UNCHANGED
    assert apply(api, settings("mine", colour="blue")) == CHANGED
    assert apply(api, settings("mine", colour="blue", size="1")) == CHANGED
    assert apply(api, settings("mine", size="1")) == CHANGED
    assert apply(api, settings("mine", size="1")) == UNCHANGED


def test_what_others_write_beside_it_is_no_change(api: ApiClient, core: CoreV1Api) -> None:
    apply(api, settings("shared", colour="red"))
    core.patch_namespaced_config_map("shared", NAMESPACE, {"metadata": {"annotations": {"seen": "yes"}}})
    assert apply(api, settings("shared", colour="red")) == UNCHANGED


def test_what_others_wrote_over_it_is_put_back(api: ApiClient, core: CoreV1Api) -> None:
    apply(api, settings("contested", colour="red"))
    core.patch_namespaced_config_map("contested", NAMESPACE, {"data": {"colour": "blue"}})
    assert apply(api, settings("contested", colour="red")) == CHANGED
    assert core.read_namespaced_config_map("contested", NAMESPACE).data == {"colour": "red"}


def test_pruning_says_what_there_was(api: ApiClient) -> None:
    apply(api, settings("old"))
    there, never = Reference.of(settings("old")), Reference.of(settings("never"))
    assert Cluster(api).prune([there, never]) == [there]
    assert Cluster(api).get(there) is None


def scaled(number: int, image: str = "example.com/web") -> dict[str, object]:
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": number, "selector": {"matchLabels": labels}, "template": pod}
    metadata = {"name": "web", "namespace": NAMESPACE}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def test_a_number_that_the_program_ignores_stays_what_it_was_scaled_to(api: ApiClient) -> None:
    web, apps = Reference.of(scaled(2)), AppsV1Api(api)

    def sent(number: int, image: str = "example.com/web") -> tuple[str, int]:
        (change,) = Cluster(api).apply([scaled(number, image)], ignored={web: ["spec.replicas"]}).values()
        return change, apps.read_namespaced_deployment("web", NAMESPACE).spec.replicas

    assert sent(2) == (CREATED, 2)
    assert sent(4) == (UNCHANGED, 2), "nobody scaled it, and the program has no say any more"
    apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 5}})
    assert sent(2) == (UNCHANGED, 5)
    assert sent(2, "example.com/web-2") == (CHANGED, 5)
    assert Cluster(api).apply([scaled(2)]) == {web: CHANGED}
    assert apps.read_namespaced_deployment("web", NAMESPACE).spec.replicas == 2
