import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from moto.eks.models import EKSBackend
from pulumi import ResourceOptions
from pulumi_aws import Provider, ec2, ecr, eks, iam, kms, sqs
from tests.aws.support import Account
from tests.support import ACCOUNT, REGION, ROOT, deploy

from roadstead.identity.documents import service_trust
from roadstead.tool.offline.errors import ProgramError
from roadstead.tool.offline.render import render
from roadstead.tool.sandbox.aws.clients import connect
from roadstead.tool.sandbox.aws.creation import CALLS, create

EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/__main__.py"))


def test_every_aws_resource_is_created_or_said_to_be_only_checked(made: Account) -> None:
    aws = {urn: resource for urn, resource in made.graph.resources.items() if resource.type.startswith("aws:")}
    assert made.creation.created.keys() | made.creation.checked.keys() == aws.keys()
    assert len(made.creation.created) > 100
    assert {aws[urn].type for urn in made.creation.checked} == CALLS.keys()


def test_only_what_moto_does_not_play_is_only_checked(made: Account) -> None:
    for call in (call for calls in made.creation.checked.values() for call in calls):
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in call.operation).lstrip("_")
        assert hasattr(made.aws.eks, snake)
        assert not hasattr(EKSBackend, snake), f"moto plays {call.operation} now: create it"


def test_nothing_made_up_is_left_in_what_is_sent(made: Account) -> None:
    digits = {f"-{sha256(urn.encode()).hexdigest()[:7]}" for urn in made.graph.resources}
    for urn in made.creation.created.keys() | made.creation.checked.keys():
        sent = json.dumps(made.inputs(made.graph.resources[urn])) + made.creation.created.get(urn, "")
        assert not [text for text in digits if text in sent], urn


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_created_too(name: str, nothing: str) -> None:
    graph = render(ROOT / "examples" / name, "dev")
    aws = {urn for urn, resource in graph.resources.items() if resource.type.startswith("aws:")}
    creation = create(graph, nothing)
    assert creation.created.keys() | creation.checked.keys() == aws


def test_a_network_without_tags_is_created_without_tags(nothing: str) -> None:
    def program() -> None:
        vpc = ec2.Vpc("bare", cidr_block="10.99.0.0/16")
        ec2.DefaultSecurityGroup("bare", vpc_id=vpc.id)

    ids = create(deploy(program), nothing).created.values()
    of_them = [{"Name": "resource-id", "Values": list(ids)}]
    assert connect(nothing, REGION).ec2.describe_tags(Filters=of_them)["Tags"] == []


def test_progress_counts_to_the_last_resource(nothing: str) -> None:
    steps: list[tuple[int, int, str]] = []
    graph = deploy(lambda: [kms.Key(name) for name in ("a", "b")])
    create(graph, nothing, lambda *step: steps.append(step))
    assert [step[:2] for step in steps] == [(1, 2), (2, 2)]
    assert steps[0][2].endswith("aws:kms/key:Key::a")


def test_what_the_program_only_reads_is_not_created(nothing: str) -> None:
    graph = deploy(lambda: kms.Key("theirs"))
    read = {urn: replace(resource, external=True) for urn, resource in graph.resources.items() if resource.custom}
    assert not create(replace(graph, resources=read), nothing).created


def test_types_without_a_function_are_refused_all_at_once_before_anything_is_created(nothing: str) -> None:
    def program() -> None:
        ecr.Repository("first", name="never/made")
        sqs.Queue("jobs")
        sqs.Queue("mails")

    with pytest.raises(ProgramError) as refused:
        create(deploy(program), nothing)
    for name in ("jobs", "mails"):
        assert f"aws:sqs/queue:Queue: urn:pulumi:test::project::aws:sqs/queue:Queue::{name}" in str(refused.value)
    repositories = connect(nothing, REGION).ecr.describe_repositories()["repositories"]
    assert "never/made" not in [repository["repositoryName"] for repository in repositories]


