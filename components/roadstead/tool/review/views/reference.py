"""What a resource refers to: by its value where that is known, and by the resource that it comes from where it is not."""

from collections.abc import Mapping
from typing import TypeVar

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.reading import Place, Unread, Why

Found = TypeVar("Found")


def arn_of(resource: Resource) -> str:
    """The ARN of a resource; while nobody knows it its URN, which no other resource has either."""
    for values in (resource.computed, resource.outputs or {}):
        if isinstance(arn := values.get("arn"), str) and Place(resource, "arn", arn).text() == arn:
            return arn
    return resource.urn


def arns(graph: Graph, type_: str) -> set[str]:
    """The ARNs of all resources of a type that are known."""
    return {arn for made in graph.of_type(type_) if (arn := arn_of(made)).startswith("arn:")}


def text_of(place: Place, graph: Graph, *types: str) -> str | Unread | None:
    """The text at a place; what is not known yet is the ARN, or else the URN, of the one resource that it comes from."""
    text = place.text()
    if not isinstance(text, Unread) or text.why is not Why.UNKNOWN:
        return text
    found = source_of(place, graph, *types)
    return text if found is None else arn_of(found)


def source_of(place: Place, graph: Graph, *types: str) -> Resource | None:
    """The only resource of these types from which a value comes."""
    needed = place.resource.property_dependencies.get(place.path.partition("[")[0].partition(".")[0], ())
    found = [graph.resources[urn] for urn in needed if urn in graph.resources and graph.resources[urn].type in types]
    return found[0] if len(found) == 1 else None


def named(resource: Resource) -> set[str]:
    """All by which others may refer to a resource: ARN, name and what its provider calls it."""
    arn = arn_of(resource)
    name = Place.answered(resource).at("name").text()
    return {arn, resource.urn, arn.rpartition("/")[2], resource.id, name if isinstance(name, str) else ""} - {""}


def by_names(found: Mapping[str, Found], name: str | Unread | None) -> Found | None:
    """What is known by a name, if it can be read."""
    return found.get(name) if isinstance(name, str) else None
