"""Sets of IP addresses, written as blocks: what they cover, and not how it is spelled.

https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/ipv6-unicast-address-assignments
say which addresses are the internet's. They were not read for it: a test holds it against what Python's `ipaddress` has of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

Range = tuple[int, int]
"""First and last address."""
VERSIONS: dict[int, type[IPv4Address] | type[IPv6Address]] = {4: IPv4Address, 6: IPv6Address}


@dataclass(frozen=True)
class Blocks:
    """A set of addresses: of each version disjoint ranges in their order, none of which touches the next."""

    v4: tuple[Range, ...] = ()
    v6: tuple[Range, ...] = ()

    @classmethod
    def of(cls, *cidrs: str) -> "Blocks":
        """What blocks cover together. Raises `ValueError` for what is none; bits of a host do not matter, as to AWS."""
        networks = [ip_network(cidr.strip(), strict=False) for cidr in cidrs]
        return cls(
            *(
                _merged((int(each[0]), int(each[-1])) for each in networks if each.version == version)
                for version in VERSIONS
            )
        )

    def __or__(self, other: "Blocks") -> "Blocks":
        return Blocks(_merged([*self.v4, *other.v4]), _merged([*self.v6, *other.v6]))

    def __and__(self, other: "Blocks") -> "Blocks":
        return Blocks(_common(self.v4, other.v4), _common(self.v6, other.v6))

    def __sub__(self, other: "Blocks") -> "Blocks":
        return Blocks(_minus(self.v4, other.v4), _minus(self.v6, other.v6))

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)

    def __len__(self) -> int:
        raise TypeError("use `size`: more than an index can hold")

    @property
    def size(self) -> tuple[int, int]:
        """How many addresses there are in it of each version."""
        return sum(last - first + 1 for first, last in self.v4), sum(last - first + 1 for first, last in self.v6)

    def covers(self, other: "Blocks") -> bool:
        """Whether every address of another set is in this one."""
        return not other - self

    def cidrs(self) -> list[str]:
        """The fewest blocks that are this set."""
        return [
            str(block)
            for version, ranges in zip(VERSIONS.values(), (self.v4, self.v6), strict=True)
            for first, last in ranges
            for block in summarize_address_range(version(first), version(last))
        ]

    def of_the_internet(self) -> Fraction:
        """The part of the internet's addresses that is in it: of the version of which it has more."""
        return max(Fraction(has, of) for has, of in zip((self & INTERNET).size, INTERNET.size, strict=True))


def _merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _minus(ranges: Iterable[Range], others: tuple[Range, ...]) -> tuple[Range, ...]:
    def left() -> Iterator[Range]:
        for start, last in ranges:
            first = start
            for other_first, other_last in others:
                if first <= other_last and other_first <= last:
                    if first < other_first:
                        yield first, other_first - 1
                    first = other_last + 1
            if first <= last:
                yield first, last

    return _merged(left())


def _common(ranges: tuple[Range, ...], others: tuple[Range, ...]) -> tuple[Range, ...]:
    return _minus(ranges, _minus(ranges, others))


NOWHERE = Blocks()
EVERYWHERE = Blocks.of("0.0.0.0/0", "::/0")
INTERNET = Blocks.of("0.0.0.0/0", "2000::/3") - Blocks.of(
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/3", "2001:db8::/32", "3fff::/20"),
)
"""What can be routed to: without private, shared, documentation and multicast addresses."""
