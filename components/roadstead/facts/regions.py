"""Which regions AWS has, in which partition each lies, and which zones it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from roadstead.facts import files

DATA = "regions.json"
SUPPORTED_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
"""Nobody has looked at what differs in the others: names of services in trust policies, add-ons, prices."""


@dataclass(frozen=True)
class Region:
    """One region."""

    partition: str
    """What stands after `arn:` in the ARNs of its resources."""
    zones: str
    """The letters of its availability zones; empty where nobody wrote them down."""


@cache
def regions() -> Mapping[str, Region]:
    """Every region, by name."""
    return {name: Region(**facts) for name, facts in files.read(DATA)["regions"].items()}
