import json
from typing import Any

import pulumi_aws
import pytest
from tests.examples import smallest
from tests.support import REGION, deploy, refusal

from roadstead import Network
from roadstead.tool.offline.graph import Graph

EXISTING: Any = {"vpc_id": "vpc-1", "private_subnet_ids": {"eu-west-1a": "subnet-1", "eu-west-1b": "subnet-2"}}


def made(**changes: Any) -> Graph:
    return deploy(lambda: Network("live", smallest(Network, **changes)))


def test_each_zone_gets_a_private_and_a_public_subnet_tagged_for_the_load_balancer_controller() -> None:
    subnets = {subnet.name: subnet.inputs for subnet in made().of_type("aws:ec2/subnet:Subnet")}
    assert set(subnets) == {f"live-{kind}-eu-west-1{zone}" for kind in ("private", "public") for zone in "ab"}
    assert subnets["live-private-eu-west-1a"]["tags"]["kubernetes.io/role/internal-elb"] == "1"
    assert subnets["live-public-eu-west-1a"]["tags"]["kubernetes.io/role/elb"] == "1"
    assert subnets["live-public-eu-west-1b"]["availabilityZone"] == "eu-west-1b"


def test_no_subnet_hands_out_public_addresses() -> None:
    assert not any(subnet.inputs.get("mapPublicIpOnLaunch") for subnet in made().of_type("aws:ec2/subnet:Subnet"))


@pytest.mark.parametrize(
    ("tier", "nat", "gateways"),
    [
        ("production", None, 2),
        ("staging", None, 1),
        ("development", None, 1),
        ("production", "single", 1),
        ("staging", "per_zone", 2),
    ],
)
def test_nat_follows_the_tier_unless_it_is_chosen(tier: str, nat: str | None, gateways: int) -> None:
    graph = made(tier=tier, nat=nat)
    assert len(graph.of_type("aws:ec2/natGateway:NatGateway")) == gateways
    assert len(graph.of_type("aws:ec2/eip:Eip")) == gateways


def test_with_a_nat_a_zone_no_zone_depends_on_another() -> None:
    graph = made(nat="per_zone")
    for zone in ("eu-west-1a", "eu-west-1b"):
        route = graph.one("aws:ec2/route:Route", f"live-private-{zone}-nat")
        assert f"live-nat-{zone}" in route.inputs["natGatewayId"]


def test_whoever_uses_a_private_subnet_waits_for_its_way_to_the_internet() -> None:
    def program() -> None:
        network = Network("live", smallest(Network))
        user = network.private_subnet_ids.apply(lambda ids: f'["{ids[0]}"]')
        pulumi_aws.cloudwatch.LogGroup("user", name=user)

    graph = deploy(program)
    waits_for = graph.one("aws:cloudwatch/logGroup:LogGroup", "user").dependencies
    for route in ("live-private-eu-west-1a-nat", "live-private-eu-west-1b-nat"):
        assert graph.one("aws:ec2/route:Route", route).urn in waits_for


def test_image_layers_reach_s3_without_nat() -> None:
    endpoint = made().one("aws:ec2/vpcEndpoint:VpcEndpoint").inputs
    assert endpoint["serviceName"] == f"com.amazonaws.{REGION}.s3"
    assert len(endpoint["routeTableIds"]) == 2


