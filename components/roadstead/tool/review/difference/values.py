"""What differs between two values, property by property; lists by the names of their items, not by position."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roadstead.tool.offline.graph import Secret

NAMES = ("name", "Sid", "key", "containerPort", "port", "ip", "topologyKey", "resourceType", "deviceName", "type")
"""What items of lists in AWS's and Kubernetes' APIs are told apart by, the surest first."""

ORDER = " (order)"
"""Ends the path of a list whose items are the same in another order."""
SPELLING = " (spelling)"
"""Ends the path of a text of JSON that says the same in other words."""


class Absent:
    """Stands for the value of a property that is not there."""

    def __repr__(self) -> str:
        return "(absent)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Absent)

    def __hash__(self) -> int:
        return hash(Absent)


ABSENT = Absent()


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
    if _same(old, new):
        return
    texts = old, new
    old, new = _document(old, new), _document(new, old)
    if _same(old, new):
        yield PropertyChange(path + SPELLING, *texts)
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            yield from changes(old.get(key, ABSENT), new.get(key, ABSENT), joined(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _items(old, new, path)
    else:
        yield PropertyChange(path, old, new)


def joined(path: str, key: str) -> str:
    """The path of a key in a mapping: keys that are no words are put in brackets and quotes, as Pulumi does."""
    if not key or "." in key or "[" in key:
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def covers(path: str, inner: str) -> bool:
    """Whether a path is another one, or leads to what holds it."""
    return inner == path or inner.startswith((f"{path}.", f"{path}[", path + ORDER, path + SPELLING))


def _same(old: Any, new: Any) -> bool:
    """Python takes 1 and `True` for the same; JSON and the APIs do not. To them 1 and 1.0 are one number."""
    return bool(old == new) and (_text(old) == _text(new) or _text(_numbered(old)) == _text(_numbered(new)))


def _items(old: list[Any], new: list[Any], path: str) -> Iterator[PropertyChange]:
    key = _name_key(old, new)
    if key is not None:
        before, after = ({str(item[key]): item for item in items} for items in (old, new))
        for name in sorted(before.keys() | after.keys()):
            yield from changes(before.get(name, ABSENT), after.get(name, ABSENT), f"{path}[{name}]")
        if list(before) != list(after) and before.keys() == after.keys():
            yield PropertyChange(path + ORDER, list(before), list(after))
        return
    before, after = ({_text(item): item for item in items} for items in (old, new))
    if sorted(map(_text, old)) == sorted(map(_text, new)):
        yield PropertyChange(path + ORDER, old, new)
        return
    removed = [item for text, item in before.items() if text not in after]
    added = [item for text, item in after.items() if text not in before]
    if len(removed) == len(added) == 1:
        position = next(number for number, item in enumerate(old) if item is removed[0])
        yield from changes(removed[0], added[0], f"{path}[{position}]")
    elif not removed and not added:
        # Only how often an item is there differs.
        yield PropertyChange(path, old, new)
    else:
        yield from (PropertyChange(f"{path}[]", item, ABSENT) for item in removed)
        yield from (PropertyChange(f"{path}[]", ABSENT, item) for item in added)


def _name_key(*lists: list[Any]) -> str | None:
    """The key that every item has, as text or number, with another value in each item of a list."""
    if not all(isinstance(item, Mapping) for items in lists for item in items):
        return None
    for key in NAMES:
        values = [[item.get(key) for item in items] for items in lists]
        if all(type(value) in (str, int) for items in values for value in items) and all(
            len(set(map(str, items))) == len(items) for items in values
        ):
            return key
    return None


def _document(value: Any, other: Any) -> Any:
    """What a text of JSON says, if the other side is such a text too (or not there)."""
    return parsed(value) if isinstance(parsed(other), dict | list | Absent) else value


def parsed(value: Any) -> Any:
    """What a text of JSON says; any other value as it is."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _text(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=_encoded)


def _numbered(item: Any) -> Any:
    """A value in which every whole number is written as one."""
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if isinstance(item, Mapping):
        return {key: _numbered(value) for key, value in item.items()}
    return [_numbered(value) for value in item] if isinstance(item, list) else item


def _encoded(item: Any) -> Any:
    if isinstance(item, Mapping):
        return dict(item)
    return {"secret": item.digest} if isinstance(item, Secret) else {"other": repr(item)}
