"""A value of the right type in place of one that is not, so that a wrong type hides no wrong value beside it.

What was meant takes the place of what was written, where that can be told. Anything else that is wrong or missing is filled,
in two ways: what is said whichever way is said of the values that are right.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from typing_extensions import is_typeddict

from roadstead.core.advice import UNSURE, meant
from roadstead.core.spec_types import Path, bare, fields, is_text, is_whole, required
from roadstead.core.yaml_words import in_yaml, inside

SHORTEST_ABBREVIATION = 3
_LARGE = 1_000_000
"""In place of a larger number: too large for nearly everything, and soon counted."""
_FILLED: dict[Any, tuple[Any, Any]] = {
    str: ("a", "b"),
    int: (1, _LARGE),
    bool: (False, True),
    date: (date(2000, 1, 1), date(3000, 1, 1)),
}


@dataclass
class Mended:
    """A value of the right type, and what stands in it instead of what was written."""

    value: Any
    meant: dict[Path, Any] = field(default_factory=dict)
    """What was most likely meant, by path."""


def mended(spec_type: Any, value: object, way: int) -> Mended:
    """A value as `spec_type` wants it; `way` is 0 or 1. What the type lets be an output may be one."""
    result = Mended(None)
    result.value = _mended(spec_type, (), spec_type, value, way, result)
    return result


def close(written: object, known: Collection[str]) -> list[str]:
    """The names that somebody may have meant who wrote this one: they look like it, or one is short for the other."""
    name = str(written)
    in_other_case = [other for other in known if other.casefold() == name.casefold()]
    beginnings = [
        other
        for other in known
        if min(len(name), len(other)) >= SHORTEST_ABBREVIATION and (other.startswith(name) or name.startswith(other))
    ]
    return (in_other_case or get_close_matches(name, known, n=2, cutoff=0.75) or beginnings)[:2]


def did_you_mean(written: object, known: Collection[str]) -> str:
    """` (did you mean 'this'?)`, or nothing."""
    near = close(written, known)
    return f" (did you mean {' or '.join(map(in_yaml, near))}?)" if near else ""


def _misspelt(mapping: Mapping[Any, Any], known: Mapping[str, Any]) -> dict[Any, str]:
    """Keys of a mapping that are unknown, with the only one that each can mean, where that one is not there."""
    found: dict[Any, str] = {}
    for key in mapping:
        near = [] if key in known else close(key, known)
        if len(near) == 1 and near[0] not in mapping and near[0] not in found.values():
            found[key] = near[0]
    return found


def _mended(top: Any, path: Path, hint: Any, value: Any, way: int, result: Mended) -> Any:
    hint = bare(hint)
    if hint is int and isinstance(value, int) and not is_whole(value) and not isinstance(value, bool):
        return (_LARGE if value > 0 else -_LARGE) * (way + 1)
    if not _is(hint, value):
        value = meant(top, path, value)
        if value is UNSURE:
            return _filled(hint, way)
        result.meant[path] = value
    if is_typeddict(hint):
        known, right = fields(hint), _misspelt(value, fields(hint))
        given = {right.get(key, key): item for key, item in value.items() if key in known or key in right}
        whole = {key: _mended(top, (*path, key), known[key], item, way, result) for key, item in given.items()}
        return whole | {key: _filled(known[key], way) for key in sorted(required(hint) - set(whole))}
    if get_origin(hint) is dict:
        inner = get_args(hint)[1]
        named = {key if is_text(key) else inside(key): item for key, item in value.items()}
        return {key: _mended(top, (*path, key), inner, item, way, result) for key, item in named.items()}
    if get_origin(hint) is list:
        inner = get_args(hint)[0]
        return [_mended(top, (*path, number), inner, item, way, result) for number, item in enumerate(value)]
    return value


def _is(hint: Any, value: object) -> bool:
    if is_typeddict(hint) or get_origin(hint) is dict:
        return isinstance(value, dict)
    if get_origin(hint) is list:
        return isinstance(value, list)
    if hint in (int, str):
        return is_whole(value) if hint is int else is_text(value)
    return hint is Any or isinstance(value, hint)


def _filled(hint: Any, way: int) -> Any:
    hint = bare(hint)
    if hint in _FILLED:
        return _FILLED[hint][way]
    if is_typeddict(hint):
        return {key: _filled(field, way) for key, field in fields(hint).items() if key in required(hint)}
    if get_origin(hint) is list:
        return [_filled(get_args(hint)[0], way)] if way else []
    if get_origin(hint) is dict:
        return {"b": _filled(get_args(hint)[1], way)} if way else {}
    return None
