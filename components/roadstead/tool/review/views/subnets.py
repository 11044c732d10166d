"""Subnets of a VPC, as those know them that are put there by id."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph

SUBNET, NETWORK = "aws:ec2/subnet:Subnet", "roadstead:index:Network"


@dataclass(frozen=True)
class Subnet:
    """One subnet."""

    id: str
    resource: Resource | None = field(compare=False)
    """Nothing where the stack only names it."""
    zone: str | Unread | None = field(compare=False)
    """Its availability zone; nothing where nobody says."""
    block: IPv4Network | Unread | None = field(compare=False)
    """Its addresses; nothing where nobody says, or it has none of IPv4."""

    @property
    def name(self) -> str:
        """What a reader knows it by."""
        return self.resource.name if self.resource else self.id


@once_a_graph
def subnets(graph: Graph) -> dict[str, Subnet]:
    """Every subnet that a stack makes or that its networks name with its zone, by its id."""
    known = {}
    for network in graph.of_type(NETWORK):
        zones = Place.of(network).at("existing", "private_subnet_ids").entries()
        for zone, place in zones.items() if isinstance(zones, dict) else ():
            id_ = place.text()
            if isinstance(id_, str):
                known[id_] = Subnet(id_, None, zone, None)
    for made in graph.of_type(SUBNET):
        place = Place.of(made)
        known[made.id] = Subnet(made.id, made, place.at("availabilityZone").text(), _block(place.at("cidrBlock")))
    return known


def subnets_of(graph: Graph, ids: Place) -> list[Subnet] | Unread:
    """The subnets that something is put in."""
    listed, known = ids.texts(), subnets(graph)
    if isinstance(listed, Unread):
        return listed
    return [known.get(id_, Subnet(id_, None, None, None)) for id_ in listed]


def _block(place: Place) -> IPv4Network | Unread | None:
    text = place.text()
    if text is None or isinstance(text, Unread):
        return text
    try:
        return IPv4Network(text)
    except ValueError:
        return place.malformed("an IPv4 network")
