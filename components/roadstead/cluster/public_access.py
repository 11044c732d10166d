"""Which blocks may reach an API server from the internet.

https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, collapse_addresses

from roadstead.core.names import some
from roadstead.core.problems import problem
from roadstead.network.cidrs import cidr_problems

MOST_BLOCKS = 40
"""Quota of EKS: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"""
INTERNET = IPv4Network("0.0.0.0/0")
RESERVED = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
"""Addresses that nobody on the internet has, but for those that are kept for examples, such as ours."""
MOST_IN_PRODUCTION = IPv4Network("0.0.0.0/8").num_addresses
"""Production's endpoint is never open to more than a 256th part of the internet, in however many blocks."""
NAMED = 3


def problems(path: str, blocks: Sequence[str], tier: str) -> list[str]:
    """What is wrong with the blocks, one by one and together."""
    found, networks = [], []
    for block in blocks:
        malformed = cidr_problems(path, block)
        found += malformed
        if not malformed:
            networks.append(IPv4Network(block))
            found += _reserved(path, networks[-1])
    if len(blocks) > MOST_BLOCKS:
        found.append(problem(path, "too many blocks", len(blocks), f"at most {MOST_BLOCKS}, as EKS takes"))
    covered = sum(block.num_addresses for block in collapse_addresses(networks))
    if tier == "production" and covered > MOST_IN_PRODUCTION:
        expected = "blocks of your offices, VPN or CI; leave it out for a private endpoint"
        found.append(problem(path, "production open to the internet", some(list(blocks), NAMED), expected))
    return found


def _reserved(path: str, block: IPv4Network) -> list[str]:
    """The whole internet is taken, though reserved addresses are in it."""
    inside = [str(reserved) for reserved in RESERVED if reserved.overlaps(block)]
    if block == INTERNET or not inside:
        return []
    expected = f"a block without {some(inside, NAMED)}: EKS takes no private or reserved addresses here"
    return [problem(path, "reserved addresses", str(block), expected)]
