import json
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graphs import changed, deployment, graph, kubernetes, namespace, node_group, of_tier, only, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.capacity.addresses import Taken, room
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.addresses import findings


def subnet(block: object, zone: str = "a") -> Resource:
    inputs = {"availabilityZone": zone, "cidrBlock": block}
    return resource("aws:ec2/subnet:Subnet", f"private-{zone}", inputs, id=zone, computed={"id": zone})


def group(least: int = 1, most: int = 1, zones: str = "a", **more: object) -> Resource:
    """Nodes whose first interface has 10 addresses."""
    return changed(node_group(zones=list(zones), least=least, most=most), **more)


def stack(*resources: Resource) -> StackDiff:
    return only(graph(of_tier("staging"), namespace(), *resources))


CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"vpcConfig": {"subnetIds": ["a"]}})
PREFIXES = {"ENABLE_PREFIX_DELEGATION": "true"}
CASES = [
    Case(
        "capacity/too-few-addresses",
        stack(subnet("10.0.0.0/28"), CLUSTER, group()),
        stack(subnet("10.0.0.0/26"), CLUSTER, group()),
        "private-a: 11 addresses, and with every node group at its fewest nodes 16 are taken by 1 nodes",
    ),
]


def cni(**variables: str) -> Resource:
    values = {"enableNetworkPolicy": "true", "env": variables}
    return resource("aws:eks/addon:Addon", "cni", {"addonName": "vpc-cni", "configurationValues": json.dumps(values)})


def said(diff: StackDiff) -> list[Finding]:
    return only_findings(findings(diff))


def test_what_is_too_small_only_at_the_maximum_is_an_error_and_only_for_updates_a_warning() -> None:
    (at_most,) = said(stack(subnet("10.0.0.0/26"), group(1, 6)))
    assert (at_most.severity, "at its maximum 60 are taken" in at_most.what) == (Severity.ERROR, True)
    (rolling,) = said(stack(subnet("10.0.0.0/26"), group(1, 5)))
    assert (rolling.severity, "an update of all of them 70 are taken" in rolling.what) == (Severity.WARNING, True)
    assert said(stack(subnet("10.0.0.0/26"), group(1, 5, updateConfig={"updateStrategy": "MINIMAL"}))) == []


def test_nodes_are_shared_between_the_subnets_of_their_group() -> None:
    blocks = [subnet(f"10.0.{number}.0/26", zone) for number, zone in enumerate("abc")]
    assert said(stack(*blocks, group(3, 9, "abc"))) == []
    (finding,) = said(stack(*blocks, group(3, 18, "abc")))
    assert finding.what.startswith("private-a, private-b, private-c: 59 addresses each")


def test_pods_beyond_what_nodes_hold_ready_take_more() -> None:
    many = deployment(replicas=80)
    target = {"kind": "Deployment", "name": "api"}
    scaler = kubernetes(
        "HorizontalPodAutoscaler",
        "api",
        "payments",
        spec={"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 80},
    )
    assert "82 are taken" in said(stack(subnet("10.0.0.0/26"), group(2, 2), many))[0].what
    assert "at its maximum 82" in said(stack(subnet("10.0.0.0/26"), group(2, 2), deployment(), scaler))[0].what
    assert said(stack(subnet("10.0.0.0/26"), group(2, 2), deployment(replicas=80, pod={"hostNetwork": True}))) == []


def test_prefix_delegation_takes_whole_blocks_of_16() -> None:
    assert (
        said(stack(subnet("10.0.0.0/26"), group(2, 2, updateConfig={"updateStrategy": "MINIMAL"}), cni(**PREFIXES)))
        == []
    )
    (finding,) = said(stack(subnet("10.0.0.0/26"), group(3, 3), cni(**PREFIXES)))
    assert "2 whole blocks of 16, of 3 that are needed" in finding.what
    assert said(stack(subnet("10.0.0.0/28"), group(), cni(**PREFIXES)))


@pytest.mark.parametrize(
    "variables", [{"WARM_IP_TARGET": "1", "MINIMUM_IP_TARGET": "3"}, {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}]
)
def test_a_plugin_that_holds_fewer_ready_takes_fewer(variables: dict[str, str]) -> None:
    assert said(stack(subnet("10.0.0.0/26"), group(1, 6), cni(**variables))) == []


def test_pods_with_addresses_of_ipv6_take_none_of_ipv4() -> None:
    six = changed(CLUSTER, kubernetesNetworkConfig={"ipFamily": "ipv6"})
    assert said(stack(subnet("10.0.0.0/27"), six, group(1, 6, updateConfig={"updateStrategy": "MINIMAL"}))) == []


def test_subnets_that_a_stack_only_names_are_not_judged() -> None:
    assert list(findings(stack(group(9, 99)))) == []


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1), "10.0.0.9/26"], ids=["unknown", "secret", "malformed"])
def test_a_block_that_cannot_be_read_is_undecided(hidden: object) -> None:
    assert [type(each) for each in findings(stack(subnet(hidden), group()))] == [Undecided]


def test_an_instance_type_that_no_table_knows_is_undecided() -> None:
    (undecided,) = findings(stack(subnet("10.0.0.0/24"), group(instanceTypes=["z9.large"])))
    assert isinstance(undecided, Undecided)


@given(st.integers(16, 28), st.integers(0, 300), st.integers(0, 60))
def test_more_never_fits_where_less_does_not(prefix: int, addresses: int, prefixes: int) -> None:
    there = room(IPv4Network(f"10.0.0.0/{prefix}"))
    if not there.fits(Taken(addresses, prefixes)):
        assert not there.fits(Taken(addresses + 1, prefixes))
        assert not there.fits(Taken(addresses, prefixes + 1))
    else:
        assert addresses + prefixes * 16 <= 2 ** (32 - prefix) - 5
        assert room(IPv4Network(f"10.0.0.0/{prefix - 1}")).fits(Taken(addresses, prefixes))


def test_the_committed_stacks_have_enough(staging: Graph, production: Graph) -> None:
    for stack in (staging, production):
        assert list(findings(only(stack))) == []
