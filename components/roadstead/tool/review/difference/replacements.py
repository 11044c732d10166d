"""For which changes a provider replaces a resource instead of updating it.

The table `data/replacements.json` gives, by type, the properties for which it does (`replace`), those for which it depends
on the values (`may_replace`), and the source file in which that stands. The entry `kubernetes:` is for every kind without
one of its own. What is in no entry may be replaced for any change. Where the property `unless_kept` stays what it is,
nothing replaces; those of `unless_added_or_removed` only do where they had a value and get another one. To AWS the order of
a list says nothing, but for the properties that are `ordered`. `renews` are properties of other resources that get another
value with every update of this one; `hands_on` are those that a provider sets on its resources.
`takes_along` are those by which others are part of it: its name stays the same when it is replaced, so it goes before the new
one comes, and they go with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from roadstead.facts import files
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Kind
from roadstead.tool.review.difference.values import ABSENT, ORDER, SPELLING, PropertyChange, covers

DATA = "replacements.json"
OPTIONS = "("
"""Begins the path of a resource option, such as `(protect)`: the engine's, not the provider's."""


@dataclass(frozen=True)
class _Entry:
    source: str
    """Where in which of the table's `sources` it stands: for readers."""
    replace: tuple[str, ...]
    may_replace: tuple[str, ...] = ()
    unless_kept: str | None = None
    unless_added_or_removed: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    renews: tuple[str, ...] = ()
    hands_on: tuple[str, ...] = ()
    takes_along: tuple[str, ...] = ()


_NOTHING_KNOWN = _Entry("", ())


def renews(type_: str) -> tuple[str, ...]:
    """Properties of resources that depend on one of this type, where they hold what differs after every update of it."""
    return _entries().get(type_, _NOTHING_KNOWN).renews


def inputs_of(resource: Resource, graph: Graph) -> Mapping[str, Any]:
    """Its inputs, and what its provider hands on to it where it says nothing itself."""
    provider = graph.resources.get(resource.provider or "")
    if provider is None:
        return resource.inputs
    entry = _entries().get(resource.type)
    handed_on = {
        name: provider.inputs[name]
        for name in _entries().get(provider.type, _NOTHING_KNOWN).hands_on
        if name in provider.inputs and (entry is None or name in entry.replace)
    }
    return {**handed_on, **resource.inputs}


def takes_along(type_: str) -> tuple[str, ...]:
    """Properties by which resources that depend on one of this type are part of it, and are replaced where it is."""
    return _entries().get(type_, _NOTHING_KNOWN).takes_along


def has_effect(type_: str, change: PropertyChange) -> bool:
    """Whether a provider does anything for a change.

    To AWS lists are mostly sets, so that their order alone says nothing, and policy documents are what they say: in other
    words, and with one value alone instead of in a list, they are the same.
    """
    entry = _entries().get(type_)
    if not type_.startswith("aws:"):
        return True
    if change.path.endswith(SPELLING) or change.old == [change.new] or [change.old] == change.new:
        return False
    if entry is None or not change.path.endswith(ORDER):
        return True
    return any(covers(path, change.path) for path in entry.ordered)


def kind_of(type_: str, changed: list[PropertyChange], inputs: Mapping[str, Any]) -> tuple[Kind, tuple[str, ...]]:
    """What happens to a resource for these changes, and the paths of those for which it is (or may be) replaced."""
    changed = [change for change in changed if not change.path.startswith(OPTIONS)]
    entry = _entries().get(type_) or _entries().get(type_.partition(":")[0] + ":")
    if entry is None:
        paths = tuple(change.path for change in changed)
        return (Kind.MAY_REPLACE if paths else Kind.UPDATE), paths
    if entry.unless_kept in inputs and entry.unless_kept not in [change.path for change in changed]:
        return Kind.UPDATE, ()
    changed = [
        change
        for change in changed
        if change.path not in entry.unless_added_or_removed or ABSENT not in (change.old, change.new)
    ]
    for kind, properties in ((Kind.REPLACE, entry.replace), (Kind.MAY_REPLACE, entry.may_replace)):
        paths = tuple(
            change.path
            for change in changed
            # The whole of what holds a property may have come or gone.
            if any(covers(path, change.path) or covers(change.path, path) for path in properties)
        )
        if paths:
            return kind, tuple(dict.fromkeys(paths))
    return Kind.UPDATE, ()


@cache
def _entries() -> dict[str, _Entry]:
    return {type_: _entry(row) for type_, row in files.read(DATA)["types"].items()}


def _entry(row: Mapping[str, Any]) -> _Entry:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return _Entry(**values)
