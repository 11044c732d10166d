"""How many addresses nodes and pods take from a subnet. Numbers, no findings.

A node takes all addresses of its first interface when it comes, for pods that may follow; with prefix delegation one address
and a block of 16. https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html
"""

from ipaddress import IPv4Network
from math import ceil
from typing import NamedTuple

PREFIX = 16
"""Addresses in a block of prefix delegation, a /28: https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html"""
RESERVED_FIRST, RESERVED_LAST = 4, 1
"""What AWS keeps of every subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""
CONTROL_PLANE = 6
"""What EKS asks for in each of its subnets: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"""
SURGE_A_ZONE = 2
"""Nodes that an update of a group starts beside the others: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html"""


class Taken(NamedTuple):
    """What is taken of a subnet."""

    addresses: int
    prefixes: int = 0
    """Whole blocks of 16, beside the addresses."""

    def plus(self, other: "Taken") -> "Taken":
        """Both together."""
        return Taken(self.addresses + other.addresses, self.prefixes + other.prefixes)

    def times(self, number: int) -> "Taken":
        """So many of it."""
        return Taken(self.addresses * number, self.prefixes * number)

    @property
    def together(self) -> int:
        """In addresses."""
        return self.addresses + self.prefixes * PREFIX


class Room(NamedTuple):
    """What a subnet has to give."""

    addresses: int
    whole_prefixes: int
    """Blocks of 16 in which AWS keeps nothing."""

    def fits(self, taken: Taken) -> bool:
        """Whether there is enough. Single addresses break blocks, those first in which AWS keeps some anyway."""
        if not taken.prefixes:
            return taken.addresses <= self.addresses
        beside = self.addresses - self.whole_prefixes * PREFIX
        broken = ceil(max(0, taken.addresses - beside) / PREFIX)
        return taken.together <= self.addresses and taken.prefixes + broken <= self.whole_prefixes


def room(block: IPv4Network) -> Room:
    """What a subnet of this block has to give."""
    whole = max(0, block.num_addresses // PREFIX - 2)
    return Room(max(0, block.num_addresses - RESERVED_FIRST - RESERVED_LAST), whole)


def with_pods(nodes: Taken, number: int, pods: int) -> Taken:
    """What so many nodes and pods take together: pods have the nodes' addresses, as far as those go."""
    if nodes.prefixes:
        return Taken(nodes.addresses, max(nodes.prefixes, ceil(pods / PREFIX)))
    return Taken(max(nodes.addresses, number + pods))
