from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.network.cidrs import NO_VPC, subnet_problems, subnets, vpc_problems

ZONES = ["a", "b", "c"]


@st.composite
def vpcs(draw: st.DrawFn) -> str:
    prefix = draw(st.integers(16, 23))
    addresses = st.integers(0, 2**prefix - 1).map(lambda number: IPv4Network((number << (32 - prefix), prefix)))
    return str(draw(addresses.filter(lambda block: not any(block.overlaps(other) for other in NO_VPC))))


@given(vpcs(), st.integers(2, 3))
def test_subnets_lie_in_the_vpc_and_never_overlap(vpc: str, zones: int) -> None:
    blocks = [IPv4Network(block) for both in subnets(vpc, ZONES[:zones]).values() for block in both]
    assert len(blocks) == 2 * zones
    assert all(block.subnet_of(IPv4Network(vpc)) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


@given(vpcs())
def test_a_third_zone_leaves_the_first_two_as_they_are(vpc: str) -> None:
    two, three = subnets(vpc, ZONES[:2]), subnets(vpc, ZONES)
    assert {zone: three[zone] for zone in two} == two


@given(vpcs(), st.integers(2, 3))
def test_the_blocks_that_are_computed_are_blocks_that_one_may_choose(vpc: str, zones: int) -> None:
    chosen = {
        f"{zone}.{kind}": block
        for zone, both in subnets(vpc, ZONES[:zones]).items()
        for kind, block in both._asdict().items()
    }
    assert vpc_problems("cidr", vpc) == []
    assert subnet_problems("subnets", vpc, chosen) == []


@given(vpcs())
def test_a_public_subnet_is_large_enough_for_a_load_balancer(vpc: str) -> None:
    assert all(IPv4Network(both.public).prefixlen <= 27 for both in subnets(vpc, ZONES).values())


def test_pods_get_most_of_the_addresses() -> None:
    assert subnets("10.20.0.0/16", ZONES)["a"] == ("10.20.0.0/18", "10.20.192.0/20")


@given(st.text(max_size=20))
def test_any_text_is_a_block_or_one_problem(text: str) -> None:
    assert len(vpc_problems("cidr", text)) <= 1


@pytest.mark.parametrize(
    ("cidr", "said"),
    [
        ("10.20.0.0/24", "a block of the wrong size"),
        ("10.0.0.0/8", "a block of the wrong size"),
        ("10.20.0.0", "a block of the wrong size"),
        ("10.20.0.1/16", "has host bits set"),
        ("ten", "no IPv4 network"),
        ("fd00::/56", "no IPv4 network (IPv6 is not supported)"),
        ("10.20.0.0/255.255.0.0", "not written as address and length; got '10.20.0.0/255.255.0.0'"),
        ("10.20.0.0/016", "not written as address and length"),
        ("10.20.0.0/16 ", "not written as address and length"),
        ("010.20.0.0/16", "no IPv4 network"),
    ],
)
def test_a_block_that_cannot_be_a_vpcs_is_refused(cidr: str, said: str) -> None:
    (problem,) = vpc_problems("cidr", cidr)
    assert problem.startswith("cidr: ")
    assert said in problem
    assert "expected an IPv4 network of /16 to /23, e.g. '10.20.0.0/16'" in problem


@pytest.mark.parametrize("cidr", ["10.20.7.1/16", "10.20.0.0/255.255.0.0", " 10.20.0.0/16", "10.20.0.0/016"])
def test_whoever_follows_the_advice_has_a_block(cidr: str) -> None:
    (problem,) = vpc_problems("cidr", cidr)
    assert vpc_problems("cidr", problem.rpartition(": write ")[2]) == []


@pytest.mark.parametrize("cidr", ["0.0.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "255.255.0.0/16"])
def test_a_vpc_has_no_addresses_that_aws_keeps(cidr: str) -> None:
    (problem,) = vpc_problems("cidr", cidr)
    assert problem.startswith("cidr: addresses that no VPC may have; got")


def test_chosen_blocks_outside_the_vpc_or_over_each_other_are_all_reported() -> None:
    found = subnet_problems(
        "subnets",
        "10.20.0.0/16",
        {"a.private": "10.20.0.0/18", "a.public": "10.20.32.0/20", "b.private": "10.21.0.0/18", "b.public": "no"},
    )
    assert found == [
        "subnets.b.private: outside the VPC; got '10.21.0.0/18'; expected a part of 10.20.0.0/16",
        "subnets.b.public: no IPv4 network; got 'no'; expected an IPv4 network of /16 to /28",
        "subnets.a.public: overlaps a.private; got '10.20.32.0/20'; expected a block apart from 10.20.0.0/18",
    ]
