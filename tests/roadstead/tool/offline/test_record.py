import asyncio
from typing import Any

import pulumi
import pulumi_aws
import pulumi_kubernetes
import pytest
from pulumi_aws import ec2, iam, kms, s3
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, Secret
from tests.support import ACCOUNT, deploy

from roadstead.tool.offline.answers import Answers
from roadstead.tool.offline.errors import InputError, ProgramError
from roadstead.tool.offline.graph import Unknown


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Group", name, None, opts)


def test_a_urn_holds_the_types_of_all_ancestors_as_the_engines_does() -> None:
    def program() -> None:
        outer = Group("outer")
        inner = Group("inner", pulumi.ResourceOptions(parent=outer))
        s3.Bucket("data", opts=pulumi.ResourceOptions(parent=inner))

    bucket = deploy(program).one("aws:s3/bucket:Bucket")
    assert bucket.urn == "urn:pulumi:test::project::test:index:Group$test:index:Group$aws:s3/bucket:Bucket::data"
    assert bucket.parent == "urn:pulumi:test::project::test:index:Group$test:index:Group::inner"


def test_two_resources_of_one_name_and_type_are_refused_as_the_engine_does() -> None:
    def program() -> None:
        s3.Bucket("data")
        s3.Bucket("data")

    with pytest.raises(ProgramError, match="two resources have one name and type: urn:pulumi:test::project::aws:s3"):
        deploy(program)


def test_options_are_recorded() -> None:
    def program() -> None:
        key = kms.Key("key")
        s3.Bucket(
            "data",
            tags={"key": key.arn},
            opts=pulumi.ResourceOptions(
                protect=True,
                ignore_changes=["tags"],
                retain_on_delete=True,
                aliases=[pulumi.Alias(name="old"), "urn:pulumi:test::project::aws:s3/bucket:Bucket::older"],
                depends_on=[kms.Key("first")],
            ),
        )

    graph = deploy(program)
    bucket = graph.one("aws:s3/bucket:Bucket")
    assert bucket.protect
    assert bucket.retain_on_delete
    assert bucket.ignore_changes == ("tags",)
    # The SDK gives a bucket an alias of its own beside these.
    assert {"urn:pulumi:test::project::aws:s3/bucket:Bucket::older", '{"name": "old", "parentUrn": ""}'} <= {
        *bucket.aliases
    }
    key, first = graph.one("aws:kms/key:Key", "key").urn, graph.one("aws:kms/key:Key", "first").urn
    assert set(bucket.dependencies) == {key, first}
    assert bucket.property_dependencies == {"tags": (key,)}


def test_explicit_and_default_providers_are_recorded() -> None:
    def program() -> None:
        mine = pulumi_aws.Provider("mine", region="eu-west-3")
        s3.Bucket("explicit", opts=pulumi.ResourceOptions(provider=mine))
        s3.Bucket("default")

    graph = deploy(program)
    assert graph.one("aws:s3/bucket:Bucket", "explicit").provider == graph.one("pulumi:providers:aws", "mine").urn
    default = graph.one("aws:s3/bucket:Bucket", "default").provider
    assert default
    assert graph.resources[default].inputs["region"] == "eu-west-1"
    assert graph.resources[default].name.startswith("default_")


def test_secrets_are_never_kept_but_told_apart() -> None:
    def program() -> None:
        for name, value in {"a": "hunter2", "b": "hunter2", "c": "hunter3"}.items():
            Secret(name, string_data={"password": pulumi.Output.secret(value)})

    graph = deploy(program)
    a, b, c = (graph.one("kubernetes:core/v1:Secret", name).inputs["stringData"] for name in "abc")
    assert a == b
    assert a != c
    text = str(graph.to_json())
    assert "hunter" not in text
    assert "[secret]" in text


def test_config_secrets_stay_secret() -> None:
    def program() -> None:
        pulumi.export("password", pulumi.Config().require_secret("password"))

    graph = deploy(program, config={"project:password": "hunter2"})
    assert graph.to_json()["outputs"] == {"password": "[secret]"}


