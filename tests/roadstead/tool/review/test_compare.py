import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws import ec2, ecr, kms
from tests.roadstead.tool.review.strategies import GRAPHS, graph, resource
from tests.support import deploy

from roadstead.facts import files
from roadstead.tool.offline.graph import Graph, Unknown, made_up_name, ordered
from roadstead.tool.review.change import Change, Kind
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.difference.replacements import DATA
from roadstead.tool.review.review import summary


def diff(base: Graph | None, head: Graph | None) -> list[Change]:
    return list(compare("test", base, head).changes)


def kinds(found: list[Change]) -> dict[str, str]:
    return {change.resource.name: change.kind.value for change in found}


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_a_stack_does_not_differ_from_itself(stack: str, request: pytest.FixtureRequest) -> None:
    there: Graph = request.getfixturevalue(stack)
    assert diff(there, there) == []


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_every_aws_type_that_a_stack_declares_is_in_the_table_of_replacements(
    stack: str, request: pytest.FixtureRequest
) -> None:
    there: Graph = request.getfixturevalue(stack)
    declared = {made.type for made in there.resources.values() if made.custom and made.type.startswith("aws:")}
    assert declared <= files.read(DATA)["types"].keys()
    assert declared or stack == "local"


@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_order_in_which_resources_and_inputs_were_declared_is_no_difference(there: Graph, random: Any) -> None:
    resources = list(there.resources.values())
    random.shuffle(resources)
    shuffled = {
        made.urn: dataclasses.replace(made, inputs=dict(reversed(list(made.inputs.items())))) for made in resources
    }
    assert diff(there, dataclasses.replace(there, resources=ordered(shuffled))) == []


@given(GRAPHS, GRAPHS)
def test_every_resource_is_told_of_once(base: Graph, head: Graph) -> None:
    found = diff(base, head)
    new = [change.new.urn for change in found if change.new]
    old = [change.old.urn for change in found if change.old]
    assert len(new) == len(set(new))
    assert len(old) == len(set(old))
    went = base.resources.keys() - head.resources.keys()
    came = head.resources.keys() - base.resources.keys()
    assert went <= set(old)
    assert came <= set(new)


@given(GRAPHS)
def test_a_new_stack_is_created_and_a_removed_one_is_deleted(there: Graph) -> None:
    assert {change.kind for change in diff(None, there)} <= {Kind.CREATE}
    assert {change.kind for change in diff(there, None)} <= {Kind.DELETE}
    assert len(diff(None, there)) == len(diff(there, None)) == len(there.resources)


VPC, KEY, OTHER = "aws:ec2/vpc:Vpc", "aws:kms/key:Key", "other:index:Thing"
DEPLOYMENT, SECRET = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Secret"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
KUBERNETES, AWS = "pulumi:providers:kubernetes", "pulumi:providers:aws"


