"""The credentials that a graph has in clear."""

from typing import NamedTuple

from roadstead.credentials import hidden
from roadstead.offline.graph import Graph, Resource
from roadstead.review.views.reading import once_a_graph


class InClear(NamedTuple):
    """What a resource is given and looks like a credential."""

    path: str
    text: str


@once_a_graph
def in_clear(graph: Graph) -> dict[str, tuple[InClear, ...]]:
    """By the URN of the resource that has them in its inputs; none of those that have none."""
    found = {urn: of_resource(made) for urn, made in graph.resources.items()}
    return {urn: those for urn, those in found.items() if those}


def of_resource(made: Resource) -> tuple[InClear, ...]:
    """Those of one resource."""
    found: list[InClear] = []
    hidden(made.inputs, told=lambda path, text: found.append(InClear(path, text)))
    return tuple(dict.fromkeys(found))
