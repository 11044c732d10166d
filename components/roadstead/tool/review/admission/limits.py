"""What a LimitRange says, where it contradicts itself, and which containers are beyond it.

https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from roadstead.core.quantities import parse
from roadstead.tool.review.views.reading import Place, Unread, Why

MIN, MAX, DEFAULT, DEFAULT_REQUEST = BOUNDS = ("min", "max", "default", "defaultRequest")
ORDERED = (
    (MIN, MAX),
    (MIN, DEFAULT_REQUEST),
    (MIN, DEFAULT),
    (DEFAULT_REQUEST, DEFAULT),
    (DEFAULT_REQUEST, MAX),
    (DEFAULT, MAX),
)
"""Which of two bounds may not be over the other one."""


@dataclass(frozen=True)
class Quantity:
    """An amount as it is written, and as a number."""

    text: str
    amount: Fraction


Amounts = Mapping[str, Quantity]
Bounds = Mapping[str, Amounts]
"""What an item of a LimitRange says, by `min`, `max`, `default` and `defaultRequest`."""


def amounts(place: Place) -> Amounts | Unread:
    """A mapping of quantities by resource, such as `limits`."""
    entries = place.entries()
    if isinstance(entries, Unread):
        return entries
    read = {key: _quantity(entry) for key, entry in entries.items()}
    unread = next((value for value in read.values() if isinstance(value, Unread)), None)
    return unread or {key: value for key, value in read.items() if isinstance(value, Quantity)}


def _quantity(place: Place) -> Quantity | Unread:
    text, unread = str(place.value), place.malformed("a quantity")
    with suppress(ValueError):
        return unread if unread.why is not Why.MALFORMED else Quantity(text, parse(text))
    return unread


def bounds_of(limit: Place) -> Bounds | Unread:
    """What an item of a LimitRange says."""
    read = {name: amounts(limit.at(name)) for name in BOUNDS}
    unread = next((value for value in read.values() if isinstance(value, Unread)), None)
    return unread or {name: value for name, value in read.items() if not isinstance(value, Unread)}


def contradictions(limit: Place) -> Iterator[str | Unread]:
    """Where an item of a LimitRange contradicts itself: the API server refuses the whole object."""
    bounds = bounds_of(limit)
    if isinstance(bounds, Unread):
        yield bounds
        return
    if limit.at("type").value == "Pod":
        yield from (f"{name} is not for pods" for name in (DEFAULT, DEFAULT_REQUEST) if bounds[name])
    for low, high in ORDERED:
        for resource, least in bounds[low].items():
            most = bounds[high].get(resource)
            if most and least.amount > most.amount:
                yield f"{low} of {resource} ({least.text}) is over its {high} ({most.text})"


@dataclass(frozen=True)
class Container:
    """What a container asks for and may have, with what its namespace gives to those that say nothing."""

    name: str
    requests: Amounts
    limits: Amounts

    @classmethod
    def read(cls, container: Place, ranges: list[Bounds]) -> "Container | Unread":
        """A container of a namespace with these bounds."""
        requests, limits = (amounts(container.at("resources", key)) for key in ("requests", "limits"))
        if isinstance(requests, Unread):
            return requests
        if isinstance(limits, Unread):
            return limits
        requests = {**limits, **requests}
        for bounds in ranges:
            # A missing default is the maximum, and a missing default of requests the default.
            defaults = {**bounds[MAX], **bounds[DEFAULT]}
            requests = {**bounds[MIN], **defaults, **bounds[DEFAULT_REQUEST], **requests}
            limits = {**defaults, **limits}
        return cls(str(container.at("name").value), requests, limits)

    def beyond(self, ranges: list[Bounds]) -> Iterator[str]:
        """Why the API server takes no pod with it."""
        for resource, asked in self.requests.items():
            limit = self.limits.get(resource)
            if limit and asked.amount > limit.amount:
                yield f"its request of {resource} ({asked.text}) is over its limit ({limit.text})"
        for bounds in ranges:
            for key, given in (("request", self.requests), ("limit", self.limits)):
                for resource, value in given.items():
                    least, most = bounds[MIN].get(resource), bounds[MAX].get(resource)
                    if most and value.amount > most.amount:
                        yield f"its {key} of {resource} ({value.text}) is over the namespace's max ({most.text})"
                    if least and value.amount < least.amount:
                        yield f"its {key} of {resource} ({value.text}) is under the namespace's min ({least.text})"


def container_bounds(limit_range: Place) -> list[Bounds] | Unread:
    """The bounds that a LimitRange sets for containers."""
    items = limit_range.at("spec", "limits").items()
    if isinstance(items, Unread):
        return items
    found = []
    for item in items:
        kind = item.at("type").text()
        if isinstance(kind, Unread):
            return kind
        if kind == "Container":
            bounds = bounds_of(item)
            if isinstance(bounds, Unread):
                return bounds
            found.append(bounds)
    return found