REPOSITORY: dict[str, Any] = {"encryption_configurations": [{"encryption_type": "KMS"}]}
FLOWS: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "log_destination": "arn:aws:logs:::x",
    "iam_role_arn": "arn:aws:iam:::role/x",
}
SCOPED: dict[str, Any] = {"cluster_name": "c", "principal_arn": "p", "policy_arn": "a"}


def role() -> iam.Role:
    return iam.Role("role", assume_role_policy=service_trust("ec2.amazonaws.com"))


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "an input that nobody uses": (
        lambda: ecr.Repository("x", name="un/used", force_delete=True, **REPOSITORY),
        "::x: inputs that its function in the sandbox does not use: forceDelete",
    ),
    "an input that nobody uses, of what is only checked": (
        lambda: eks.AccessEntry("x", cluster_name="c", principal_arn="p", user_name="me"),
        "::x: inputs that its function in the sandbox does not use: userName",
    ),
    "a misspelt enum that moto takes": (
        lambda: ec2.FlowLog("x", traffic_type="EVERYTHING", **FLOWS),
        "TrafficType: not one of its values; got 'EVERYTHING'; expected one of ACCEPT, REJECT, ALL",
    ),
    "a misspelt enum within": (
        lambda: ec2.LaunchTemplate(
            "x", block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {"volume_type": "gp33"}}]
        ),
        "LaunchTemplateData.BlockDeviceMappings[0].Ebs.VolumeType: not one of its values; got 'gp33'",
    ),
    "a misspelt enum of what is only checked": (
        lambda: eks.AccessPolicyAssociation("x", access_scope={"type": "namespaces"}, **SCOPED),
        "accessScope.type: not one of its values; got 'namespaces'; expected one of cluster, namespace",
    ),
    "a name of the wrong form": (
        lambda: ecr.Repository("x", name="Upper/Case", **REPOSITORY),
        "repositoryName: not of its form; got 'Upper/Case'",
    ),
    "a name that is too long": (
        lambda: iam.Role("x", name="x" * 65, assume_role_policy="{}"),
        "RoleName: too long or too large",
    ),
    "a number that is too small": (
        lambda: kms.Key("x", enable_key_rotation=True, rotation_period_in_days=30),
        "Invalid value for parameter RotationPeriodInDays, value: 30, valid min value: 90",
    ),
    "a waiting time that would only count later": (
        lambda: kms.Key("x", deletion_window_in_days=400),
        "PendingWindowInDays: too long or too large; got 400; expected at most 365",
    ),
    "a document that is none": (
        lambda: iam.Policy("x", name="x", policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Alow"}]}'),
        "MalformedPolicyDocument",
    ),
    "a policy that AWS does not have": (
        lambda: iam.RolePolicyAttachment("x", role=role().name, policy_arn="arn:aws:iam::aws:policy/No"),
        "Policy arn:aws:iam::aws:policy/No does not exist",
    ),
    "another account": (
        lambda: kms.Key("x", opts=ResourceOptions(provider=Provider("aws", allowed_account_ids=["999999999999"]))),
        f"not the stack's account; got {ACCOUNT}; expected 999999999999",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_aws_would_not_take_is_an_error(mistake: str, nothing: str) -> None:
    program, expected = MISTAKES[mistake]
    with pytest.raises(ProgramError) as refused:
        create(deploy(program), nothing)
    assert expected in str(refused.value)


def test_all_problems_of_a_resource_are_said_at_once(nothing: str) -> None:
    def program() -> None:
        ec2.FlowLog("x", traffic_type="EVERYTHING", log_destination_type="paper", **FLOWS)

    with pytest.raises(ProgramError) as refused:
        create(deploy(program), nothing)
    assert "aws:ec2/flowLog:FlowLog::x: CreateFlowLogs: not as AWS's service model has it" in str(refused.value)
    assert "'EVERYTHING'" in str(refused.value)
    assert "'paper'" in str(refused.value)