def test_made_up_values_have_the_form_of_real_ones() -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        role = iam.Role("reader", assume_role_policy="{}")
        vpc = ec2.Vpc("main", cidr_block="10.0.0.0/16")
        named = iam.Role("named", name="exact", assume_role_policy="{}")
        namespace = Namespace("team")
        pulumi.Output.all(
            role=role.arn,
            vpc=vpc.id,
            named=named.arn,
            address=ec2.Eip("ip").public_ip,
            version=ec2.LaunchTemplate("nodes").latest_version,
            namespace=namespace.metadata["name"],
            object=ConfigMap("settings", metadata={"namespace": "team"}).id,
        ).apply(seen.update)

    deploy(program)
    assert seen["role"].startswith(f"arn:aws:iam::{ACCOUNT}:role/reader-")
    assert seen["vpc"].startswith("vpc-main-")
    assert seen["named"] == f"arn:aws:iam::{ACCOUNT}:role/exact"
    assert seen["address"].startswith("198.51.100.")
    assert seen["version"] == 1
    assert seen["namespace"].startswith("team-")
    assert seen["object"].startswith("team/settings-")


def test_a_made_up_value_is_nobody_elses() -> None:
    def program() -> None:
        for name in ("a", "a-b"):
            s3.Bucket(name)
            kms.Key(name)

    graph = deploy(program)
    assert len({resource.urn for resource in graph.resources.values()}) == len(graph.resources)
    buckets = graph.of_type("aws:s3/bucket:Bucket")
    assert len(buckets) == 2


def test_left_unknown_what_only_exists_after_creation_never_runs_what_waits_for_it() -> None:
    def program() -> None:
        role = iam.Role("reader", name="exact", assume_role_policy="{}")
        role.arn.apply(lambda arn: pytest.fail(f"{arn} is not known yet"))
        role.name.apply(known.append)
        s3.Bucket("data", tags={"role": role.arn})

    known: list[str] = []
    graph = deploy(program, unknown=True)
    assert known == ["exact"]
    assert graph.one("aws:s3/bucket:Bucket").inputs["tags"]["role"] == Unknown()


def test_below_a_provider_that_is_not_configured_yet_nothing_is_known_as_with_the_engine() -> None:
    def program() -> None:
        role = iam.Role("reader", assume_role_policy="{}")
        provider = pulumi_kubernetes.Provider("later", kubeconfig=role.arn)
        namespace = Namespace("team", metadata={"name": "team"}, opts=pulumi.ResourceOptions(provider=provider))
        namespace.metadata["name"].apply(lambda name: pytest.fail(f"{name} is not known yet"))
        ConfigMap("settings", metadata={"namespace": namespace.metadata["name"]})

    graph = deploy(program, unknown=True)
    assert graph.one("kubernetes:core/v1:ConfigMap").inputs["metadata"]["namespace"] == Unknown()


def test_a_transform_of_the_stack_and_of_an_ancestor_reach_everything() -> None:
    def mark(key: str) -> Any:
        def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
            if args.type_ != "aws:s3/bucket:Bucket":
                return None
            args.opts.protect = True
            props: Any = args.props
            return pulumi.ResourceTransformResult(
                {**props, "tags": {**(props.get("tags") or {}), key: "yes"}}, args.opts
            )

        return transform

    def program() -> None:
        pulumi.runtime.register_resource_transform(mark("stack"))
        group = Group("group", pulumi.ResourceOptions(transforms=[mark("group")]))
        s3.Bucket("data", tags={"own": "yes"}, opts=pulumi.ResourceOptions(parent=group, transforms=[mark("resource")]))

    bucket = deploy(program).one("aws:s3/bucket:Bucket")
    assert bucket.inputs["tags"] == {"own": "yes", "resource": "yes", "group": "yes", "stack": "yes"}
    assert bucket.protect


def test_a_transform_that_fails_fails_the_program() -> None:
    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        raise RuntimeError("broken transform")

    with pytest.raises(ProgramError, match="broken transform"):
        deploy(lambda: s3.Bucket("data", opts=pulumi.ResourceOptions(transforms=[transform])))


