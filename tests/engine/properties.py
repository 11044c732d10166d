"""Whether the inputs of a resource are properties that its class has, at any depth."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pulumi import _types
from scripts.flat_program import resource_class


def unknown_properties(type_: str, inputs: Mapping[str, Any]) -> list[str]:
    """The paths of the inputs that the SDK's class of a resource type does not know."""
    return list(_unknown("", inputs, _types.resource_types(resource_class(type_))))


def _unknown(path: str, values: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if key not in types:
            yield f"{path}{key}"
        else:
            yield from _within(f"{path}{key}", value, types[key])


def _within(path: str, value: Any, hint: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and isinstance(hint, type) and _types.is_output_type(hint):
        yield from _unknown(f"{path}.", value, _types.output_type_types(hint))
    elif isinstance(value, list) and get_origin(hint):
        for number, item in enumerate(value):
            yield from _within(f"{path}[{number}]", item, get_args(hint)[-1])
