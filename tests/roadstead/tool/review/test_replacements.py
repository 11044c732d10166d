"""Whether the table of what replaces is about types and properties that there are, and what it says of changes."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pulumi
import pytest
from pulumi._types import input_type_types, is_input_type
from pulumi_aws import Provider, ec2, iam
from tests.roadstead.tool.review.strategies import graph, resource
from tests.support import deploy

from roadstead.facts import files
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import Change, Kind
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.difference.replacements import DATA

TABLE = files.read(DATA)
TYPES: dict[str, dict[str, Any]] = TABLE["types"]
PROPERTIES = ("replace", "may_replace", "ordered", "hands_on")


def diff(base: Graph, head: Graph) -> tuple[Change, ...]:
    return compare("test", base, head).changes


@pytest.mark.parametrize("type_", TYPES)
def test_every_row_names_a_file_of_one_of_the_sources(type_: str) -> None:
    source, _, file = TYPES[type_]["source"].partition("/")
    assert TABLE["sources"][source].keys() == {"repository", "commit", "version", "read"}
    assert file.endswith(".go")


@pytest.mark.parametrize("type_", [type_ for type_ in TYPES if not type_.startswith("kubernetes:")])
def test_every_property_is_one_that_the_installed_sdk_sends(type_: str) -> None:
    for path in [path for name in PROPERTIES for path in TYPES[type_].get(name, [])]:
        arguments = _arguments(type_)
        for part in path.split("."):
            types = input_type_types(arguments)
            assert part in types, f"{path}: {arguments.__name__} has {sorted(types)}"
            arguments = next(_input_types(types[part]), None)


def _arguments(type_: str) -> Any:
    """The class of a resource's arguments: `aws:ec2/vpc:Vpc` is `pulumi_aws.ec2.VpcArgs`."""
    package, module, name = type_.split(":")
    if package == "pulumi":
        return importlib.import_module(f"pulumi_{name}").ProviderArgs
    return getattr(importlib.import_module(f"pulumi_{package}.{module.partition('/')[0]}"), f"{name}Args")


def _input_types(annotation: Any) -> Iterator[Any]:
    """The classes of arguments within `Input[Sequence[Input[VpcArgs]]]`, and the like."""
    if isinstance(annotation, type) and is_input_type(annotation):
        yield annotation
    for inner in get_args(annotation):
        yield from _input_types(inner)


EIP, NAT = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
ADDON, CLUSTER = "aws:eks/addon:Addon", "aws:eks/cluster:Cluster"
VOLUME, RULE = "aws:ebs/volume:Volume", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
KUBERNETES, AWS = "pulumi:providers:kubernetes", "pulumi:providers:aws"


@pytest.mark.parametrize(
    ("type_", "old", "new", "kind"),
    [
        (EIP, {"customerOwnedIpv4Pool": "a"}, {"customerOwnedIpv4Pool": "b"}, Kind.UPDATE),
        (NAT, {"vpcId": "a"}, {"vpcId": "b"}, Kind.REPLACE),
        (NAT, {"secondaryPrivateIpAddressCount": 1}, {"secondaryPrivateIpAddressCount": 2}, Kind.MAY_REPLACE),
        (ADDON, {}, {"namespaceConfig": {"namespace": "a"}}, Kind.REPLACE),
        (CLUSTER, {}, {"remoteNetworkConfig": {"remoteNodeNetworks": {"cidrs": ["10.0.0.0/8"]}}}, Kind.UPDATE),
        (CLUSTER, {"computeConfig": {"nodeRoleArn": "a"}}, {"computeConfig": {"nodeRoleArn": "b"}}, Kind.MAY_REPLACE),
        (CLUSTER, {"outpostConfig": {"controlPlaneInstanceType": "a"}}, {}, Kind.REPLACE),
        (VOLUME, {"size": 1, "type": "gp2"}, {"size": 2, "type": "gp3"}, Kind.UPDATE),
        (VOLUME, {"encrypted": False}, {"encrypted": True}, Kind.REPLACE),
        (RULE, {"cidrIpv4": "10.0.0.0/8"}, {"referencedSecurityGroupId": "sg-1"}, Kind.MAY_REPLACE),
        ("kubernetes:helm.sh/v3:Release", {"namespace": "a"}, {"namespace": "b"}, Kind.REPLACE),
        ("kubernetes:core/v1:Pod", {}, {"spec": {"hostPID": True}}, Kind.REPLACE),
        (AWS, {"region": "a", "profile": "a"}, {"region": "b", "profile": "b"}, Kind.UPDATE),
        (KUBERNETES, {}, {"context": "a"}, Kind.MAY_REPLACE),
        (KUBERNETES, {}, {"kubeconfig": "a"}, Kind.UPDATE),
        (KUBERNETES, {}, {"renderYamlToDirectory": "a"}, Kind.REPLACE),
        (
            KUBERNETES,
            {"clusterIdentifier": "a", "renderYamlToDirectory": "a"},
            {"clusterIdentifier": "a", "renderYamlToDirectory": "b"},
            Kind.UPDATE,
        ),
        (
            KUBERNETES,
            {"kubeconfig": "a"},
            {"clusterIdentifier": "a", "kubeconfig": "b"},
            Kind.MAY_REPLACE,
        ),
    ],
)
def test_what_a_provider_does_for_a_change(type_: str, old: dict[str, Any], new: dict[str, Any], kind: Kind) -> None:
    (change,) = diff(graph(resource(type_, "a", old)), graph(resource(type_, "a", new)))
    assert change.kind is kind


