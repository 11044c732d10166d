from typing import Any

from tests.graphs import deployment, graph, kubernetes, only, resource
from tests.review.rules.table import Case, found

from roadstead.offline.graph import Resource
from roadstead.review.change import StackDiff
from roadstead.review.finding import Severity
from roadstead.review.rules.secrets import findings

URL = "postgres://payments:hunter2@10.0.8.7/payments"
REFERENCE = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}


def api(*variables: dict[str, Any], **container: Any) -> Resource:
    return deployment(container={"env": list(variables), **container})


def stack(*resources: Resource) -> StackDiff:
    return only(graph(*resources))


CASES = [
    Case(
        "secrets/in-clear",
        stack(api({"name": "DATABASE_URL", "value": URL})),
        stack(api({"name": "DATABASE_URL", "value": URL.replace("hunter2", "$(DB_PASSWORD)")}, REFERENCE)),
        "container app, variable DATABASE_URL.",
        Severity.WARNING,
    )
]


def said(*resources: Resource) -> list[str]:
    texts = [finding.what for finding in found(findings, stack(*resources), "secrets/in-clear")]
    assert not any("hunter2" in text for text in texts)
    return [text.partition(" in clear in ")[2] for text in texts]


def test_the_place_is_named_wherever_it_is() -> None:
    assert said(api(args=["--password", "hunter2"])) == ["container app, args."]
    assert said(kubernetes("ConfigMap", "a", data={"app.properties": "db.password=hunter2"})) == [
        "data.app.properties."
    ]
    assert said(kubernetes("Service", "a", metadata={"annotations": {"acme/password": "hunter2"}})) == [
        "metadata.annotations.acme/password."
    ]
    assert said(resource("aws:ec2/launchTemplate:LaunchTemplate", "a", {"userData": "export PGPASSWORD=hunter2"})) == [
        "userData."
    ]


def test_several_variables_of_a_container_are_one_finding() -> None:
    variables = [{"name": f"{name}_PASSWORD", "value": "hunter2"} for name in "ABCDE"]
    assert said(api(*variables)) == ["container app, variable A_PASSWORD, B_PASSWORD, C_PASSWORD and 2 more."]


def test_what_is_there_at_the_base_too_is_found() -> None:
    there = graph(api({"name": "DATABASE_URL", "value": URL}))
    assert found(findings, StackDiff("test", there, there, ()), "secrets/in-clear")
