"""What runs in a cluster under which name, with which labels and images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from roadstead.offline.graph import Graph, Resource
from roadstead.report import folder
from roadstead.review.views.reading import Place, Unread, once_a_graph
from roadstead.review.views.workload import ENDING, POD, SERVING

DEFAULT_NAMESPACE = "default"


class Image(NamedTuple):
    """An image that is named by its digest."""

    repository: str
    """With its registry: `444455556666.dkr.ecr.eu-west-1.amazonaws.com/payments/api`."""
    digest: str
    """`sha256:…`."""

    @property
    def path(self) -> str:
        """The repository in its registry: the same in every environment."""
        host, _, path = self.repository.partition("/")
        return path if path and ("." in host or ":" in host or host == "localhost") else self.repository

    def is_beside(self, other: "Image") -> bool:
        """Whether its repository is the other's, in another registry perhaps, or under a name of its owner's there."""
        return self.path == other.path or self.path.endswith(f"/{other.path}") or other.path.endswith(f"/{self.path}")


@dataclass(frozen=True)
class Running:
    """Pods that are alike: a Deployment, a Job and so on."""

    resource: Resource
    kind: str
    namespace: str | Unread
    name: str | Unread
    labels: dict[str, str] | Unread
    """Of its pods."""
    images: tuple[Image | Unread, ...]
    """Of its containers; those without a digest are left out."""

    def __str__(self) -> str:
        return self.resource.name if self.key is None else "/".join(self.key)

    @property
    def key(self) -> tuple[str, str] | None:
        """Namespace and name; nothing where one of them cannot be read."""
        if isinstance(self.namespace, Unread) or isinstance(self.name, Unread):
            return None
        return self.namespace, self.name


@once_a_graph
def running(graph: Graph) -> tuple[Running, ...]:
    """Everything that the program itself runs."""
    return tuple(_running(place) for place in objects(graph, *SERVING, *ENDING))


def objects(graph: Graph, *kinds: str) -> Iterator[Place]:
    """All inputs of the Kubernetes objects of these kinds."""
    return (Place.of(made) for made in folder.objects(graph) if made.inputs["kind"] in kinds)


def namespace_of(place: Place) -> str | Unread:
    """The namespace that an object is in."""
    named = place.at("metadata", "namespace").text()
    return named if isinstance(named, Unread) else named or DEFAULT_NAMESPACE


def name_of(place: Place) -> str | Unread:
    """The name of an object; the one that Pulumi makes up where its program gives it none."""
    given = place.at("metadata", "name").text()
    if given is not None:
        return given
    made_up = Place.answered(place.resource).at("metadata", "name").text()
    return made_up if isinstance(made_up, str) else place.resource.name


def names(graph: Graph, kind: str) -> set[str]:
    """The names of all objects of a kind, as far as they can be read."""
    return {name for place in objects(graph, kind) if isinstance(name := name_of(place), str)}


def _running(place: Place) -> Running:
    kind = str(place.value["kind"])
    at = {POD: (), "CronJob": ("spec", "jobTemplate", "spec", "template")}.get(kind, ("spec", "template"))
    template = place.at(*at)
    return Running(
        place.resource,
        kind,
        namespace_of(place),
        name_of(place),
        template.at("metadata", "labels").labels(),
        tuple(_images(template.at("spec"))),
    )


def _images(pod: Place) -> Iterator[Image | Unread]:
    for kind in ("initContainers", "containers"):
        containers = pod.at(kind).items()
        if isinstance(containers, Unread):
            yield containers
            continue
        for container in containers:
            text = container.at("image").text()
            if isinstance(text, Unread):
                yield text
            elif text and "@" in text:
                repository, _, digest = text.partition("@")
                yield Image(_without_tag(repository), digest)


def _without_tag(repository: str) -> str:
    folder_, slash, name = repository.rpartition("/")
    return folder_ + slash + name.partition(":")[0]