def test_a_remote_component_that_is_not_known_is_recorded_and_said() -> None:
    class Remote(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("far:index:Away", name, {"size": 1, "address": None}, remote=True)

    graph = deploy(lambda: Remote("there"))
    assert graph.one("far:index:Away").inputs["size"] == 1
    (message,) = graph.messages
    assert message.text == "far:index:Away there: a plugin makes its children, they and its outputs are not known"


def test_a_look_up_is_an_error_that_names_it_and_the_line() -> None:
    with pytest.raises(ProgramError) as caught:
        deploy(lambda: pulumi_aws.get_availability_zones(state="available"))
    text = str(caught.value)
    assert "aws:index/getAvailabilityZones:getAvailabilityZones(state='available'): a look-up" in text
    assert "give the answer in lookups.yaml" in text
    assert "roadstead/tool/offline/test_record.py:" in text


def test_a_look_up_in_its_output_form_is_an_error_too() -> None:
    with pytest.raises(ProgramError, match="getCallerIdentity"):
        deploy(pulumi_aws.get_caller_identity_output)


def test_a_resource_that_is_only_read_is_an_error_too() -> None:
    with pytest.raises(ProgramError, match=r"aws:ec2/vpc:Vpc 'vpc-1': a look-up"):
        deploy(lambda: ec2.Vpc.get("main", "vpc-1"))


def test_the_project_can_answer_look_ups() -> None:
    answers = Answers(
        (
            {"function": "aws:index/getRegion:getRegion", "arguments": {"region": "x"}, "result": {"region": "no"}},
            {"function": "aws:index/getRegion:getRegion", "result": {"region": "eu-west-9"}},
            {"resource": "aws:ec2/vpc:Vpc", "id": "vpc-1", "result": {"cidrBlock": "10.9.0.0/16"}},
            {
                "resource": "pulumi:pulumi:StackReference",
                "id": "acme/platform/staging",
                "result": {"outputs": {"cluster_name": "staging"}},
            },
        )
    )
    seen: list[Any] = []

    def program() -> None:
        seen.append(pulumi_aws.get_region().region)
        ec2.Vpc.get("main", "vpc-1").cidr_block.apply(seen.append)
        pulumi.StackReference("acme/platform/staging").get_output("cluster_name").apply(seen.append)

    graph = deploy(program, answers=answers)
    assert sorted(seen) == ["10.9.0.0/16", "eu-west-9", "staging"]
    assert graph.one("aws:ec2/vpc:Vpc").external


def test_a_program_that_refuses_its_settings_speaks_for_itself() -> None:
    def program() -> None:
        raise pulumi.RunError("the settings are wrong")

    with pytest.raises(InputError, match=r"^the settings are wrong$"):
        deploy(program)


def test_a_program_that_fails_is_reported_with_the_users_own_line() -> None:
    def program() -> None:
        {}["missing"]  # type: ignore[index]

    with pytest.raises(ProgramError) as caught:
        deploy(program)
    lines = str(caught.value).splitlines()
    assert lines[0] == "the program failed:"
    assert 'in program: {}["missing"]' in str(caught.value)
    assert lines[-1] == "  KeyError: 'missing'"
    assert "site-packages" not in str(caught.value)


def test_a_failure_within_an_apply_fails_the_program() -> None:
    def program() -> None:
        s3.Bucket("data").arn.apply(lambda arn: 1 / 0)

    with pytest.raises(ProgramError, match="ZeroDivisionError"):
        deploy(program)


def test_what_the_program_prints_does_not_get_into_our_output(capsys: pytest.CaptureFixture[str]) -> None:
    deploy(lambda: print("hello"))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "hello" in printed.err


def test_what_the_program_logs_is_kept() -> None:
    def program() -> None:
        pulumi.warn("careful")
        pulumi.info("by the way")
        pulumi.debug("nobody asked")

    assert [(m.severity, m.text) for m in deploy(program).messages] == [("info", "by the way"), ("warning", "careful")]


def test_one_run_leaves_nothing_behind_for_the_next() -> None:
    deploy(lambda: pulumi.export("one", 1), stack="first")
    graph = deploy(lambda: pulumi.export("two", pulumi.get_stack()), stack="second")
    assert graph.outputs == {"two": "second"}
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_the_order_of_the_graph_does_not_depend_on_the_order_of_the_program() -> None:
    def one() -> None:
        kms.Key("b")
        kms.Key("a")

    def other() -> None:
        kms.Key("a")
        kms.Key("b")

    assert deploy(one).to_json() == deploy(other).to_json()


def test_everything_comes_after_what_it_needs() -> None:
    def program() -> None:
        last = kms.Key("z")
        for name in "yxw":
            last = kms.Key(name, description=last.arn)

    graph = deploy(program)
    before: set[str] = set()
    for urn, resource in graph.resources.items():
        assert set(resource.dependencies) <= before
        before.add(urn)


def test_a_thousand_resources_are_recorded() -> None:
    graph = deploy(lambda: [ConfigMap(f"c{number}") for number in range(1000)])
    assert len(graph.of_type("kubernetes:core/v1:ConfigMap")) == 1000
