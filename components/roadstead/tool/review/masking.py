"""Graphs and differences without the credentials in them, so that whatever is made of them can print none.

What differs is found before, so that another password still is a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from roadstead.core.credentials import HIDDEN, hidden
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Change, StackDiff
from roadstead.tool.review.difference.values import PropertyChange
from roadstead.tool.review.views.in_clear import InClear, in_clear, of_resource

Found = Mapping[str, tuple[InClear, ...]]
"""By URN."""


def masked_graph(graph: Graph) -> Graph:
    """A graph of which reports see no credential; the very same where there is none."""
    return _without(graph, in_clear(graph))


def masked_diff(diff: StackDiff) -> StackDiff:
    """A difference of which rules and reports see no credential; the very same where there is none."""
    now = in_clear(diff.head) if diff.head else {}
    before = _at_base(diff, now)
    changes = tuple(_change(change, before, now) for change in diff.changes)
    head = _without(diff.head, now) if diff.head else None
    base = head if diff.base is diff.head else _without(diff.base, before) if diff.base else None
    if head is diff.head and base is diff.base and changes == diff.changes:
        return diff
    return replace(diff, base=base, head=head, changes=changes)


def _at_base(diff: StackDiff, now: Found) -> Found:
    """Of what is the same here nothing is looked at again."""
    if diff.base is None or diff.base is diff.head:
        return now if diff.base else {}
    here = diff.head.resources if diff.head else {}
    found = {
        urn: now.get(urn, ()) if here.get(urn) == made else of_resource(made)
        for urn, made in diff.base.resources.items()
    }
    return {urn: those for urn, those in found.items() if those}


def _without(graph: Graph, found: Found) -> Graph:
    outputs = hidden(graph.outputs)
    if not found and outputs is graph.outputs:
        return graph
    shown = {urn: _masked(made, found.get(urn, ())) for urn, made in graph.resources.items()}
    return replace(graph, resources=shown, outputs=outputs)


def _masked(made: Resource, found: tuple[InClear, ...]) -> Resource:
    return replace(made, inputs=hidden(made.inputs), outputs=hidden(made.outputs)) if found else made


def _change(change: Change, before: Found, now: Found) -> Change:
    """A change of resources that may be in no graph, as in a preview of changes alone."""
    old, new = (
        found.get(made.urn) or of_resource(made) if made else ()
        for made, found in ((change.old, before), (change.new, now))
    )
    if not old and not new:
        return change
    texts = sorted({each.text for each in (*old, *new)}, key=len, reverse=True)
    return replace(
        change,
        old=change.old and _masked(change.old, old),
        new=change.new and _masked(change.new, new),
        properties=tuple(_property(each, texts) for each in change.properties),
    )


def _property(change: PropertyChange, credentials: list[str]) -> PropertyChange:
    """By the texts: the path of a value does not always lead to the name that tells of it."""
    return PropertyChange(
        _replaced(change.path, credentials), _within(change.old, credentials), _within(change.new, credentials)
    )


def _within(value: Any, credentials: list[str]) -> Any:
    if isinstance(value, str):
        return hidden(_replaced(value, credentials))
    if isinstance(value, Mapping):
        return {key: _within(item, credentials) for key, item in value.items()}
    return [_within(item, credentials) for item in value] if isinstance(value, list | tuple) else value


def _replaced(text: str, credentials: Iterable[str]) -> str:
    for credential in credentials:
        text = text.replace(credential, HIDDEN)
    return text
