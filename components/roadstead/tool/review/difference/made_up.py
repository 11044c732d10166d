"""Which made-up values a value holds, and the same value with those of a renamed resource instead.

The recording engine makes up what only exists after creation, from the URN: it says whose a value is, and it is another one
when the resource has another URN although nothing about it differs.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from roadstead.tool.offline.graph import MADE_UP_DIGITS, Resource, made_up_name
from roadstead.tool.review.difference.values import joined

_DIGITS = re.compile(rf"-([0-9a-f]{{{MADE_UP_DIGITS}}})(?![0-9A-Za-z])")


class MadeUp:
    """Finds the made-up values of some resources, and references to them."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self._names: dict[str, list[tuple[str, Resource]]] = {}
        self._by_urn: dict[str, Resource] = {}
        for resource in resources:
            self.add(resource)

    def __bool__(self) -> bool:
        return bool(self._by_urn)

    def __contains__(self, urn: str | None) -> bool:
        return urn in self._by_urn

    def add(self, resource: Resource) -> None:
        """Finds this one's values too."""
        name = made_up_name(resource.name, resource.urn)
        self._by_urn[resource.urn] = resource
        self._names.setdefault(name[-MADE_UP_DIGITS:], []).append((name, resource))

    def within(self, value: Any) -> dict[str, Resource]:
        """The resources, by URN, whose values are somewhere in a value."""
        found: dict[str, Resource] = {}
        for text in _texts(value):
            if text in self._by_urn:
                found[text] = self._by_urn[text]
            for match in _DIGITS.finditer(text):
                for name, resource in self._names.get(match[1], ()):
                    if text.endswith(name, 0, match.end()):
                        found[resource.urn] = resource
        return found

    def without(self, value: Any) -> Any:
        """A value that is the same whatever these resources are called: their types in place of their values."""
        named = self.within(value)
        return replaced(
            value, {text: f"<{made.type}>" for made in named.values() for text in _own_texts(made).values()}
        )


def renamed(old: Resource, new: Resource) -> dict[str, str]:
    """Every made-up text of a resource as it was, with the text that stands in its place now."""
    after = _own_texts(new)
    return {text: after[path] for path, text in _own_texts(old).items() if path in after}


def replaced(value: Any, texts: Mapping[str, str]) -> Any:
    """A value with some texts in place of others, the longest first."""
    if not texts:
        return value
    pattern = re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)))
    return _mapped(value, lambda text: pattern.sub(lambda match: texts[match[0]], text))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that holds no other, with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, joined(path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}[{number}]")
    else:
        yield path, value


def _own_texts(resource: Resource) -> dict[str, str]:
    """What stands for a resource in other values, by where it comes from: its URN, and its answers that are made up."""
    name = made_up_name(resource.name, resource.urn)
    encoded = b64encode(name.encode()).decode()
    answers = {"id": resource.id, **dict(leaves(resource.computed))}
    made_up = {
        path: text for path, text in answers.items() if isinstance(text, str) and (name in text or text == encoded)
    }
    return {"urn": resource.urn, "name": name, **made_up}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, list) else value