@pytest.mark.parametrize(
    ("type_", "old", "new", "kind", "forcing"),
    [
        (VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, Kind.REPLACE, ("cidrBlock",)),
        (VPC, {"tags": {"a": "b"}}, {"tags": {"a": "c"}}, Kind.UPDATE, ()),
        (VPC, {}, {"instanceTenancy": "dedicated"}, Kind.MAY_REPLACE, ("instanceTenancy",)),
        (OTHER, {"a": 1}, {"a": 2}, Kind.MAY_REPLACE, ("a",)),
        (DEPLOYMENT, {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, Kind.UPDATE, ()),
        (
            DEPLOYMENT,
            {"spec": {"selector": {"matchLabels": {"app": "a"}}}},
            {"spec": {"selector": {"matchLabels": {"app": "b"}}}},
            Kind.REPLACE,
            ("spec.selector.matchLabels.app",),
        ),
        (SECRET, {"stringData": {"a": "b"}}, {"stringData": {"a": "c"}}, Kind.REPLACE, ("stringData.a",)),
        (
            "kubernetes:example.com/v1:Thing",
            {"metadata": {"namespace": "a"}},
            {"metadata": {"namespace": "b"}},
            Kind.REPLACE,
            ("metadata.namespace",),
        ),
        ("kubernetes:example.com/v1:Thing", {"spec": 1}, {"spec": 2}, Kind.UPDATE, ()),
        (KUBERNETES, {"kubeconfig": "a"}, {"kubeconfig": "b"}, Kind.MAY_REPLACE, ("kubeconfig",)),
        (
            KUBERNETES,
            {"kubeconfig": "a", "clusterIdentifier": "c"},
            {"kubeconfig": "b", "clusterIdentifier": "c"},
            Kind.UPDATE,
            (),
        ),
        (KUBERNETES, {}, {"clusterIdentifier": "c"}, Kind.UPDATE, ()),
        (KUBERNETES, {"clusterIdentifier": "b"}, {"clusterIdentifier": "c"}, Kind.REPLACE, ("clusterIdentifier",)),
    ],
)
def test_what_a_change_does_is_what_the_table_of_replacements_says(
    type_: str, old: dict[str, Any], new: dict[str, Any], kind: Kind, forcing: tuple[str, ...]
) -> None:
    (change,) = diff(graph(resource(type_, "a", old)), graph(resource(type_, "a", new)))
    assert (change.kind, change.forcing) == (kind, forcing)


def test_the_order_of_a_list_says_something_to_aws_only_where_the_table_says_so() -> None:
    def group(**inputs: list[str]) -> Graph:
        return graph(resource("aws:eks/nodeGroup:NodeGroup", "a", inputs))

    assert diff(group(subnetIds=["a", "b"]), group(subnetIds=["b", "a"])) == []
    (change,) = diff(group(instanceTypes=["a", "b"]), group(instanceTypes=["b", "a"]))
    assert change.kind is Kind.REPLACE


def test_what_is_part_of_a_cluster_goes_with_it_though_the_name_stays() -> None:
    def stack(block: str) -> Graph:
        cluster = resource("aws:eks/cluster:Cluster", "a", {"kubernetesNetworkConfig": {"serviceIpv4Cidr": block}})
        on_it, beside = (
            resource("aws:eks/nodeGroup:NodeGroup", name, {"clusterName": "live"}, dependencies=dependencies)
            for name, dependencies in (("b", (cluster.urn,)), ("c", ()))
        )
        return graph(cluster, on_it, beside)

    cluster, group = diff(stack("10.100.0.0/16"), stack("10.200.0.0/16"))
    assert (cluster.kind, group.kind, group.forcing) == (Kind.REPLACE, Kind.REPLACE, ("clusterName",))
    assert (group.resource.name, group.because, group.is_consequence) == ("b", (cluster.resource.urn,), True)


def test_what_the_program_ignores_is_no_difference() -> None:
    def app(replicas: int, image: str) -> Graph:
        inputs = {"spec": {"replicas": replicas, "image": image}}
        return graph(resource(DEPLOYMENT, "a", inputs, ignore_changes=("spec.replicas",)))

    assert diff(app(1, "x"), app(2, "x")) == []
    (change,) = diff(app(1, "x"), app(2, "y"))
    assert [changed.path for changed in change.properties] == ["spec.image"]


def test_a_protection_that_goes_is_told() -> None:
    base, head = (graph(resource(KEY, "a", {}, protect=protect)) for protect in (True, False))
    (change,) = diff(base, head)
    assert change.kind is Kind.UPDATE
    assert [(changed.path, changed.old, changed.new) for changed in change.properties] == [("(protect)", True, False)]


def test_another_default_provider_is_no_difference() -> None:
    def with_default(version: str) -> Graph:
        provider = resource(AWS, f"default_{version}", {})
        return graph(provider, resource(KEY, "a", {}, provider=provider.urn))

    assert diff(with_default("7_51_0"), with_default("7_52_0")) == []


def test_what_hangs_on_a_replaced_provider_is_replaced() -> None:
    def cluster(identifier: str) -> Graph:
        provider = resource(KUBERNETES, "k", {"clusterIdentifier": identifier})
        return graph(provider, resource(DEPLOYMENT, "a", {}, provider=provider.urn))

    provider, app = diff(cluster("b"), cluster("c"))
    assert (app.kind, app.forcing, app.because) == (Kind.REPLACE, ("(provider)",), (provider.resource.urn,))
    assert app.is_consequence


def network(cidr: str = "10.0.0.0/16", name: str = "net", aliases: list[str] | None = None) -> Callable[[], None]:
    def program() -> None:
        options = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=alias) for alias in aliases or []])
        vpc = ec2.Vpc(name, cidr_block=cidr, opts=options)
        subnet = ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
        ec2.InternetGateway("gateway", vpc_id=vpc.id)
        ec2.NatGateway("nat", subnet_id=subnet.id)
        ecr.Repository("unconcerned", name="a")

    return program


