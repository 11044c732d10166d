"""Namespaces, and whose they are."""

from roadstead.offline.graph import Graph
from roadstead.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.review.views.lookup import Lookup
from roadstead.review.views.reading import Unread, once_a_graph
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL


@once_a_graph
def owners(graph: Graph) -> Lookup[str | Unread]:
    """The team of each namespace by its name; nothing for one that is no team's."""
    return Lookup.of((made.name, _owner(made)) for made in objects_of(graph, "Namespace"))


def _owner(made: KubernetesObject) -> str | Unread:
    team = made.place.at("metadata", "labels", TEAM_LABEL).text()
    return "" if team is None else team
