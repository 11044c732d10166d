from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from tests.graphs import deployment, graph, kubernetes, only, resource
from tests.roadstead.tool.review.rules.table import Case, found

from roadstead.tool.offline.graph import Resource, Secret, Unknown
from roadstead.tool.offline.wire import to_python
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.rules.secrets import findings

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


WRITTEN, GIVEN = Secret.of("correct horse", is_written=True), Secret.of("[secret]")
VERSION, PARAMETER = "aws:secretsmanager/secretVersion:SecretVersion", "aws:ssm/parameter:Parameter"


@pytest.mark.parametrize(
    ("made", "places"),
    [
        (resource(VERSION, "a", {"secretString": WRITTEN}), ["secretString."]),
        (resource(VERSION, "a", {"secretString": GIVEN}), []),
        (resource(VERSION, "a", {"secretString": WRITTEN}, property_dependencies={"secretString": ("urn:x",)}), []),
        (kubernetes("Secret", "a", data=WRITTEN), ["data."]),
        (kubernetes("Secret", "a", stringData={"pin": WRITTEN, "user": GIVEN}), ["stringData.pin."]),
        (resource(PARAMETER, "a", {"type": "SecureString", "value": WRITTEN}), ["value."]),
        (resource(PARAMETER, "a", {"type": "String", "value": WRITTEN}), []),
        (resource(PARAMETER, "a", {"type": "String", "value": WRITTEN, "name": "/shop/db-password"}), ["value."]),
    ],
)
def test_a_secret_that_the_program_wrote_itself_is_in_clear_in_git(made: Resource, places: list[str]) -> None:
    assert said(made) == places


@pytest.mark.parametrize(
    ("value", "is_written"),
    [
        ("correct horse", True),
        ({"user": "mail", "pin": ["0815-4711"]}, True),
        ("Y29ycmVjdCBob3JzZQ==", True),
        ("postgres://shop:hunter2@db/shop", True),
        ("[secret]", False),
        ("prefix-[secret]", False),
        ("W3NlY3JldF0=", False),  # the same, in base64
        ({"pin": Unknown()}, False),
        ("", False),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:mail", False),
        ("-----BEGIN CERTIFICATE-----", False),
    ],
)
def test_what_a_program_wrote_is_known_while_it_is_recorded(value: object, is_written: bool) -> None:
    struct = struct_pb2.Struct()
    inner: Any = (
        {key: rpc.UNKNOWN if isinstance(item, Unknown) else item for key, item in value.items()}
        if isinstance(value, dict)
        else value
    )
    struct.update({"it": {rpc._special_sig_key: rpc._special_secret_sig, "value": inner}})
    recorded = to_python(struct)["it"]
    assert isinstance(recorded, Secret)
    assert recorded.is_written is is_written
