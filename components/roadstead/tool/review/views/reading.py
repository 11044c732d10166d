"""Reads values of resources that may be secret, not known yet, or not what an API takes: those are values of their own kind.

A view's field is typed `T | Unread`, so that a rule cannot forget that it may not see what it looks at: it says `Undecided`
of its ids and goes on. Nothing in here raises.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeGuard, TypeVar

from roadstead.tool.offline.graph import UNKNOWN, Graph, Resource, Secret, Unknown
from roadstead.tool.review.difference.values import joined, parsed

Made = TypeVar("Made")
Matters = Callable[[Resource], bool]
Beside = tuple[Graph | None, dict[Matters, bool]]
"""The base of a graph, and whether what matters is the same there."""
_BESIDE = "read beside"


class Why(StrEnum):
    """Why a value cannot be read."""

    SECRET = "secret"
    UNKNOWN = "only known after creation"
    MALFORMED = "not what its API takes"
    UNLISTED = "not in the tables of facts"


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Whether a value is a mapping: to ask whether it is a `dict`, as nearly all are, is much faster than to ask only this."""
    return type(value) is dict or isinstance(value, Mapping)


@dataclass(frozen=True)
class Unread:
    """A value that is there and says nothing."""

    resource: Resource
    path: str
    """As in `spec.template.spec.containers[0].image`."""
    why: Why
    expected: str = ""
    """For what is malformed: what it should be."""

    def __hash__(self) -> int:
        return hash((self.resource.urn, self.path, self.why))


