"""Images of containers: where they come from, and which of them were released."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from roadstead.offline.graph import Graph
from roadstead.review.stacks import APP
from roadstead.review.views.reading import Place, Unread, once_a_graph

REPOSITORY = "aws:ecr/repository:Repository"
_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


@dataclass(frozen=True)
class Image:
    """What an image is written as."""

    text: str

    @property
    def host(self) -> str:
        """The host of its registry; Docker Hub's where it names none."""
        host, slash, _ = self.text.partition("/")
        return host if slash and ("." in host or ":" in host) else "docker.io"

    @property
    def digest(self) -> str | None:
        """The digest that it is pinned by."""
        match = _DIGEST.search(self.text)
        return match.group(1) if match else None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Known:
    """Texts of a kind, and the first of them that cannot be read."""

    texts: frozenset[str]
    unread: Unread | None

    @classmethod
    def of(cls, values: "Iterable[str | Unread | None]") -> "Known":
        """Some texts, those left out that are absent."""
        listed = list(values)
        unread = next((value for value in listed if isinstance(value, Unread)), None)
        return cls(frozenset(value for value in listed if isinstance(value, str)), unread)

    def has(self, text: str) -> bool | Unread | None:
        """Whether one of them is this; nothing where there are none."""
        return text in self.texts or self.unread or (False if self.texts else None)


@once_a_graph
def registries(graph: Graph) -> Known:
    """The hosts that images may come from: the stack's own ECR, or where it has none, the one that its apps are given."""
    own = [Place.answered(made).at("repositoryUrl").text() for made in graph.of_type(REPOSITORY)]
    given = [Place.of(app).at("image").text() for app in graph.of_type(APP)]
    return Known.of(url.partition("/")[0] if isinstance(url, str) else url for url in own or given)


@once_a_graph
def released(graph: Graph) -> Known:
    """The digests that infra/releases names: an app gets its digest from there."""
    return Known.of(Place.of(app).at("digest").text() for app in graph.of_type(APP))
