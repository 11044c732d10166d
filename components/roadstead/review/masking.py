"""A difference without the credentials in it. What differs was found before, so that another password still is a change."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from roadstead.credentials import HIDDEN, hidden
from roadstead.offline.graph import Graph, Resource
from roadstead.report.masking import Masked, masked, masked_resource
from roadstead.review.change import Change, PropertyChange, StackDiff


def masked_diff(diff: StackDiff) -> StackDiff:
    """A difference of which rules and reports see no credential; the very same where there is none."""
    head = masked(diff.head) if diff.head else None
    base = _base(diff, head)
    changes = tuple(_change(change, base, head) for change in diff.changes)
    if not any(new is not old for new, old in zip(changes, diff.changes, strict=True)) and not any(
        side and side.credentials for side in (base, head)
    ):
        return diff
    return replace(diff, base=base.graph if base else None, head=head.graph if head else None, changes=changes)


def _base(diff: StackDiff, head: Masked | None) -> Masked | None:
    if diff.base is None or diff.base is diff.head:
        return head if diff.base else None
    return masked(diff.base, head, diff.head)


def _change(change: Change, base: Masked | None, head: Masked | None) -> Change:
    (old, before), (new, now) = _side(change.old, base), _side(change.new, head)
    if old is change.old and new is change.new:
        return change
    properties = tuple(_property(each, {*before, *now}) for each in change.properties)
    return replace(change, old=old, new=new, properties=properties)


def _side(made: Resource | None, side: Masked | None) -> tuple[Resource | None, tuple[str, ...]]:
    """A resource of a change. One that is in no graph, as in a preview of changes alone, is looked at by itself."""
    if made is None:
        return None, ()
    if side and (there := side.graph.resources.get(made.urn)):
        found = side.credentials.get(made.urn, ())
        return (there, found) if found else (made, ())
    return masked_resource(made)


def _property(change: PropertyChange, credentials: Iterable[str]) -> PropertyChange:
    """By the texts: the path of a value does not always lead to the name that tells of it."""
    found = sorted(credentials, key=len, reverse=True)
    return PropertyChange(_replaced(change.path, found), _within(change.old, found), _within(change.new, found))


def _within(value: Any, credentials: list[str]) -> Any:
    if isinstance(value, str):
        return hidden(_replaced(value, credentials))
    if isinstance(value, Mapping):
        return {key: _within(item, credentials) for key, item in value.items()}
    return [_within(item, credentials) for item in value] if isinstance(value, list | tuple) else value


def _replaced(text: str, credentials: list[str]) -> str:
    for credential in credentials:
        text = text.replace(credential, HIDDEN)
    return text


def masked_graphs(graphs: Mapping[str, Graph]) -> dict[str, Graph]:
    """Graphs, by name, of which rules and reports see no credential."""
    return {name: masked(graph).graph for name, graph in graphs.items()}
