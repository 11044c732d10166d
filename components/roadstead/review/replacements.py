"""For which changes a provider replaces a resource instead of updating it.

The table `data/replacements.json` gives, by type, the properties for which it does (`replace`), those for which it depends
on the values (`may_replace`), and a property that, where it is set, rules the latter out (`unless_set`). The entry
`kubernetes:` is for every kind without one of its own. What is in no entry may be replaced for any change. To AWS the order
of a list says nothing, but for the properties that are `ordered`. `renews` are properties of other resources that get
another value with every update of this one; `takes_along` are those by which others are part of it: its name stays the
same when it is replaced, so it goes before the new one comes, and they go with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from roadstead.facts import files
from roadstead.review.change import Kind
from roadstead.review.values import ABSENT, ORDER, PropertyChange, covers

DATA = "replacements.json"
OPTIONS = "("
"""Begins the path of a resource option, such as `(protect)`: the engine's, not the provider's."""


@dataclass(frozen=True)
class _Entry:
    replace: tuple[str, ...]
    may_replace: tuple[str, ...]
    unless_set: str | None
    ordered: tuple[str, ...]
    renews: tuple[str, ...]
    takes_along: tuple[str, ...]


_NOTHING_KNOWN = _Entry((), (), None, (), (), ())


def renews(type_: str) -> tuple[str, ...]:
    """Properties of resources that depend on one of this type, where they hold what differs after every update of it."""
    return _entries().get(type_, _NOTHING_KNOWN).renews


def takes_along(type_: str) -> tuple[str, ...]:
    """Properties by which resources that depend on one of this type are part of it, and are replaced where it is."""
    return _entries().get(type_, _NOTHING_KNOWN).takes_along


def has_effect(type_: str, change: PropertyChange) -> bool:
    """Whether a provider does anything for a change: lists whose order alone differs are mostly sets to AWS."""
    if not change.path.endswith(ORDER) or not type_.startswith("aws:"):
        return True
    ordered = _entries().get(type_, _NOTHING_KNOWN).ordered
    return any(covers(path, change.path) for path in ordered)


def kind_of(type_: str, changed: list[PropertyChange], inputs: Mapping[str, Any]) -> tuple[Kind, tuple[str, ...]]:
    """What happens to a resource for these changes, and the paths of those for which it is (or may be) replaced."""
    changed = [change for change in changed if not change.path.startswith(OPTIONS)]
    entry = _entries().get(type_) or _entries().get(type_.partition(":")[0] + ":")
    if entry is None:
        paths = tuple(change.path for change in changed)
        return (Kind.MAY_REPLACE if paths else Kind.UPDATE), paths
    if type_.startswith("pulumi:providers:"):
        # A provider that is told for the first time what it used to find by itself is the same provider.
        changed = [change for change in changed if ABSENT not in (change.old, change.new)]
    for kind, properties in ((Kind.REPLACE, entry.replace), (Kind.MAY_REPLACE, entry.may_replace)):
        if kind is Kind.MAY_REPLACE and entry.unless_set in inputs:
            continue
        paths = tuple(
            change.path
            for change in changed
            # The whole of what holds a property may have come or gone.
            if any(covers(path, change.path) or covers(change.path, path) for path in properties)
        )
        if paths:
            return kind, paths
    return Kind.UPDATE, ()


@cache
def _entries() -> dict[str, _Entry]:
    return {
        type_: _Entry(
            replace=tuple(entry["replace"]),
            may_replace=tuple(entry.get("may_replace", ())),
            unless_set=entry.get("unless_set"),
            ordered=tuple(entry.get("ordered", ())),
            renews=tuple(entry.get("renews", ())),
            takes_along=tuple(entry.get("takes_along", ())),
        )
        for type_, entry in files.read(DATA)["types"].items()
    }
