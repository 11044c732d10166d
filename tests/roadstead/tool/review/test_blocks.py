"""Sets of addresses are what they cover: tried on random blocks of a small part of both versions' addresses."""

from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roadstead.tool.review.blocks import EVERYWHERE, INTERNET, NOWHERE, Blocks

V4 = st.tuples(st.integers(0, 31), st.integers(27, 32)).map(lambda it: f"10.0.0.{it[0]}/{it[1]}")
V6 = st.tuples(st.integers(0, 31), st.integers(123, 128)).map(lambda it: f"2001:db9::{it[0]:x}/{it[1]}")
CIDRS = st.lists(V4 | V6, max_size=6)
ADDRESSES = [ip_address(f"10.0.0.{host}") for host in range(32)] + [
    ip_address(f"2001:db9::{host:x}") for host in range(32)
]

OTHERWISE = [ip_network(block) for block in ("192.0.0.0/24", "2001::/23", "3fff::/20")]
"""Of these Python's releases say different things, address by address; nobody's office is in them."""


def within(cidrs: list[str]) -> set[object]:
    """The addresses of blocks, one by one."""
    networks = [ip_network(cidr, strict=False) for cidr in cidrs]
    return {address for address in ADDRESSES if any(address in network for network in networks)}


@given(CIDRS, CIDRS)
def test_joined_common_and_left_over_are_those_of_the_addresses(left: list[str], right: list[str]) -> None:
    one, other = Blocks.of(*left), Blocks.of(*right)
    assert within((one | other).cidrs()) == within(left) | within(right)
    assert within((one & other).cidrs()) == within(left) & within(right)
    assert within((one - other).cidrs()) == within(left) - within(right)
    assert one.covers(other) == (within(left) >= within(right))
    assert sum(one.size) == len(within(left))


@given(CIDRS, CIDRS)
def test_two_spellings_of_one_set_are_equal(left: list[str], right: list[str]) -> None:
    one, other = Blocks.of(*left), Blocks.of(*right)
    assert (one == other) == (within(left) == within(right))
    assert Blocks.of(*one.cidrs()) == one
    assert (one - other) | (one & other) == one


@pytest.mark.parametrize(
    ("cidrs", "part"),
    [
        (["0.0.0.0/0"], 1),
        (["0.0.0.0/1", "128.0.0.0/1"], 1),
        ([f"{first}.0.0.0/8" for first in range(224)], 1),
        (["::/1"], 1),  # where all addresses are that anybody has
        (["2000::/4", "3000::/4"], 1),
        (["8000::/1"], 0),
        (["10.0.0.0/8", "203.0.113.0/24", "fd00::/8"], 0),
    ],
)
def test_a_part_of_the_internet_is_a_part_of_its_addresses(cidrs: list[str], part: int) -> None:
    assert Blocks.of(*cidrs).of_the_internet() == part


def test_an_office_is_next_to_nothing_and_half_is_half() -> None:
    assert Blocks.of("8.8.8.0/24").of_the_internet() < Fraction(1, 10_000_000)
    assert Fraction(4, 10) < Blocks.of("0.0.0.0/1").of_the_internet() < Fraction(6, 10)


def test_everything_covers_the_internet_and_nothing_covers_nothing() -> None:
    assert EVERYWHERE.covers(INTERNET)
    assert NOWHERE.covers(NOWHERE)
    assert not NOWHERE.covers(INTERNET)


@given(st.ip_addresses())
def test_the_internet_is_what_python_takes_for_global(address: IPv4Address | IPv6Address) -> None:
    assume(not any(address in block for block in OTHERWISE))
    there = Blocks.of(str(address))
    routed = (
        address.is_global and not address.is_multicast and (address.version == 4 or address in ip_network("2000::/3"))
    )
    assert INTERNET.covers(there) is routed


@pytest.mark.parametrize("cidr", ["", "everywhere", "10.0.0.0/33", "10.0.0/8"])
def test_what_is_no_block_is_refused(cidr: str) -> None:
    with pytest.raises(ValueError, match="IPv4 or IPv6"):
        Blocks.of(cidr)