def test_what_holds_a_value_of_a_replaced_resource_follows_it() -> None:
    found = diff(deploy(network()), deploy(network("10.1.0.0/16")))
    assert kinds(found) == {"net": "replace", "subnet": "replace", "gateway": "update", "nat": "replace"}
    by_name = {change.resource.name: change for change in found}
    assert not by_name["net"].is_consequence
    assert all(by_name[name].is_consequence for name in ("subnet", "gateway", "nat"))
    assert by_name["nat"].because == (by_name["subnet"].resource.urn,)
    (changed,) = by_name["subnet"].properties
    assert (changed.path, changed.new) == ("vpcId", Unknown())
    assert summary(found) == "3 to replace (2 as a consequence), 1 to update (1 as a consequence)"


def test_a_renamed_resource_is_a_move_and_the_alias_to_add_is_given() -> None:
    base = deploy(network())
    found = diff(base, deploy(network(name="renamed")))
    move = next(change for change in found if change.resource.name == "renamed")
    assert (move.kind, move.alias) == (Kind.MOVE, base.one(VPC).urn)
    assert kinds(found) == {"renamed": "move", "subnet": "replace", "gateway": "update", "nat": "replace"}
    assert all(change.is_consequence for change in found if change is not move), "they follow unless the alias is added"


def test_with_its_alias_a_renamed_resource_changes_nothing_else() -> None:
    found = diff(deploy(network()), deploy(network(name="renamed", aliases=["net"])))
    assert [(change.kind, change.alias) for change in found] == [(Kind.MOVE, None)]


def test_a_resource_that_is_renamed_and_changed_is_deleted_and_created() -> None:
    found = diff(deploy(network()), deploy(network("10.1.0.0/16", "renamed")))
    assert {"net": "delete", "renamed": "create"}.items() <= kinds(found).items()


class Vault(pulumi.ComponentResource):
    def __init__(self, name: str, alias: str | None = None) -> None:
        aliases = [pulumi.Alias(name=alias)] if alias else []
        super().__init__("test:index:Vault", name, {"of": "team"}, pulumi.ResourceOptions(aliases=aliases))
        key = kms.Key(f"{name}-key", description="team", opts=pulumi.ResourceOptions(parent=self))
        kms.Alias(f"{name}-alias", target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def test_the_children_of_a_renamed_component_follow_its_one_alias() -> None:
    base = deploy(lambda: Vault("old"))
    found = diff(base, deploy(lambda: Vault("new")))
    assert kinds(found) == {"new": "move", "new-key": "move", "new-alias": "move"}
    component, *children = found
    assert component.alias == base.one("test:index:Vault").urn
    assert [(child.alias, child.because) for child in children] == [(None, (component.resource.urn,))] * 2


def test_with_that_alias_nothing_happens_to_them() -> None:
    found = diff(deploy(lambda: Vault("old")), deploy(lambda: Vault("new", alias="old")))
    assert {(change.kind, change.alias, change.because) for change in found} == {(Kind.MOVE, None, ())}


def folder(folder_name: str, *names: str) -> Callable[[], None]:
    """A component that is what it is called, with keys that are all alike."""

    def program() -> None:
        parent = pulumi.ComponentResource("test:index:Folder", folder_name, {"name": folder_name})
        for name in names:
            kms.Key(name, description="same", opts=pulumi.ResourceOptions(parent=parent))

    return program


def without_folder() -> None:
    for name in ("a", "b"):
        kms.Key(name, description="same")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (without_folder, {"a": "move", "b": "move"}),
        (folder("y", "a", "b"), {}),
        (folder("x", "c", "d"), {"a": "delete", "b": "delete", "c": "create", "d": "create"}),
        (folder("y", "c"), {"a": "delete", "b": "delete", "c": "create"}),
    ],
    ids=["of that name", "the same URNs", "two others", "another name elsewhere"],
)
def test_what_is_alike_is_only_taken_for_the_same_in_its_place_or_with_its_name(
    head: Callable[[], None], expected: dict[str, str]
) -> None:
    assert kinds(diff(deploy(folder("x", "a", "b")), deploy(head))) == expected


