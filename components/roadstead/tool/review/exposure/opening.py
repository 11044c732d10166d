"""Something that can be reached from outside and could not before."""

from typing import NamedTuple

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.finding import Severity


class Opening(NamedTuple):
    """Something that the internet or another network can reach."""

    resource: Resource
    what: str
    severity: Severity = Severity.WARNING
    keys: tuple[str, ...] = ()