@pytest.mark.parametrize(
    ("type_", "name", "items", "counts"),
    [
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            "blockDeviceMappings",
            [{"deviceName": "b"}, {"deviceName": "a"}],
            True,
        ),
        ("aws:ec2/launchTemplate:LaunchTemplate", "vpcSecurityGroupIds", ["b", "a"], False),
        ("aws:lb/listener:Listener", "defaultActions", [{"type": "forward"}, {"type": "authenticate-oidc"}], True),
        (ADDON, "configurationValues", '{"tolerations": ["b", "a"]}', True),
        ("aws:other/thing:Thing", "things", ["b", "a"], True),
    ],
)
def test_the_order_of_a_list_counts_where_the_provider_keeps_it(
    type_: str, name: str, items: Any, counts: bool
) -> None:
    turned = '{"tolerations": ["a", "b"]}' if isinstance(items, str) else items[::-1]
    found = diff(graph(resource(type_, "a", {name: items})), graph(resource(type_, "a", {name: turned})))
    assert bool(found) == counts


def in_region(region: str, own: str | None = None, *, default: bool = False) -> Callable[[], None]:
    """A network and a role under a provider for one region; the network may name its own."""

    def program() -> None:
        options = None if default else pulumi.ResourceOptions(provider=Provider("aws", region=region))
        ec2.Vpc("network", cidr_block="10.0.0.0/16", region=own, opts=options)
        iam.Role("role", assume_role_policy="{}", opts=options)

    return program


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        (in_region("eu-west-1"), in_region("eu-central-1"), {"aws": Kind.UPDATE, "network": Kind.REPLACE}),
        (in_region("eu-west-1", "us-east-1"), in_region("eu-central-1", "us-east-1"), {"aws": Kind.UPDATE}),
        (in_region("eu-west-1"), in_region("eu-west-1", "eu-west-1"), {}),
        (in_region("eu-west-1"), in_region("eu-west-1", "us-east-1"), {"network": Kind.REPLACE}),
    ],
    ids=["the provider's", "not its own", "the same, said twice", "its own"],
)
def test_another_region_replaces_what_has_one(
    base: Callable[[], None], head: Callable[[], None], expected: dict[str, Kind]
) -> None:
    assert {change.resource.name: change.kind for change in diff(deploy(base), deploy(head))} == expected


def test_so_does_another_region_of_the_provider_that_nobody_declared() -> None:
    def stack(region: str) -> Graph:
        provider = resource(AWS, "default_7_51_1", {"region": region})
        return graph(provider, resource("aws:ec2/vpc:Vpc", "network", {}, provider=provider.urn))

    (change,) = diff(stack("eu-west-1"), stack("eu-central-1"))
    assert (change.resource.name, change.kind, change.forcing) == ("network", Kind.REPLACE, ("region",))
