"""What AWS asks for things that cost money for as long as they are there."""

from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from roadstead.facts import files

DATA = "prices.json"
ANY_REGION = "any"
"""Where prices stand that AWS says are the same in all regions; a region's own price comes first."""


class Kind(StrEnum):
    """The parts of the table for one region."""

    ON_DEMAND = "on_demand"
    """Linux on shared hardware, by instance type, in USD an hour."""
    SPOT = "spot"
    """Linux, by instance type, in USD an hour: the mean over the region's zones."""
    FLAT = "flat"
    """Everything else, by the names in `UNITS`."""


UNITS = {
    "eks_cluster": "hour",
    "eks_extended_support": "hour",
    "nat_gateway": "hour",
    "interface_endpoint": "hour",
    "application_load_balancer": "hour",
    "network_load_balancer": "hour",
    "classic_load_balancer": "hour",
    "public_ipv4": "hour",
    "ebs_gp2": "GiB and month",
    "ebs_gp3": "GiB and month",
    "ebs_gp3_iops": "IOPS and month",
    "ebs_gp3_throughput": "MiB/s and month",
    "ebs_io1": "GiB and month",
    "ebs_io1_iops": "IOPS and month",
    "ebs_io2": "GiB and month",
    "ebs_io2_iops": "IOPS and month",
    "ebs_sc1": "GiB and month",
    "ebs_st1": "GiB and month",
    "ebs_standard": "GiB and month",
    "hosted_zone": "month",
    "kms_key": "month",
    "secret": "month",
}
"""What each flat price is for. An interface endpoint has one for each of its zones; extended support comes on top."""


class Price(NamedTuple):
    """One price, and where it comes from."""

    usd: Fraction
    source: str
    """A name in the table's `sources`."""
    date: str
    """Of the source, YYYY-MM-DD."""


def price(region: str, kind: Kind, name: str) -> Price | None:
    """The price of something, or nothing where nobody has found it: it is never guessed."""
    table = _table()
    return table.get((region, kind, name)) or table.get((ANY_REGION, kind, name))


@cache
def _table() -> dict[tuple[str, str, str], Price]:
    return {
        (region, kind, name): Price(Fraction(str(row["usd"])), row["source"], row["date"])
        for region, kinds in files.read(DATA)["prices"].items()
        for kind, rows in kinds.items()
        for name, row in rows.items()
    }
