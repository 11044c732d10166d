"""Weaker and stronger values of the table's properties, put into resources of our own stacks."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from typing import Any

from tests.roadstead.tool.review.protection.properties import graphs

from roadstead.core.quantities import parse
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.difference.values import covers
from roadstead.tool.review.protection.at_once import Evictions, Renewals
from roadstead.tool.review.protection.reading import OPTIONS, SERVICE_ACCOUNT, placed, steps, subject
from roadstead.tool.review.protection.row import Row
from roadstead.tool.review.protection.table import ROWS
from roadstead.tool.review.protection.ways import (
    Given,
    Members,
    Number,
    Ranked,
    Release,
    Switch,
    Taints,
    User,
    Way,
)

GONE = object()
"""In the place of a value: the property is taken away."""
_TAINT = {"key": "other", "value": "true", "effect": "NO_SCHEDULE"}
Address = tuple[str | int, ...]
"""Keys and positions that lead to a value; `{}` goes into a text of JSON."""


@dataclass(frozen=True, repr=False)
class Spot:
    """One property of one resource of a stack."""

    graph: Graph
    resource: Resource
    row: Row
    address: Address
    weaker: tuple[Any, ...]
    stronger: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"{self.graph.stack}: {self.resource.name}: {self.address}"

    def with_value(self, value: Any) -> Graph:
        """The stack with another value there."""
        path = str(self.address[0])
        if path in OPTIONS:
            made = replace(self.resource, **{OPTIONS[path]: value})
        else:
            made = replace(self.resource, inputs=_put(self.resource.inputs, self.address, value))
        return replace(self.graph, resources={**self.graph.resources, made.urn: made})


@cache
def spots() -> tuple[Spot, ...]:
    """Every place of our stacks that a row is about."""
    found: list[Spot] = []
    for graph in graphs():
        for made in graph.resources.values():
            for row in ROWS if made.custom and not made.is_default_provider else ():
                if {subject(made), "*"} & {*row.subjects}:
                    found += _of_row(graph, made, row)
    return tuple(found)


def _of_row(graph: Graph, made: Resource, row: Row) -> Iterator[Spot]:
    for path in row.paths:
        if path in OPTIONS:
            yield Spot(graph, made, row, (path,), (), (True,))
            yield Spot(graph, _protected(made, path), row, (path,), (False,), ())
            continue
        for address, value in _addresses(made.inputs, steps(placed(path, subject(made)))):
            weaker, stronger = _values(row.way, value)
            other = (
                [given for _, given in _addresses(made.inputs, steps(placed(row.instead, subject(made))))]
                if row.instead not in ("", SERVICE_ACCOUNT)
                else []
            )
            if value is None and other and other[0] is not None:
                # What holds is the pod's own: a container may only say something else.
                weaker = tuple(each for each in _values(row.way, other[0])[0] if each is not GONE)
                stronger = ()
            if row.instead == SERVICE_ACCOUNT:
                weaker = tuple(each for each in weaker if each is not GONE)
            if address[-1] == "{}":
                weaker = tuple([] if each in ("", GONE) else each for each in weaker)
            if not any(covers(ignored, ".".join(map(str, address))) for ignored in made.ignore_changes):
                yield Spot(graph, made, row, address, weaker, stronger)
    for address, value in (
        _addresses(made.inputs, steps(placed(row.instead, subject(made))))
        if row.instead not in ("", SERVICE_ACCOUNT)
        else ()
    ):
        yield Spot(graph, made, row, address, *_values(row.way, value))


def _protected(made: Resource, path: str) -> Resource:
    return replace(made, protect=True) if OPTIONS[path] == "protect" else replace(made, retain_on_delete=True)


def _addresses(value: Any, left: tuple[tuple[str, str], ...], address: Address = ()) -> Iterator[tuple[Address, Any]]:
    if not left:
        yield address, value
        return
    (kind, key), *rest = left
    further = tuple(rest)
    if kind == "key" and (value is None or isinstance(value, Mapping)):
        yield from _addresses((value or {}).get(key), further, (*address, key))
    elif kind == "document":
        if isinstance(value, str):
            yield from _addresses(json.loads(value), further, (*address, "{}"))
    elif kind == "items" and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _addresses(item, further, (*address, number))
    elif kind == "keys" and isinstance(value, Mapping):
        for each in value:
            if not str(each).startswith("services."):
                yield from _addresses(value[each], further, (*address, each))


def _put(value: Any, address: Address, new: Any) -> Any:
    """A copy of a value with another one somewhere in it."""
    if not address:
        return new
    key, *rest = address
    if key == "{}":
        return json.dumps(_put(json.loads(value), tuple(rest), new))
    if isinstance(key, int):
        return [*value[:key], _put(value[key], tuple(rest), new), *value[key + 1 :]]
    before = dict(value or {})
    if not rest and new is GONE:
        return {name: each for name, each in before.items() if name != key}
    return {**before, key: _put(before.get(key), tuple(rest), new)}


def _values(way: Way, value: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:  # noqa: PLR0911  # a case for each way
    """Weaker and stronger values than one."""
    match way:
        case Switch():
            on = way.absent if value is None else str(value).lower() == "true"
            weaker = (
                ((not way.protects,) + ((GONE,) if way.absent is not way.protects else ()))
                if on is way.protects
                else ()
            )
            return weaker, (way.protects,)
        case Number():
            return _numbers(way, value)
        case Ranked():
            at = way.levels.index(way.absent if value is None else value)
            lower = [*way.levels[:at], *([GONE] if way.levels.index(way.absent) < at else [])]
            return tuple(each for each in lower if each not in ("nothing", "gone")), way.levels[at:]
        case Release():
            return ("v1.20",), ("latest",)
        case Given():
            there = value not in (None, "", [], {})
            if way.protects:
                return ((GONE, "") if there else ()), ((value or "given"),)
            return (() if there else ("given",)), (GONE,)
        case Members():
            return _members(way, value or [])
        case Taints():
            softer = [{**each, "effect": "PREFER_NO_SCHEDULE"} for each in value or []]
            return ((value[1:], softer, GONE) if value else ()), ([*(value or []), _TAINT],)
        case User():
            return ((0, GONE) if value else ()), (1000,)
        case Renewals():
            return ({"maxUnavailablePercentage": 100}, {"maxUnavailable": 50}), ({"maxUnavailable": 1}, GONE)
        case Evictions():
            kept = {key: each for key, each in value.items() if key not in ("maxUnavailable", "minAvailable")}
            return ({**kept, "maxUnavailable": "100%"}, kept), ({**kept, "maxUnavailable": 0},)
    raise AssertionError(way)


def _numbers(way: Number, value: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    number = way.absent if value is None else parse(str(value).removesuffix("%"))
    gone = (GONE,) if (number > way.absent if way.more else number < way.absent) else ()
    if value is None:
        return ((1,) if way.more else (int(number) + 1,) if number != inf else ()), ()
    up, down = _times(value, 2), _times(value, 0)
    return ((down, *gone) if way.more else (up if number else 1, *gone)), (
        (up,) if way.more else (down,) if number else ()
    )


def _times(value: Any, factor: int) -> Any:
    if isinstance(value, str):
        return re.sub(r"^\d+", lambda match: str(int(match[0]) * factor or 1), value)
    return value * factor or (1 if factor == 0 and value > 1 else 0)


def _members(way: Members, value: list[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    more = [*value, "another"]
    if way.protect:
        return ((value[1:], []) if value else ()), (more,)
    return (() if way.everything in value else (more,)), ((value[1:],) if len(value) > 1 else ())
