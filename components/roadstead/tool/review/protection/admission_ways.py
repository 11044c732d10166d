"""Ways in which what admits objects to a cluster can be weaker than it was."""

from dataclasses import dataclass

from roadstead.core.names import some
from roadstead.tool.review.protection.ways import NAMED, AsWritten, seen_items
from roadstead.tool.review.views.reading import Place, Unread


class _Set(AsWritten):
    """A set of what protects."""

    def lost(self, old: frozenset[str], new: frozenset[str]) -> str:
        """What goes."""
        return some(sorted(old - new), NAMED)


@dataclass(frozen=True)
class Validations(_Set):
    """The rules of a ValidatingAdmissionPolicy: by their names, with which our texts begin; others by their expression."""

    def read(self, place: Place) -> frozenset[str] | Unread:
        """What they are called."""
        items = seen_items(place)
        return items if isinstance(items, Unread) else frozenset(map(_called, items))


def _called(item: Place) -> str:
    message = item.at("message").value
    name, colon, _ = message.partition(": ") if isinstance(message, str) else ("", "", "")
    return name if colon and " " not in name else str(item.at("expression").value)


@dataclass(frozen=True)
class Matches(_Set):
    """What a policy looks at: operations on resources of API groups."""

    def read(self, place: Place) -> frozenset[str] | Unread:
        """Each operation on each resource, in words."""
        rules = place.items()
        if isinstance(rules, Unread):
            return rules
        found = set[str]()
        for rule in rules:
            hidden = next(iter(rule.unread()), None)
            if hidden:
                return hidden
            operations, resources = rule.at("operations").value or [], rule.at("resources").value or []
            if not isinstance(operations, list) or not isinstance(resources, list):
                return rule.malformed("operations and resources")
            found |= {f"{str(operation).lower()} of {resource}" for operation in operations for resource in resources}
        return frozenset(found)


@dataclass(frozen=True)
class Words(AsWritten):
    """A text of words, each of which opens something."""

    def read(self, place: Place) -> frozenset[str] | Unread:
        """The words."""
        text = "" if place.is_absent else place.required_text()
        return text if isinstance(text, Unread) else frozenset(text.split())

    def lost(self, old: frozenset[str], new: frozenset[str]) -> str:
        """Those that come."""
        return some(sorted(new - old), NAMED)


@dataclass(frozen=True)
class Beginnings(Words):
    """What names of images may begin with. A registry that moves takes its names along; before the first text nobody asked."""

    def lost(self, old: frozenset[str], new: frozenset[str]) -> str:
        """Those that come beside what there was, or take in more than it."""
        come = sorted(new - old)
        if not old:
            return ""
        shorter = [word for word in come if any(before.startswith(word) for before in old)]
        return some(come if len(new) > len(old) else shorter, NAMED)


@dataclass(frozen=True)
class Same(AsWritten):
    """A text of which nobody can say which is weaker: another one is told."""

    def read(self, place: Place) -> str | Unread | None:
        """The text."""
        return None if place.is_absent else place.required_text()

    def lost(self, old: str | None, new: str | None) -> str:
        """The text."""
        return "it" if old is not None and new is not None and old != new else ""


@dataclass(frozen=True)
class Sized(AsWritten):
    """A temporary volume with a size; a volume of another kind needs none."""

    def read(self, place: Place) -> bool | Unread:
        """Whether it has one."""
        if isinstance(place.value, Unread):
            return place.value
        return place.is_absent or not place.at("sizeLimit").is_absent

    def lost(self, old: bool, new: bool) -> str:
        """The size."""
        return "its size" if old and not new else ""
