"""Images of containers: where they come from, and which of them were released."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.stacks import APP
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph

REPOSITORY = "aws:ecr/repository:Repository"
_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


class Pinned(NamedTuple):
    """An image that is named by its digest, whatever tag it has beside it."""

    repository: str
    """With its registry: `444455556666.dkr.ecr.eu-west-1.amazonaws.com/payments/api`."""
    digest: str
    """`sha256:…`."""

    @property
    def path(self) -> str:
        """The repository in its registry: the same in every environment."""
        host, _, path = self.repository.partition("/")
        return path if path and ("." in host or ":" in host or host == "localhost") else self.repository

    def is_beside(self, other: "Pinned") -> bool:
        """Whether its repository is the other's, in another registry perhaps, or under a name of its owner's there."""
        return self.path == other.path or self.path.endswith(f"/{other.path}") or other.path.endswith(f"/{self.path}")


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

    @property
    def pinned(self) -> Pinned | None:
        """The same without its tag; nothing where it names no digest."""
        repository, at, digest = self.text.partition("@")
        folder, slash, name = repository.rpartition("/")
        return Pinned(folder + slash + name.partition(":")[0], digest) if at else None

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
