"""Subnets of a VPC as arithmetic: no Pulumi, no AWS.

A VPC's block is cut into quarters. Each zone has one quarter as its private subnet, because pods take their addresses
there; the last quarter is cut into quarters again, one public subnet a zone, enough for load balancers and NAT. A zone's
subnets do not depend on how many zones there are: a third can be added without touching the first two.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network
from itertools import combinations
from typing import NamedTuple

from roadstead.core.problems import problem

LARGEST_VPC, SMALLEST_VPC = 16, 23
"""AWS allows /16 to /28; below /23 a public subnet would be smaller than the /27 that a load balancer needs."""
NO_VPC = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")))
"""https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""
LARGEST_SUBNET, SMALLEST_SUBNET = 16, 28


class Subnets(NamedTuple):
    """The blocks of one zone."""

    private: str
    public: str


def subnets(cidr: str, zones: list[str]) -> dict[str, Subnets]:
    """The blocks of each zone, for at most three zones."""
    *private, shared = IPv4Network(cidr).subnets(prefixlen_diff=2)
    public = shared.subnets(prefixlen_diff=2)
    return {zone: Subnets(str(a), str(b)) for zone, a, b in zip(zones, private, public, strict=False)}


def vpc_problems(path: str, cidr: str) -> list[str]:
    """Whether a VPC can have this block and our subnets in it."""
    expected = f"an IPv4 network of /{LARGEST_VPC} to /{SMALLEST_VPC}, e.g. '10.20.0.0/16'"
    malformed = _size_problems(path, cidr, LARGEST_VPC, SMALLEST_VPC, expected)
    if malformed or not any(IPv4Network(cidr).overlaps(block) for block in NO_VPC):
        return malformed
    return [problem(path, "addresses that no VPC may have", cidr, f"a block apart from {', '.join(map(str, NO_VPC))}")]


def cidr_problems(path: str, cidr: str) -> list[str]:
    """Whether this is an IPv4 network at all."""
    return _size_problems(path, cidr, 0, 32, "an IPv4 network, e.g. '203.0.113.0/24'")


def subnet_problems(path: str, vpc: str, blocks: dict[str, str]) -> list[str]:
    """Whether subnets that somebody chose are blocks of the VPC that do not overlap. Keys of `blocks` are sub-paths."""
    expected = f"an IPv4 network of /{LARGEST_SUBNET} to /{SMALLEST_SUBNET}"
    found = []
    networks = {}
    for key, block in blocks.items():
        here = f"{path}.{key}"
        malformed = _size_problems(here, block, LARGEST_SUBNET, SMALLEST_SUBNET, expected)
        found += malformed
        if malformed:
            continue
        networks[key] = IPv4Network(block)
        if not networks[key].subnet_of(IPv4Network(vpc)):
            found.append(problem(here, "outside the VPC", block, f"a part of {vpc}"))
    for one, other in combinations(networks, 2):
        if networks[one].overlaps(networks[other]):
            found.append(
                problem(f"{path}.{other}", f"overlaps {one}", blocks[other], f"a block apart from {blocks[one]}")
            )
    return found


def overlap_problems(path: str, cidr: str, other: str, what: str) -> list[str]:
    """Whether a well-formed block collides with another one that it must be told apart from."""
    if not IPv4Network(cidr).overlaps(IPv4Network(other)):
        return []
    return [problem(path, f"overlaps {what}", cidr, f"a block apart from {other}")]


def _size_problems(path: str, cidr: str, largest: int, smallest: int, expected: str) -> list[str]:
    network = _network(cidr)
    if network is None:
        what = "no IPv4 network (IPv6 is not supported)" if ":" in cidr else "no IPv4 network"
        return [problem(path, what, cidr, expected)]
    if not largest <= network.prefixlen <= smallest:
        return [problem(path, "a block of the wrong size", cidr, expected)]
    if cidr != str(network):
        starts = cidr.strip().startswith(str(network.network_address))
        what = "not written as address and length" if starts else "has host bits set"
        return [problem(path, what, cidr, f"{expected}: write {network}")]
    return []


def _network(cidr: str) -> IPv4Network | None:
    """The network that somebody means who writes an address alone, an address within it, a mask or spaces."""
    address, slash, mask = (part.strip() for part in cidr.partition("/"))
    try:
        return IPv4Network(f"{IPv4Address(address)}/{mask if slash else 32}", strict=False)
    except (AddressValueError, ValueError):
        return None
