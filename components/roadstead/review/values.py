"""What differs between two values, property by property; lists by the names of their items, not by position."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roadstead.offline.graph import plain


class Absent:
    """Stands for the value of a property that is not there."""

    def __repr__(self) -> str:
        return "(absent)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Absent)

    def __hash__(self) -> int:
        return hash(Absent)


ABSENT = Absent()

NAMES = ("name", "Sid", "key", "containerPort", "port", "ip", "topologyKey", "type")
"""What items of lists in AWS's and Kubernetes' APIs are told apart by, the surest first."""


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs."""

    path: str
    """As in `spec.template.spec.containers[api].image`."""
    old: Any
    """`ABSENT` where it is added."""
    new: Any
    """`ABSENT` where it is removed."""


def changes(old: Any, new: Any, path: str = "") -> Iterator[PropertyChange]:
    """What differs, in the order of the paths. Text that is JSON, as policy documents are, is compared as what it says."""
    if old == new:
        return
    old, new = _document(old, new), _document(new, old)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from changes(old.get(key, ABSENT), new.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _items(old, new, path)
    elif old != new:
        yield PropertyChange(path, old, new)


def _items(old: list[Any], new: list[Any], path: str) -> Iterator[PropertyChange]:
    key = _name_key(old, new)
    if key is not None:
        before, after = ({str(item[key]): item for item in items} for items in (old, new))
        for name in sorted(before.keys() | after.keys()):
            yield from changes(before.get(name, ABSENT), after.get(name, ABSENT), f"{path}[{name}]")
        if list(before) != list(after) and before.keys() == after.keys():
            yield PropertyChange(f"{path} (order)", list(before), list(after))
        return
    before, after = ({_text(item): item for item in items} for items in (old, new))
    removed = [item for text, item in before.items() if text not in after]
    added = [item for text, item in after.items() if text not in before]
    if len(removed) == len(added) == 1:
        yield from changes(removed[0], added[0], f"{path}[{old.index(removed[0])}]")
    elif not removed and not added:
        yield PropertyChange(f"{path} (order)", old, new)
    else:
        yield from (PropertyChange(f"{path}[]", item, ABSENT) for item in removed)
        yield from (PropertyChange(f"{path}[]", ABSENT, item) for item in added)


def _name_key(*lists: list[Any]) -> str | None:
    """The key that every item has, with another value in each item of a list."""
    if not all(isinstance(item, dict) for items in lists for item in items):
        return None
    for key in NAMES:
        values = [[item.get(key) for item in items] for items in lists]
        if all(
            isinstance(value, str | int) and not isinstance(value, bool) for items in values for value in items
        ) and all(len(set(items)) == len(items) for items in values):
            return key
    return None


def _document(value: Any, other: Any) -> Any:
    """What a text of JSON says, if the other side is such a text too (or not there)."""
    return _parsed(value) if isinstance(_parsed(other), dict | list | Absent) else value


def _parsed(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _text(item: Any) -> str:
    return json.dumps(plain(item), sort_keys=True)
