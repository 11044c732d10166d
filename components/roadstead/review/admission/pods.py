"""What makes pods, and in which namespace: typed views of a graph's objects."""

from collections.abc import Iterator
from dataclasses import dataclass

from roadstead.offline.graph import Graph, Resource
from roadstead.report import folder
from roadstead.review.views.reading import Place, Unread
from roadstead.review.workloads import name_of

TEMPLATES = {
    "Pod": (),
    **dict.fromkeys(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"], ("spec", "template")),
    "ReplicationController": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""By kind: where the pod stands that it makes."""
OWN_GROUPS = ("apps", "batch", "")


@dataclass(frozen=True)
class Template:
    """The pods that one object makes."""

    resource: Resource
    kind: str
    name: str
    namespace: str | Unread
    spec: Place
    annotations: Place

    def __str__(self) -> str:
        return self.name if isinstance(self.namespace, Unread) else f"{self.namespace}/{self.name}"


def templates(graph: Graph) -> Iterator[Template]:
    """Everything of Kubernetes' own kinds that makes pods."""
    for resource in folder.objects(graph):
        kind, group = str(resource.inputs["kind"]), str(resource.inputs["apiVersion"]).rpartition("/")[0]
        if kind in TEMPLATES and group in OWN_GROUPS:
            pod = Place.of(resource).at(*TEMPLATES[kind])
            namespace = namespace_of(resource)
            yield Template(
                resource, kind, name_of(resource), namespace, pod.at("spec"), pod.at("metadata", "annotations")
            )


def namespace_of(resource: Resource) -> str | Unread:
    """The namespace of an object."""
    named = Place.of(resource).at("metadata", "namespace").text()
    return "default" if named is None else named


def of_kind(graph: Graph, kind: str) -> list[Resource]:
    """Kubernetes' own objects of a kind."""
    return [
        made
        for made in folder.objects(graph)
        if made.inputs["kind"] == kind and str(made.inputs["apiVersion"]).rpartition("/")[0] in OWN_GROUPS
    ]
