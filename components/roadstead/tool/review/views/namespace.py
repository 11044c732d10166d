"""Namespaces, and whose they are."""

from collections.abc import Mapping

from roadstead.tenancy.team_namespace_spec import TEAM_LABEL
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.lookup import Lookup
from roadstead.tool.review.views.reading import Unread, once_a_graph

NAME_LABEL = "kubernetes.io/metadata.name"
"""Every namespace has it, with its name. https://kubernetes.io/docs/reference/labels-annotations-taints/"""


@once_a_graph
def owners(graph: Graph) -> Lookup[str | Unread]:
    """The team of each namespace by its name; nothing for one that is no team's."""
    return Lookup.of((made.name, _owner(made)) for made in objects_of(graph, "Namespace"))


@once_a_graph
def namespaces(graph: Graph) -> dict[str, Mapping[str, str]]:
    """The labels of namespaces by name, as far as they can be read."""
    found = dict[str, Mapping[str, str]]()
    for made in objects_of(graph, "Namespace"):
        labels = made.place.at("metadata", "labels").labels()
        if isinstance(made.name, str):
            found[made.name] = {**({} if isinstance(labels, Unread) else labels), NAME_LABEL: made.name}
    return found


@once_a_graph
def teams(graph: Graph) -> dict[str, str]:
    """The namespaces whose names can be read, with the team of each; nothing for the cluster's own."""
    return {name: team if isinstance(team, str) else "" for name, team in owners(graph).named.items()}


def _owner(made: KubernetesObject) -> str | Unread:
    team = made.place.at("metadata", "labels", TEAM_LABEL).text()
    return "" if team is None else team
