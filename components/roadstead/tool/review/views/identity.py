"""What things are in AWS or in a cluster: the values by which the service itself knows them, whatever their URN.

The table `data/identities.json` gives, by type, the inputs that a thing is `known_by`, within which `scope` it is the only one
of its kind, what the service answers to a second one (`refuses`; where it writes over the first, nothing), and of which
other type it is a part (`within`, which is known by the first of the same inputs). Objects of Kubernetes are known by
their kind, namespace and name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_network
from typing import Any

from roadstead.facts import files
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.report.tree import kind
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph

DATA = "identities.json"
ACCOUNT, REGION, WORLD = "account", "region", "world"
CLUSTER = "cluster"
"""The scope of Kubernetes' objects."""
CONTEXT = "context "
"""Begins the name of a cluster that a program knows by the context of a kubeconfig: so other stacks know it too."""
SUBNET = "aws:ec2/subnet:Subnet"
NAMESPACE = "Namespace"
EXISTS = "AlreadyExists"
"""What the API server answers, and since 4.29 the kubernetes provider tells: its creates are no upserts any more."""


Key = tuple[str, tuple[str, ...], tuple[str | Unread, ...]]
"""What is the same for the same thing: its kind, where it is, and what it is known by there."""


@dataclass(frozen=True)
class Known:
    """How a service knows things of one type."""

    known_by: tuple[str, ...]
    scope: str
    words: str
    """With the inputs by their numbers."""
    refuses: str = ""
    within: str = ""
    call: str = ""
    """The call of botocore in whose errors `refuses` stands: for readers and tests."""


@dataclass(frozen=True)
class Identity:
    """A resource as its service knows it."""

    resource: Resource
    kind: str
    """Its type; an API group and a kind."""
    scope: str
    where: tuple[str, ...]
    """The account, region or cluster: texts, empty where the stack does not say it."""
    parts: tuple[str | Unread, ...]
    words: str
    """It, in a sentence."""
    refuses: str
    holder: Key | None
    """Of what it is a part, with which it ends."""

    @property
    def unread(self) -> Unread | None:
        """The first of its values that cannot be read."""
        return next((part for part in self.parts if isinstance(part, Unread)), None)

    @property
    def key(self) -> Key:
        """What is the same for the same thing."""
        return (self.kind, self.where, self.parts)

    @property
    def network(self) -> Key:
        """The same for subnets of one network, whatever their blocks; of everything else its key."""
        return (self.kind, self.where, self.parts[:1]) if self.kind == SUBNET else self.key

    def is_same(self, other: "Identity") -> bool:
        """Whether both are one thing, or blocks with the same addresses in one network."""
        if self.unread or other.unread or self.network != other.network:
            return False
        return self.key == other.key or overlap(str(self.parts[1]), str(other.parts[1]))


@once_a_graph
def identities(graph: Graph) -> list[Identity]:
    """Everything that the stack makes and that a service knows by a name that the program gives it."""
    made = (_identity(graph, resource) for resource in graph.resources.values() if not resource.external)
    return [identity for identity in made if identity is not None]


def overlap(one: str, other: str) -> bool:
    """Whether two blocks of addresses have some in common; what is no block has none."""
    try:
        return ip_network(one).overlaps(ip_network(other))
    except (TypeError, ValueError):
        return False


def place_of(graph: Graph, resource: Resource) -> tuple[str, str]:
    """The account and the region of something in AWS; no text for what is not said."""
    provider = graph.resources.get(resource.provider or "")
    given = Place.of(provider) if provider else None
    accounts = given.at("allowedAccountIds").document().texts() if given else []
    account = accounts[0] if isinstance(accounts, list) and len(accounts) == 1 else ""
    own = Place.of(resource).at("region").text()
    region = own or (given.at("region").text() if given else None)
    return account, region if isinstance(region, str) else ""


def _identity(graph: Graph, resource: Resource) -> Identity | None:
    if resource.type.startswith("kubernetes:"):
        return _of_object(graph, resource)
    known = _table().get(resource.type)
    if known is None:
        return None
    inputs = [Place.of(resource).at(name) for name in known.known_by]
    if any(place.is_absent for place in inputs):
        return None  # Pulumi makes up a name that nobody else has.
    parts = tuple(place.required_text() for place in inputs)
    account, region = place_of(graph, resource)
    where = {WORLD: (), ACCOUNT: (account,), REGION: (account, region)}
    words = known.words.format(*(part if isinstance(part, str) else "(not known yet)" for part in parts))
    above = _table().get(known.within)
    holder = (known.within, where[above.scope], parts[: len(above.known_by)]) if above else None
    return Identity(resource, resource.type, known.scope, where[known.scope], parts, words, known.refuses, holder)


def _of_object(graph: Graph, resource: Resource) -> Identity | None:
    """An object, unless its name is left to Pulumi, or it only adds to one that others made."""
    inputs = Place.of(resource)
    of_kind, version, name = inputs.at("kind"), inputs.at("apiVersion"), inputs.at("metadata", "name")
    if of_kind.is_absent or version.is_absent or name.is_absent or resource.type.endswith("Patch"):
        return None
    namespace = inputs.at("metadata", "namespace")
    within = "" if namespace.is_absent else namespace.required_text()
    said_kind, said_version = of_kind.required_text(), version.required_text()
    group = said_version.rpartition("/")[0] if isinstance(said_version, str) else resource.type
    parts = (within, name.required_text())
    words = f"{kind(resource.type)} {'/'.join(str(part) for part in parts if part and not isinstance(part, Unread))}"
    where = (_cluster(graph, resource),)
    holder = (f"/{NAMESPACE}", where, ("", within)) if within else None
    return Identity(resource, f"{group}/{said_kind}", CLUSTER, where, parts, words, EXISTS, holder)


def _cluster(graph: Graph, resource: Resource) -> str:
    """What tells the cluster of an object from others."""
    provider = graph.resources.get(resource.provider or "")
    if provider is None:
        return ""
    context, identifier = (Place.of(provider).at(name).text() for name in ("context", "clusterIdentifier"))
    if isinstance(context, str):
        return CONTEXT + context
    return identifier if isinstance(identifier, str) else provider.urn


@cache
def _table() -> Mapping[str, Known]:
    return dict(_rows())


def _rows() -> Iterator[tuple[str, Known]]:
    types: dict[str, dict[str, Any]] = files.read(DATA)["types"]
    for type_, row in types.items():
        yield type_, Known(**{**row, "known_by": tuple(row["known_by"])})
