"""A graph without the credentials that its program has in clear: whatever is made of it can print none."""

from dataclasses import dataclass, replace

from roadstead.credentials import hidden
from roadstead.offline.graph import Graph, Resource


@dataclass(frozen=True)
class Masked:
    """A graph, and what was taken out of it."""

    graph: Graph
    """The very same where nothing was."""
    credentials: dict[str, tuple[str, ...]]
    """By the URN of the resource that has them."""


def masked(graph: Graph, known: Masked | None = None, of: Graph | None = None) -> Masked:
    """A graph masked. What is the same in the graph `of`, which was masked before, is not looked at again."""
    credentials: dict[str, tuple[str, ...]] = {}
    changed: dict[str, Resource] = {}
    for urn, made in graph.resources.items():
        if known and of and of.resources.get(urn) == made:
            shown, found = known.graph.resources[urn], known.credentials.get(urn, ())
        else:
            shown, found = masked_resource(made)
        if found:
            credentials[urn], changed[urn] = found, shown
    outputs = hidden(graph.outputs)
    if changed or outputs is not graph.outputs:
        graph = replace(graph, resources={**graph.resources, **changed}, outputs=outputs)
    return Masked(graph, credentials)


def masked_resource(made: Resource) -> tuple[Resource, tuple[str, ...]]:
    """A resource masked, and the credentials that it had. What providers would answer beside its inputs is not shown."""
    found: list[str] = []
    inputs, outputs = (hidden(side, told=lambda _, text: found.append(text)) for side in (made.inputs, made.outputs))
    return (replace(made, inputs=inputs, outputs=outputs), tuple(dict.fromkeys(found))) if found else (made, ())
