"""The Kubernetes objects of a graph, by kind, each with where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.report import folder
from roadstead.tool.report.tree import kind as of_type
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph

DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True)
class KubernetesObject:
    """An object that the program itself makes."""

    resource: Resource

    @cached_property
    def place(self) -> Place:
        """All of it."""
        return Place.of(self.resource)

    @cached_property
    def kind(self) -> str:
        """As it says itself; where that cannot be read, as Pulumi knows it."""
        said = self.place.at("kind").text()
        return said if isinstance(said, str) else of_type(self.resource.type)

    @cached_property
    def api_version(self) -> str | Unread:
        """As in `apps/v1`."""
        return self.place.at("apiVersion").required_text()

    @cached_property
    def name(self) -> str | Unread:
        """Its own; the one that Pulumi makes up where its program gives it none."""
        said = self.place.at("metadata", "name").text()
        if said is not None and said != "":
            return said
        made_up = Place(self.resource, "", self.resource.computed).at("metadata", "name").text()
        return self.resource.name if made_up is None else made_up

    @cached_property
    def namespace(self) -> str | Unread:
        """Where it is."""
        said = self.place.at("metadata", "namespace").text()
        return DEFAULT_NAMESPACE if said is None else said

    def __str__(self) -> str:
        return full_name(self.namespace, self.name, self.resource)


def full_name(namespace: str | Unread, name: str | Unread, resource: Resource) -> str:
    """`namespace/name`; what Pulumi calls it where either cannot be read."""
    return f"{namespace}/{name}" if isinstance(namespace, str) and isinstance(name, str) else resource.name


@once_a_graph
def every_object(graph: Graph) -> tuple[KubernetesObject, ...]:
    """All objects, in the order in which they can be applied."""
    return tuple(KubernetesObject(resource) for resource in folder.objects(graph))


@once_a_graph
def _own(graph: Graph) -> tuple[KubernetesObject, ...]:
    return tuple(made for made in every_object(graph) if _is_kubernetes_own(made))


@once_a_graph
def _by_kind(graph: Graph) -> dict[str, list[KubernetesObject]]:
    found: dict[str, list[KubernetesObject]] = {}
    for made in _own(graph):
        found.setdefault(made.kind, []).append(made)
    return found


def objects_of(graph: Graph, *kinds: str) -> Iterable[KubernetesObject]:
    """The objects of some of Kubernetes' own kinds: others' kinds may have the same name."""
    if len(kinds) == 1:
        return _by_kind(graph).get(kinds[0], ())
    return (made for made in _own(graph) if made.kind in kinds)


def _is_kubernetes_own(made: KubernetesObject) -> bool:
    """Whether its API group is Kubernetes' own: those of others have a domain of their own.

    https://kubernetes.io/docs/reference/using-api/#api-groups
    """
    said = made.api_version
    group = (said if isinstance(said, str) else "").rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")
