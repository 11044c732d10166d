"""What makes pods, and in which namespace."""

from collections.abc import Iterator
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.kubernetes_object import full_name, objects_of
from roadstead.tool.review.views.pod_template import TEMPLATES, pod_template
from roadstead.tool.review.views.reading import Place, Unread


@dataclass(frozen=True)
class Template:
    """The pods that one object makes."""

    resource: Resource
    name: str | Unread
    namespace: str | Unread
    spec: Place
    annotations: Place

    def __str__(self) -> str:
        return full_name(self.namespace, self.name, self.resource)


def templates(graph: Graph) -> Iterator[Template]:
    """Everything of Kubernetes' own kinds that makes pods."""
    for made in objects_of(graph, *TEMPLATES):
        pod = pod_template(made)
        yield Template(made.resource, made.name, made.namespace, pod.at("spec"), pod.at("metadata", "annotations"))