def test_flows_are_logged_with_a_retention_and_a_role_that_can_do_nothing_else() -> None:
    graph = made(tier="staging")
    assert graph.one("aws:cloudwatch/logGroup:LogGroup").inputs["retentionInDays"] == 30
    assert graph.one("aws:ec2/flowLog:FlowLog").inputs["trafficType"] == "ALL"
    (statement,) = json.loads(graph.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    assert all("log-group:live-flow-logs" in resource for resource in statement["Resource"])


def test_the_flow_log_waits_for_its_rights() -> None:
    graph = made()
    rights = graph.one("aws:iam/rolePolicy:RolePolicy").urn
    assert rights in graph.one("aws:ec2/flowLog:FlowLog").dependencies


def test_the_retention_of_flow_logs_can_be_chosen() -> None:
    graph = made(flow_log_retention_days=90)
    assert graph.one("aws:cloudwatch/logGroup:LogGroup").inputs["retentionInDays"] == 90


def test_the_default_security_group_lets_nothing_through() -> None:
    group = made().one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert not {"ingress", "egress"} & set(group)


def test_blocks_can_be_chosen() -> None:
    blocks = {
        "eu-west-1a": {"private": "10.0.0.0/20", "public": "10.0.64.0/24"},
        "eu-west-1b": {"private": "10.0.16.0/20", "public": "10.0.65.0/24"},
    }
    graph = made(subnets=blocks)
    assert graph.one("aws:ec2/subnet:Subnet", "live-public-eu-west-1b").inputs["cidrBlock"] == "10.0.65.0/24"


def test_tags_are_on_everything_that_takes_tags() -> None:
    untaggable = ("route:Route", "routeTableAssociation:RouteTableAssociation", "rolePolicy:RolePolicy")
    for resource in made(tags={"owner": "platform"}).resources.values():
        if resource.type.startswith("aws:") and not resource.type.endswith(untaggable):
            assert resource.inputs["tags"]["owner"] == "platform", resource.urn


def test_an_existing_network_is_handed_on_and_nothing_is_made() -> None:
    seen: list[Any] = []

    def program() -> None:
        existing: Any = {**EXISTING, "public_subnet_ids": {"eu-west-1a": "subnet-9"}}
        network = Network("live", {"existing": existing})
        for output in (network.vpc_id, network.private_subnet_ids, network.public_subnet_ids, network.nat_public_ips):
            output.apply(seen.append)

    graph = deploy(program)
    assert not [resource for resource in graph.resources.values() if resource.custom]
    assert "vpc-1" in seen
    assert ["subnet-1", "subnet-2"] in seen
    assert ["subnet-9"] in seen
    assert [] in seen


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"zones": None}, "zones: wrong number of zones; got []; expected two or three different availability zones"),
        ({"zones": ["eu-west-1a"]}, "zones: wrong number of zones; got [eu-west-1a]; expected two or three"),
        ({"zones": ["eu-west-1a", "eu-west-1a"]}, "expected two or three different availability zones"),
        ({"zones": ["eu-west-1a", "us-east-1a"]}, "zones: not in region eu-west-1; got 'us-east-1a'"),
        ({"region": None}, "region: missing key; expected the AWS region of a new network, e.g. 'eu-west-1'"),
        ({"nat": "two"}, "nat: no such choice; got 'two'; expected one of single, per_zone"),
        ({"cidr": "10.0.0.0/24"}, "cidr: a block of the wrong size; got '10.0.0.0/24'"),
        ({"tier": "prod"}, "tier: no such tier; got 'prod'; expected one of development, staging, production"),
        ({"flow_log_retention_days": 31}, "flow_log_retention_days: not a retention that CloudWatch offers; got 31"),
        (
            {"subnets": {"eu-west-1a": {"private": "10.0.0.0/20", "public": "10.0.16.0/24"}}},
            "subnets: not the same zones; got [eu-west-1a]; expected eu-west-1a, eu-west-1b",
        ),
        ({"existing": EXISTING}, "existing: set beside fields of a new network; got [zones]"),
        (
            {"zones": None, "existing": {"vpc_id": "v", "private_subnet_ids": {"eu-west-1a": "s"}}},
            "existing.private_subnet_ids: wrong number of zones; got [eu-west-1a]; expected two or three",
        ),
        ({"zones": "eu-west-1a"}, "zones: not a list; got 'eu-west-1a'; expected a list"),
    ],
)
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: Network("live", smallest(Network, **changes)))


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = refusal(lambda: Network("live", {"region": REGION, "zones": ["us-east-1a"], "nat": "x", "cidr": "y"}))
    assert text.startswith('Network "live": 4 problems\n')
