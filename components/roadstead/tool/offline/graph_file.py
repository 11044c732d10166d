"""A graph as a file that loses nothing, for programs; what people read is `roadstead preview --json`.

Secrets are there as what tells them from another secret; their values were never kept.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from roadstead.tool.offline.graph import Graph, Message, Resource, Secret, Unknown

FORMAT = 1
"""Goes up with every change of the form; a file of another form is not read."""
_MARK = "$roadstead"


def dumps(graph: Graph) -> str:
    """The graph as JSON."""
    return json.dumps(
        {
            "format": FORMAT,
            "project": graph.project,
            "stack": graph.stack,
            "resources": [_fields(resource) for resource in graph.resources.values()],
            "outputs": _marked(graph.outputs),
            "messages": [dataclasses.asdict(message) for message in graph.messages],
        },
        ensure_ascii=False,
    )


def loads(text: str) -> Graph:
    """The graph that `dumps` wrote; `ValueError` for anything else."""
    whole = json.loads(text)
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ValueError("no graph file of this form")
    resources = [Resource(**_values(fields)) for fields in whole["resources"]]
    return Graph(
        project=whole["project"],
        stack=whole["stack"],
        resources={resource.urn: resource for resource in resources},
        outputs=_unmarked(whole["outputs"]),
        messages=tuple(Message(**message) for message in whole["messages"]),
    )


def _fields(resource: Resource) -> dict[str, Any]:
    """Fields that have their default are left out: most have."""
    return {
        field.name: _marked(value)
        for field in dataclasses.fields(resource)
        if (value := getattr(resource, field.name)) != field.default
    }


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: _unmarked(value) for name, value in fields.items()}
    for name in ("dependencies", "aliases", "ignore_changes"):
        values[name] = tuple(values.get(name, ()))
    values["property_dependencies"] = {
        key: tuple(urns) for key, urns in values.get("property_dependencies", {}).items()
    }
    return values


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item) for item in value]
    if isinstance(value, Unknown):
        return {_MARK: "unknown"}
    if isinstance(value, Secret):
        return {_MARK: "secret", "digest": value.digest, "is_written": value.is_written}
    return value


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    if not isinstance(value, dict):
        return value
    mark = value.get(_MARK)
    if mark == "unknown":
        return Unknown()
    if mark == "secret":
        return Secret(value["digest"], bool(value.get("is_written")))
    return {key: _unmarked(item) for key, item in value.items()}
