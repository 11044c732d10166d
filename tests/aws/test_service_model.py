from typing import Any

import boto3
import pytest

from roadstead.tool.sandbox.aws.service_model import problems

SESSION = boto3.Session(region_name="eu-west-1")
CASES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("kms", "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 7}, []),
    ("kms", "ScheduleKeyDeletion", {}, ['Missing required parameter in input: "KeyId"']),
    ("kms", "ScheduleKeyDeletion", {"KeyId": "k", "Days": 7}, ['Unknown parameter in input: "Days", must be one of: KeyId']),
    ("kms", "ScheduleKeyDeletion", {"KeyId": 7}, ["Invalid type for parameter KeyId, value: 7"]),
    ("kms", "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 0}, ["PendingWindowInDays, value: 0, valid min value: 1"]),
    ("kms", "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 366}, ["PendingWindowInDays: too long or too large; got 366"]),
    ("kms", "CreateKey", {"KeyUsage": "SEAL"}, ["KeyUsage: not one of its values; got 'SEAL'"]),
    ("iam", "CreateRole", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, ["RoleName: not of its form; got 'a b'"]),
    ("iam", "TagRole", {"RoleName": "r", "Tags": [{"Key": "cost-center", "Value": "Größe 7"}]}, []),
    ("iam", "TagRole", {"RoleName": "r", "Tags": [{"Key": "a*b", "Value": ""}]}, ["Tags[0].Key: not of its form; got 'a*b'"]),
    ("eks", "TagResource", {"resourceArn": "a", "tags": {"k" * 129: "v"}}, ["tags (key): too long or too large"]),
    ("eks", "TagResource", {"resourceArn": "a", "tags": {"k": "v" * 257}}, ["tags.k: too long or too large"]),
    (
        "eks",
        "CreateCluster",
        {
            "name": "a.b",
            "roleArn": "r",
            "resourcesVpcConfig": {},
            "logging": {"clusterLogging": [{"types": ["api", "audits"]}]},
        },
        ["name: not of its form; got 'a.b'", "logging.clusterLogging[0].types[1]: not one of its values; got 'audits'"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "parameters", "expected"), CASES)
def test_a_call_is_held_to_aws_service_model(
    service: str, operation: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    client: Any = SESSION.client
    found = problems(parameters, client(service).meta.service_model.operation_model(operation).input_shape)
    assert len(found) == len(expected), found
    for text, part in zip(found, expected, strict=True):
        assert part in text


def test_an_operation_that_takes_nothing_takes_nothing() -> None:
    assert problems({}, None) == []
    assert problems({"Name": "x"}, None) == ["Name: unknown; the operation takes nothing"]
