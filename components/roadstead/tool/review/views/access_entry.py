"""EKS access entries and the access policies that are associated with them.

https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.principal import ROLE, USER
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.reference import text_of

ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"


@dataclass(frozen=True)
class AccessEntry:
    """Whom the API server lets in, and in which groups."""

    resource: Resource
    principal: str | Unread
    """Its ARN; while that is not known the URN of the role that it comes from."""
    user: str | Unread | None
    groups: list[str] | Unread


@dataclass(frozen=True)
class Association:
    """What a principal with an entry may do by one of EKS's own policies."""

    resource: Resource
    principal: str | Unread
    policy: str | Unread
    """Name of the policy, such as `AmazonEKSViewPolicy`."""
    namespaces: list[str] | Unread | None
    """Patterns of namespaces; nothing for the whole cluster."""

    @property
    def unread(self) -> list[Unread]:
        """What of it cannot be read."""
        return [value for value in (self.principal, self.policy, self.namespaces) if isinstance(value, Unread)]


@once_a_graph
def entries(graph: Graph) -> list[AccessEntry]:
    """The access entries of a graph."""
    return [
        AccessEntry(
            made,
            _principal(graph, made),
            Place.of(made).at("userName").text(),
            Place.of(made).at("kubernetesGroups").texts(),
        )
        for made in graph.of_type(ENTRY)
    ]


@once_a_graph
def associations(graph: Graph) -> list[Association]:
    """The associations of a graph."""
    return [
        Association(
            made, _principal(graph, made), _policy(Place.of(made)), _namespaces(Place.of(made).at("accessScope"))
        )
        for made in graph.of_type(ASSOCIATION)
    ]


def _principal(graph: Graph, made: Resource) -> str | Unread:
    """The principal of an entry; of an association also that of the entry that it takes it from."""
    place = Place.of(made).at("principalArn")
    arn = text_of(place, graph, ROLE, USER, ENTRY)
    for entry in graph.of_type(ENTRY):
        if made.type == ASSOCIATION and arn == entry.urn:
            return _principal(graph, entry)
    return place.malformed("an ARN") if arn is None else arn


def _policy(association: Place) -> str | Unread:
    arn = association.at("policyArn").required_text()
    return arn if isinstance(arn, Unread) else arn.rpartition("/")[2]


def _namespaces(scope: Place) -> list[str] | Unread | None:
    type_ = scope.at("type").text()
    if isinstance(type_, Unread):
        return type_
    return scope.at("namespaces").texts() if type_ == "namespace" else None
