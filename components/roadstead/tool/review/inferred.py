"""What is not known yet as a value, and still certain from where the value comes: names, and the zones of subnets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.tool.offline.graph import Graph, Resource, Unknown
from roadstead.tool.report.tree import kind
from roadstead.tool.review.views.workload import SERVING

_NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("metadata", "namespace"), ("Namespace",)),
    (("spec", "scaleTargetRef", "name"), SERVING),
)
"""Where an object gives another one's name, and of what kind that is."""


def inferred(graph: Graph) -> Graph:
    """The graph with what is certain filled in. Which resources a property comes from the engine always knows.

    While the ids of subnets are not known, their URNs take their place.
    """
    resources = dict(graph.resources)
    for urn, made in graph.resources.items():
        if made.type == NODE_GROUP:
            subnets = list(_origins(graph, made, "subnetIds", "Subnet"))
            if subnets and _is_open(made.inputs.get("subnetIds")):
                resources |= {subnet.urn: replace(subnet, id=subnet.id or subnet.urn) for subnet in subnets}
                ids = [resources[subnet.urn].id for subnet in subnets]
                resources[urn] = replace(made, inputs={**made.inputs, "subnetIds": ids})
        elif made.type.startswith("kubernetes:"):
            resources[urn] = replace(made, inputs=_named(graph, made))
    return replace(graph, resources=resources)


def _is_open(value: Any) -> bool:
    return isinstance(value, Unknown) or (isinstance(value, list) and Unknown() in value)


def _named(graph: Graph, made: Resource) -> Mapping[str, Any]:
    """Its inputs, with the names that can only be one resource's."""
    inputs = made.inputs
    for path, kinds in _NAMES:
        if not isinstance(_at(inputs, path), Unknown):
            continue
        origins = _origins(graph, made, path[0], *kinds)
        names = {_at(origin.inputs, ("metadata", "name")) for origin in origins}
        if len(names) == 1 and isinstance(name := names.pop(), str):
            inputs = _with(inputs, path, name)
    return inputs


def _origins(graph: Graph, made: Resource, key: str, *kinds: str) -> Iterator[Resource]:
    """The resources of some kinds that a property comes from."""
    for urn in made.property_dependencies.get(key, ()):
        origin = graph.resources.get(urn)
        if origin and kind(origin.type) in kinds:
            yield origin


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _with(inputs: Mapping[str, Any], path: tuple[str, ...], value: str) -> Mapping[str, Any]:
    first, *rest = path
    return {**inputs, first: _with(inputs[first], tuple(rest), value) if rest else value}