def test_nodes_roll_when_their_launch_template_changes() -> None:
    def group(size: int) -> Callable[[], None]:
        def program() -> None:
            from pulumi_aws import eks

            device = {"deviceName": "/dev/xvda", "ebs": {"volumeSize": size}}
            template = ec2.LaunchTemplate("t", block_device_mappings=[device])  # type: ignore[list-item]
            eks.NodeGroup(
                "g",
                cluster_name="c",
                node_role_arn="arn:aws:iam::111122223333:role/a",
                scaling_config={"desired_size": 1, "max_size": 1, "min_size": 1},
                subnet_ids=["subnet-1"],
                launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            )

        return program

    found = diff(deploy(group(20)), deploy(group(30)))
    assert kinds(found) == {"t": "update", "g": "update"}
    assert [changed.path for changed in found[1].properties] == ["launchTemplate.version"]
    assert found[1].is_consequence


def test_a_made_up_name_is_what_the_recording_engine_makes_up() -> None:
    there = deploy(network())
    assert there.one(VPC).id == f"vpc-{made_up_name('net', there.one(VPC).urn)}"


STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}


@pytest.mark.parametrize(
    "other",
    [
        json.dumps({"Statement": [STATEMENT]}, indent=2),
        json.dumps({"Statement": STATEMENT}),
        json.dumps({"Statement": [{**STATEMENT, "Action": STATEMENT["Action"][::-1]}]}),
        json.dumps({"Statement": [{**STATEMENT, "Resource": ["*"]}]}),
    ],
    ids=["indented", "alone", "order", "in a list"],
)
def test_a_policy_that_says_the_same_in_other_words_is_the_same_to_aws_and_not_to_a_config_map(other: str) -> None:
    text = json.dumps({"Statement": [STATEMENT]})
    for name in ("aws:iam/rolePolicy:RolePolicy", KEY):
        assert diff(graph(resource(name, "a", {"policy": text})), graph(resource(name, "a", {"policy": other}))) == []
    config_maps = [graph(resource(CONFIG_MAP, "a", {"data": {"policy.json": said}})) for said in (text, other)]
    assert [change.kind for change in diff(*config_maps)] == [Kind.REPLACE]


def test_a_property_of_which_several_items_change_is_named_once_as_the_cause() -> None:
    old, new = (graph(resource("aws:eks/nodeGroup:NodeGroup", "a", {"subnetIds": ids})) for ids in (["a"], ["b", "c"]))
    assert [change.forcing for change in diff(old, new)] == [("subnetIds[]",)]


def test_an_alias_that_the_engine_does_not_understand_stops_no_review() -> None:
    old, new = (resource(KEY, name, {"description": "same"}, aliases=("not a urn",)) for name in ("a", "b"))
    (change,) = diff(graph(old), graph(new))
    assert (change.kind, change.alias) == (Kind.MOVE, old.urn)
