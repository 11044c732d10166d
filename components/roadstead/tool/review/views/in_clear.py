"""The credentials that a graph has in clear."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from roadstead.core.credentials import hidden, tells
from roadstead.tool.offline.graph import Graph, Resource, Secret
from roadstead.tool.review.views.reading import once_a_graph


class InClear(NamedTuple):
    """What a resource is given and looks like a credential."""

    path: str
    text: str


PARAMETER = "aws:ssm/parameter:Parameter"


def written(made: Resource) -> Iterator[str]:
    """The paths of secrets that the program itself wrote: what a resource or an encrypted setting gave is none of them.

    The SDK of AWS takes every parameter of SSM for a secret, be it of text that everybody may read.
    """
    if made.type == PARAMETER and made.inputs.get("type") != "SecureString" and not tells(_name(made)):
        return
    for key, value in made.inputs.items():
        if key not in made.property_dependencies:
            yield from _written(value, key)


def _written(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Secret):
        if value.is_written:
            yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _written(item, f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}")


def _name(made: Resource) -> str:
    name = made.inputs.get("name")
    return (name if isinstance(name, str) else made.name).rpartition("/")[2]


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
