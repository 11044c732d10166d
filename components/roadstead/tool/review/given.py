"""Reads plain values that may be of another kind than a resource's provider takes, or not known yet."""

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def text(given: Any) -> str:
    """A value that is text; nothing for what is not known yet."""
    return given if isinstance(given, str) else ""


def items(given: Any) -> list[Any]:
    """A list; an empty one for what is not known yet."""
    return given if isinstance(given, list) else []


def mapping(given: Any) -> Mapping[str, Any]:
    """A mapping; an empty one for what is not known yet."""
    return given if isinstance(given, Mapping) else {}


def spec(body: Body) -> Mapping[str, Any]:
    """What an object asks for."""
    return mapping(body.get("spec"))


def annotations(body: Body) -> Mapping[str, Any]:
    """Its annotations."""
    return mapping(mapping(body.get("metadata")).get("annotations"))
