from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graphs import changed, component, graph, node_group, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Resource, Secret, Unknown, made_up_name
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.updates import findings

IGNORED = ("scalingConfig.desiredSize",)


def group(least: int, most: int, desired: object, *, ignored: bool = True) -> Resource:
    made = changed(node_group(), scalingConfig={"minSize": least, "maxSize": most, "desiredSize": desired})
    return replace(made, ignore_changes=IGNORED if ignored else ())


def subnet(zone: str) -> Resource:
    return resource("aws:ec2/subnet:Subnet", zone, {"availabilityZone": f"eu-west-1{zone}"}, id=f"subnet-{zone}")


def cluster(*subnets: str) -> Resource:
    return resource("aws:eks/cluster:Cluster", "live", {"name": "live", "vpcConfig": {"subnetIds": list(subnets)}})


A, B, C = (subnet(zone) for zone in "abc")
OTHER_A = resource("aws:ec2/subnet:Subnet", "more", {"availabilityZone": "eu-west-1a"}, id="subnet-more")


def change(base: list[Resource], head: list[Resource]) -> StackDiff:
    return compare("test", graph(*base), graph(*head))


CASES = [
    Case(
        "updates/desired-size",
        change([group(2, 6, 2)], [group(3, 6, 3)]),
        change([group(2, 6, 2)], [group(1, 9, 1)]),
        "general would have at least 3 nodes, and the desired size that it was made with, and which no change of the program alters, is 2",
    ),
    Case(
        "updates/zones",
        change([A, B, cluster(A.id, B.id)], [A, B, C, cluster(A.id, B.id, C.id)]),
        change([A, B, cluster(A.id, B.id)], [A, B, OTHER_A, cluster(OTHER_A.id, B.id)]),
        "The control plane of live would gain eu-west-1c",
    ),
]


def said(diff: StackDiff) -> list[Finding]:
    return only_findings(findings(diff))


def test_a_maximum_below_the_desired_size_is_refused_too() -> None:
    (finding,) = said(change([group(3, 12, 3)], [group(1, 2, 1)]))
    assert "at most 2 nodes" in finding.what
    assert "desiredSize=2" in finding.do


def test_a_desired_size_that_the_program_sends_anew_follows_its_bounds() -> None:
    assert said(change([group(2, 6, 2, ignored=False)], [group(3, 6, 3, ignored=False)])) == []
    (finding,) = said(change([group(2, 6, 2, ignored=False)], [group(3, 6, 2, ignored=False)]))
    assert "the desired size that it is given is 2" in finding.what


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_a_desired_size_is_refused_if_and_only_if_it_is_outside(
    least: int, most: int, desired: int, ignored: bool
) -> None:
    there = said(change([group(0, 10, desired, ignored=ignored)], [group(least, most, desired, ignored=ignored)]))
    assert bool(there) is (not least <= desired <= most)


def test_a_zone_that_is_given_up_is_refused_as_one_that_is_added() -> None:
    (finding,) = said(change([A, B, C, cluster(A.id, B.id, C.id)], [A, B, C, cluster(A.id, B.id)]))
    assert "would lose eu-west-1c" in finding.what


def test_subnets_of_nobody_knows_which_zone_are_for_somebody_to_look_at() -> None:
    (finding,) = said(change([cluster("subnet-1", "subnet-2")], [cluster("subnet-1", "subnet-3")]))
    assert finding.severity is Severity.WARNING


def test_a_network_that_is_there_already_says_in_which_zones_its_subnets_are() -> None:
    ids = {"eu-west-1a": "subnet-1", "eu-west-1b": "subnet-2"}
    network = component("Network", "test", existing={"private_subnet_ids": ids})
    moved = component("Network", "test", existing={"private_subnet_ids": {**ids, "eu-west-1b": "subnet-3"}})
    base, head = cluster("subnet-1", "subnet-2"), cluster("subnet-1", "subnet-3")
    assert said(change([network, base], [moved, head])) == []


def test_of_a_vpc_that_is_made_anew_blast_radius_speaks() -> None:
    vpc = resource("aws:ec2/vpc:Vpc", "main", {"cidrBlock": "10.0.0.0/16"}, id="")
    vpc = replace(vpc, id=f"vpc-{made_up_name('main', vpc.urn)}")
    of_it = {
        **A.inputs,
        "vpcId": vpc.id,
    }
    inside = replace(A, inputs=of_it, dependencies=(vpc.urn,), id=f"subnet-{made_up_name('a', A.urn)}")
    there = replace(cluster(inside.id), dependencies=(inside.urn,))
    elsewhere = replace(inside, inputs={**of_it, "availabilityZone": "eu-west-1b"})
    assert said(change([vpc, inside, there], [changed(vpc, cidrBlock="10.9.0.0/16"), elsewhere, there])) == []


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1), "x"], ids=["unknown", "secret", "malformed"])
def test_what_cannot_be_read_is_undecided(hidden: object) -> None:
    changes = {
        "updates/desired-size": change([group(2, 6, hidden)], [group(3, 6, hidden)]),
        "updates/zones": change([A, cluster(A.id)], [changed(cluster(A.id), vpcConfig={"subnetIds": hidden})]),
    }
    for rule, diff in changes.items():
        assert {each.rules for each in findings(diff) if isinstance(each, Undecided)} == {(rule,)}
