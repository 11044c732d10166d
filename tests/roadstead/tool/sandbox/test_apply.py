"""What is sent of an object of which the program ignores something."""

from typing import Any

from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.apply import FIELD_MANAGER, to_send
from roadstead.tool.sandbox.objects import ignored, objects

BODY = {"metadata": {"name": "api"}, "spec": {"replicas": 2, "paused": False}}


def live(replicas: int, *managers: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    owners = [{"manager": manager, "operation": "Update", "fieldsV1": fields} for manager in managers]
    return {"metadata": {"name": "api", "managedFields": owners}, "spec": {"replicas": replicas, "paused": True}}


def test_what_is_ignored_is_sent_as_it_is_there() -> None:
    sent = to_send(BODY, live(5, FIELD_MANAGER), ["spec.replicas"])
    assert sent == {"metadata": {"name": "api"}, "spec": {"replicas": 5, "paused": False}}


def test_what_is_ignored_and_anothers_is_left_to_it() -> None:
    sent = to_send(BODY, live(5, FIELD_MANAGER, "scaler"), ["spec.replicas"])
    assert sent == {"metadata": {"name": "api"}, "spec": {"paused": False}}


def test_whose_the_fields_are_is_never_sent() -> None:
    assert to_send(BODY, live(5, FIELD_MANAGER), ["metadata"])["metadata"] == {"name": "api"}


def test_without_anything_ignored_all_is_sent_as_the_program_says() -> None:
    assert to_send(BODY, live(5, "scaler"), []) is BODY


def test_the_number_of_every_apps_pods_is_ignored(staging: Graph) -> None:
    deployments = {body["metadata"]["name"] for body in objects(staging) if body["kind"] == "Deployment"}
    assert {reference.name for reference in ignored(staging)} == deployments
    assert {path for paths in ignored(staging).values() for path in paths} == {"spec.replicas"}