@dataclass(frozen=True)
class Place:
    """A value of a resource, and where it stands. What is absent has the value `None`."""

    resource: Resource
    path: str
    value: Any

    @classmethod
    def of(cls, resource: Resource) -> "Place":
        """All inputs of a resource."""
        return cls(resource, "", resource.inputs)

    @classmethod
    def answered(cls, resource: Resource) -> "Place":
        """Its inputs, and what its provider answers beside them."""
        return cls(resource, "", {**resource.computed, **resource.inputs})

    def at(self, *keys: str) -> "Place":
        """The value under keys. Beneath what is hidden or malformed everything is, and the place of that is named."""
        path, value = self.path, self.value
        for key in keys:
            if is_mapping(value):
                path, value = joined(path, key), value.get(key)
            elif value is None:
                path = joined(path, key)
            else:
                return Place(self.resource, path, value).refused("a mapping")
        return Place(self.resource, path, value)

    def refused(self, expected: str) -> "Place":
        """This place with a value that cannot be read, whoever asks for it."""
        return self if self._hidden() else Place(self.resource, self.path, self.malformed(expected))

    def malformed(self, expected: str) -> Unread:
        """What it is for whoever expected something else here."""
        return self._hidden() or Unread(self.resource, self.path, Why.MALFORMED, expected)

    def _hidden(self) -> Unread | None:
        if isinstance(self.value, Unread):
            return self.value
        if isinstance(self.value, Secret):
            return Unread(self.resource, self.path, Why.SECRET)
        if isinstance(self.value, Unknown) or (isinstance(self.value, str) and UNKNOWN in self.value):
            return Unread(self.resource, self.path, Why.UNKNOWN)
        return None

    @property
    def is_absent(self) -> bool:
        """Whether nothing is there; what is hidden is there."""
        return self.value is None

    def text(self) -> str | Unread | None:
        """Text; nothing where it is absent."""
        if self._hidden() is None and isinstance(self.value, str | None):
            return self.value
        return self.malformed("text")

    def number(self) -> int | Unread | None:
        """A whole number, which may have been a float on its way."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        return self.malformed("a whole number")

    def boolean(self) -> bool | Unread | None:
        """`True` or `False`."""
        return self.value if isinstance(self.value, bool | None) else self.malformed("true or false")

    def items(self) -> "list[Place] | Unread":
        """The items of a list; none where it is absent."""
        if self.value is None:
            return []
        if isinstance(self.value, list | tuple):
            return [Place(self.resource, f"{self.path}[{number}]", item) for number, item in enumerate(self.value)]
        return self.malformed("a list")

    def entries(self) -> "dict[str, Place] | Unread":
        """What a mapping holds, by key; nothing where it is absent."""
        if self.value is None:
            return {}
        if isinstance(self.value, Mapping):
            return {str(key): Place(self.resource, joined(self.path, str(key)), it) for key, it in self.value.items()}
        return self.malformed("a mapping")

    def texts(self) -> "list[str] | Unread":
        """A list of texts; the first item that is none in its place."""
        items = self.items()
        return items if isinstance(items, Unread) else _all([item.required_text() for item in items])

    def required_text(self) -> str | Unread:
        """Text that must be there."""
        text = self.text()
        return self.malformed("text") if text is None else text

    def labels(self) -> "dict[str, str] | Unread":
        """A mapping of texts, as labels, tags and selectors are; the first value that is none in its place."""
        entries = self.entries()
        if isinstance(entries, Unread):
            return entries
        values = _all([entry.required_text() for entry in entries.values()])
        return values if isinstance(values, Unread) else dict(zip(entries, values, strict=True))

    def document(self) -> "Place":
        """What a text of JSON says, such as a policy document."""
        text = self.text()
        if text is None or isinstance(text, Unread):
            return Place(self.resource, self.path, text)
        said = parsed(text)
        return self.refused("JSON") if said is text else Place(self.resource, self.path, said)

    def unread(self) -> Iterator[Unread]:
        """Everything in here that is secret or not known yet."""
        if hidden := self._hidden():
            yield hidden
        elif isinstance(self.value, Mapping):
            for key in self.value:
                yield from self.at(str(key)).unread()
        elif isinstance(self.value, list | tuple):
            for number, item in enumerate(self.value):
                yield from Place(self.resource, f"{self.path}[{number}]", item).unread()


def _all(values: list[str | Unread]) -> list[str] | Unread:
    unread = next((value for value in values if isinstance(value, Unread)), None)
    return unread or [value for value in values if isinstance(value, str)]


def once_a_graph(make: Callable[[Graph], Made]) -> Callable[[Graph], Made]:
    """Keeps what is read from a graph with the graph, as its own cached properties are, for all rules that ask for it."""
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def read(graph: Graph) -> Made:
        kept = vars(graph)
        if name not in kept:
            kept[name] = make(graph)
        made: Made = kept[name]
        return made

    return read


def once_for_both(matters: Matters) -> Callable[[Callable[[Graph], Made]], Callable[[Graph], Made]]:
    """Keeps it so too, and at the head takes what the base says where all that matters to it is the same there.

    What is made must come of nothing but resources that matter, and not tell apart what is equal to Python, as 1 and `True`.
    """

    def kept(make: Callable[[Graph], Made]) -> Callable[[Graph], Made]:
        read = once_a_graph(make)

        @wraps(make)
        def read_at_either(graph: Graph) -> Made:
            return read(_same_at_base(graph, matters) or graph)

        return read_at_either

    return kept


def read_beside(base: Graph, head: Graph) -> None:
    """From now on what is read from the head may be what the base says."""
    if base is not head and _beside(head)[0] is not base:
        vars(head)[_BESIDE] = (base, {})


def _beside(graph: Graph) -> Beside:
    beside: Beside = vars(graph).get(_BESIDE, (None, {}))
    return beside


def _same_at_base(graph: Graph, matters: Matters) -> Graph | None:
    """The base that a graph is read beside, if what matters is the same there, and in the same order."""
    base, verdicts = _beside(graph)
    if base is not None and matters not in verdicts:
        here, there = ([made for made in each.resources.values() if matters(made)] for each in (graph, base))
        verdicts[matters] = here == there
    return base if verdicts.get(matters) else None
