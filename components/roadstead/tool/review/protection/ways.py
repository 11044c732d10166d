"""Ways in which a property can be weaker than it was. Each reads a value, and says what is lost between two values.

An absent property has the value that its API gives it, so that what is taken away is compared too.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any, Protocol

from roadstead.core.names import some
from roadstead.core.quantities import parse
from roadstead.tool.offline.graph import plain
from roadstead.tool.review.views.reading import Place, Unread

NAMED = 4
"""How many members a sentence names before it only counts."""
ABSENT = "nothing"


class Way(Protocol):
    """Which way is weaker."""

    def read(self, place: Place) -> Any:
        """What is compared: a value, or what cannot be read."""

    def lost(self, old: Any, new: Any) -> str:
        """What is lost from one value to the other, in words; an empty text where nothing is."""

    def shown(self, place: Place) -> str:
        """The value in a sentence."""


class AsWritten:
    """What a sentence shows as the program has it."""

    absent: Any = None
    """What holds where nothing is said."""

    def shown(self, place: Place) -> str:
        """The value in a sentence."""
        value = self.absent if place.is_absent else plain(place.value)
        return ABSENT if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Switch(AsWritten):
    """Something that protects while it is on (or off). Providers write some of them as text."""

    protects: bool = True
    absent: bool = False

    def read(self, place: Place) -> bool | Unread:
        """Whether it is on."""
        if place.is_absent:
            return self.absent
        if isinstance(place.value, str) and place.value.lower() in ("true", "false"):
            return place.value.lower() == "true"
        value = place.boolean()
        return place.malformed("true or false") if value is None else value

    def lost(self, old: bool, new: bool) -> str:
        """The switch itself."""
        return str(new).lower() if old is self.protects and new is not self.protects else ""


@dataclass(frozen=True)
class Number(AsWritten):
    """A number or quantity that protects the more the larger (or smaller) it is."""

    more: bool
    """Whether more protects more."""
    absent: float
    """What holds where nothing is said; `inf` for no limit."""
    unit: str = ""
    endless: str = "without limit"
    """What is said of no limit."""
    forever: tuple[int, ...] = ()
    """Numbers that mean no limit."""

    def read(self, place: Place) -> Fraction | float | Unread:
        """The number; of a text of percent, how many that is."""
        if place.is_absent:
            return self.absent
        value = place.value
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return place.malformed("a number")
        try:
            number = parse(str(value).removesuffix("%"))
        except ValueError:
            return place.malformed("a number")
        return inf if number in self.forever else number

    def lost(self, old: float, new: float) -> str:
        """How far it goes."""
        return "less" if (new < old if self.more else new > old) else ""

    def shown(self, place: Place) -> str:
        """With its unit."""
        return self.endless if self.read(place) == inf else super().shown(place) + self.unit


@dataclass(frozen=True)
class Ranked(AsWritten):
    """One of some values, of which the first protects least."""

    levels: tuple[str, ...]
    absent: str

    def read(self, place: Place) -> int | Unread:
        """How far up it is."""
        text = self.absent if place.is_absent else place.required_text()
        if isinstance(text, Unread):
            return text
        return self.levels.index(text) if text in self.levels else place.malformed(f"one of {', '.join(self.levels)}")

    def lost(self, old: int, new: int) -> str:
        """The level."""
        return self.levels[old] if new < old else ""


@dataclass(frozen=True)
class Release(AsWritten):
    """A version of Kubernetes, `v1.36` or `latest`: an older one knows fewer dangers."""

    def read(self, place: Place) -> tuple[float, ...] | Unread:
        """The version as numbers."""
        text = "latest" if place.is_absent else place.required_text()
        if isinstance(text, Unread):
            return text
        if text == "latest":
            return (inf,)
        found = re.fullmatch(r"v?(\d+)\.(\d+)", text)
        return (int(found[1]), int(found[2])) if found else place.malformed("a version such as v1.36, or latest")

    def lost(self, old: tuple[float, ...], new: tuple[float, ...]) -> str:
        """The newer one."""
        return "newer rules" if new < old else ""


@dataclass(frozen=True)
class Given(AsWritten):
    """Something that protects by being there (or by not being there), whatever it is."""

    protects: bool = True

    def read(self, place: Place) -> bool | Unread:
        """Whether it is there. What is only known after creation is; what is empty is not."""
        if isinstance(place.value, Unread):
            return place.value
        return place.value not in (None, "", [], {})

    def lost(self, old: bool, new: bool) -> str:
        """The thing."""
        return "it" if old is self.protects and new is not self.protects else ""


@dataclass(frozen=True)
class Members(AsWritten):
    """A list, as the set that it is, of what protects (or of what opens)."""

    protect: bool = True
    everything: str = ""
    """A member that stands for all."""
    but: frozenset[str] = frozenset()
    """Members that count for nothing here."""

    def read(self, place: Place) -> frozenset[str] | Unread:
        """What is in it, in words."""
        items = seen_items(place)
        return items if isinstance(items, Unread) else frozenset(map(_worded, items)) - self.but

    def lost(self, old: frozenset[str], new: frozenset[str]) -> str:
        """Those that go, or that come."""
        fewer, more = (new, old) if self.protect else (old, new)
        return "" if self.everything in fewer else some(sorted(more - fewer), NAMED)


def seen_items(place: Place) -> list[Place] | Unread:
    """The items of a list, if nothing in any of them is hidden."""
    items = place.items()
    if isinstance(items, Unread):
        return items
    return next((unread for item in items for unread in item.unread()), None) or items


def _worded(item: Place) -> str:
    value = plain(item.value)
    if isinstance(value, Mapping):
        return str(value.get("key") or value.get("name") or json.dumps(value, sort_keys=True))
    return str(value)


_EFFECTS = {"PREFER_NO_SCHEDULE": 1, "NO_SCHEDULE": 2, "NO_EXECUTE": 3}


@dataclass(frozen=True)
class Taints(AsWritten):
    """Taints of nodes, by key: the harder one keeps more pods away.

    https://docs.aws.amazon.com/eks/latest/userguide/node-taints-managed-node-groups.html
    """

    def read(self, place: Place) -> dict[str, int] | Unread:
        """How hard each is."""
        items, taints = place.items(), dict[str, int]()
        if isinstance(items, Unread):
            return items
        for item in items:
            key, effect = item.at("key").required_text(), item.at("effect").required_text()
            if isinstance(key, Unread) or isinstance(effect, Unread):
                return key if isinstance(key, Unread) else item.at("effect").malformed("an effect")
            if effect not in _EFFECTS:
                return item.at("effect").malformed(f"one of {', '.join(_EFFECTS)}")
            taints[key] = max(_EFFECTS[effect], taints.get(key, 0))
        return taints

    def lost(self, old: Mapping[str, int], new: Mapping[str, int]) -> str:
        """The keys of those that go or are softer."""
        return some(sorted(key for key, hard in old.items() if new.get(key, 0) < hard), NAMED)


@dataclass(frozen=True)
class User(AsWritten):
    """The user that a container runs as: root is weaker than what the image says, and that than another one."""

    def read(self, place: Place) -> int | Unread:
        """0 for root, 1 for what the image says, 2 for somebody else."""
        number = place.number()
        return number if isinstance(number, Unread) else 1 if number is None else 0 if number == 0 else 2

    def lost(self, old: int, new: int) -> str:
        """The user."""
        return "the user" if new < old else ""

    def shown(self, place: Place) -> str:
        """Its number; without one its image decides."""
        return "of its image's choice" if place.is_absent else super().shown(place)
