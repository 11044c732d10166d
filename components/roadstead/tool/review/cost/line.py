"""One thing that costs money for as long as it is there, and how it is priced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from roadstead.facts.prices import UNITS, Kind, Price, price
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.report.tree import kind
from roadstead.tool.review.cost.running import Running
from roadstead.tool.review.given import mapping, text
from roadstead.tool.review.stacks import team_of
from roadstead.tool.review.views.namespace import teams
from roadstead.tool.review.views.reading import Place, Unread

HOURS_A_MONTH = 730
"""As AWS reckons."""
NOTHING_USD = Fraction(0)
AWS = "pulumi:providers:aws"
VOLUMES, BALANCERS, ADDRESSES = "volumes", "load balancers", "public IPv4 addresses"
"""Kinds of lines that several things make."""


class Line(NamedTuple):
    """So many of one thing, for a month."""

    resource: Resource
    kind: str
    what: str
    team: str
    prices: tuple[Price, ...]
    """What it is priced with; of spot nodes every type's."""
    unit_usd: Fraction
    """Of one for a month; nothing where something lacks."""
    least: int = 1
    most: int = 1
    lacks: tuple[str, ...] = ()
    """What no price or no size is known for: it then counts as nothing, and that is said."""
    note: str = ""
    """A sentence that a reader of the bill must know."""

    def numbered(self, least: int | None, most: int | None, what: str) -> "Line":
        """So many of it, where that is known."""
        if least is None or most is None:
            return self.without(f"how many there are of {what}")
        return self._replace(least=least, most=most)

    def times(self, number: Fraction | None, what: str) -> "Line":
        """So many GiB, IOPS or MiB/s of it, where that is known."""
        return self.without(what) if number is None else self._replace(unit_usd=self.unit_usd * number)

    def without(self, what: str) -> "Line":
        """It cannot be reckoned, because that is not known."""
        return self._replace(unit_usd=NOTHING_USD, lacks=(*self.lacks, what))

    def saying(self, note: str) -> "Line":
        """The same with something that must be known about it."""
        return self._replace(note=note)


def depending(lines: Iterable[Line], *values: object) -> Iterator[Line]:
    """Lines that cannot be reckoned where one of the values cannot be read on which they depend."""
    unread = next((value for value in values if isinstance(value, Unread)), None)
    for line in lines:
        yield line.without(f"what depends on {_named(unread)}") if unread else line


def _named(unread: Unread) -> str:
    return f"{unread.path} of {kind(unread.resource.type)} {unread.resource.name} ({unread.why})"


class Stack(NamedTuple):
    """What lines are made from."""

    graph: Graph
    running: Sequence[Running]
    owners: Mapping[str, str]
    """The team of each namespace."""
    region: str
    """Where everything is that does not say its own; nothing where that is not known."""
    today: date
    """Which versions of Kubernetes are in extended support depends on it."""

    @classmethod
    def of(cls, graph: Graph, running: Sequence[Running], today: date) -> "Stack":
        """A stack on a day; its region is that of its AWS providers, where they agree."""
        regions = {text(provider.inputs.get("region")) for provider in graph.of_type(AWS)} - {""}
        return cls(
            graph,
            running,
            {name: team for name, team in teams(graph).items() if team},
            regions.pop() if len(regions) == 1 else "",
            today,
        )

    def region_of(self, resource: Resource) -> str:
        """Its own region, its provider's, or the stack's; nothing where it has one that cannot be read."""
        own = Place.of(resource).at("region").text()
        if isinstance(own, Unread):
            return ""
        provider = self.graph.resources.get(resource.provider or "")
        given = provider.inputs.get("region") if provider and provider.type == AWS else None
        return own or text(given) or self.region

    def line(self, resource: Resource, kind: str, what: str, prices: Kind, names: Sequence[str]) -> Line:
        """One of something, priced with the mean of what these names cost; a namespaced object is its namespace's team's."""
        region = self.region_of(resource)
        found = {name: price(region, prices, name) for name in names}
        known = tuple(one for one in found.values() if one)
        word = " on spot" if prices is Kind.SPOT else ""
        where = region or "a region that is not known"
        lacks = tuple(f"{name.replace('_', ' ')}{word} in {where}" for name in names if not found[name])
        usd = NOTHING_USD if lacks or not known else sum((one.usd for one in known), NOTHING_USD) / len(known)
        hours = HOURS_A_MONTH if prices is not Kind.FLAT or UNITS.get(names[0]) == "hour" else 1
        return Line(resource, kind, what, self.team_of(resource), known, usd * hours, lacks=lacks)

    def unseen(self, resource: Resource) -> Line:
        """What cannot be reckoned, because something of it is only known after creation, or secret."""
        what = f"what {kind(resource.type)} {resource.name} costs, of which not everything can be seen"
        return Line(resource, "other", resource.name, self.team_of(resource), (), NOTHING_USD, lacks=(what,))

    def team_of(self, resource: Resource) -> str:
        """Whose namespace it is in, or whose component it belongs to."""
        namespace = text(mapping(resource.inputs.get("metadata")).get("namespace"))
        return self.owners.get(namespace) or team_of(self.graph, resource)
