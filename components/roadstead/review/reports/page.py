"""What stands on the HTML page beside the review itself: how full things are, and who may do what."""

from fractions import Fraction
from typing import NamedTuple

from roadstead.quantities import Amount


class Bar(NamedTuple):
    """How much of something is taken when every app has its most replicas."""

    name: str
    """Of a team or a node group."""
    taken: Amount
    room: Amount


class Cell(NamedTuple):
    """One thing that somebody may do."""

    who: str
    right: str
    team: str
    """Whose it is; nothing for the platform's own."""
    what: str
    """The namespace, key or image repository."""


class Extra(NamedTuple):
    """What is known of one stack beside its differences; all of it may be missing."""

    groups: tuple[Bar, ...] = ()
    teams: tuple[Bar, ...] = ()
    may_before: frozenset[Cell] = frozenset()
    """Who may do what at the base."""
    may_now: frozenset[Cell] = frozenset()


class Measure(NamedTuple):
    """One measure of a bar, to draw."""

    text: str
    """`14.3 of 142.4 cores`."""
    percent: int
    """How long it is, at most 100."""
    is_over: bool
    """Whether more is taken than there is."""


RIGHTS = ("deploy", "exec", "read secrets", "decrypt", "push", "pull", "administer")
"""The columns of the matrix that come first, in this order; others follow by name."""


class Allowed(NamedTuple):
    """What somebody may do with what is one team's: three lists of namespaces, keys and repositories."""

    same: list[str]
    added: list[str]
    removed: list[str]


class Row(NamedTuple):
    """What somebody may do with what is one team's, by right."""

    who: str
    team: str
    allowed: dict[str, Allowed]

    @property
    def is_changed(self) -> bool:
        """Whether anything is different from the base."""
        return any(cell.added or cell.removed for cell in self.allowed.values())


def measures(bar: Bar) -> list[Measure]:
    """CPU, memory and pods of a bar."""
    gib = Fraction(1024**3)
    return [
        _measure(bar.taken.cpu, bar.room.cpu, "cores", 1),
        _measure(bar.taken.memory / gib, bar.room.memory / gib, "GiB", 1),
        _measure(Fraction(bar.taken.pods), Fraction(bar.room.pods), "pods", 0),
    ]


def _measure(taken: Fraction, room: Fraction, unit: str, digits: int) -> Measure:
    percent = min(100, round(100 * taken / room)) if room else 100 if taken else 0
    return Measure(f"{float(taken):,.{digits}f} of {float(room):,.{digits}f} {unit}", percent, taken > room)


def rights(extra: Extra) -> list[str]:
    """The columns of the matrix."""
    there = {cell.right for cell in extra.may_before | extra.may_now}
    return [right for right in RIGHTS if right in there] + sorted(there - set(RIGHTS))


def rows(extra: Extra) -> list[Row]:
    """The rows of the matrix, by who and team; a right that somebody neither has nor had is not in a row."""
    found: dict[tuple[str, str], Row] = {}
    for cell in sorted(extra.may_before | extra.may_now):
        row = found.setdefault((cell.who, cell.team), Row(cell.who, cell.team, {}))
        allowed = row.allowed.setdefault(cell.right, Allowed([], [], []))
        _list(allowed, cell in extra.may_before, cell in extra.may_now).append(cell.what)
    return [found[key] for key in sorted(found)]


def _list(allowed: Allowed, before: bool, now: bool) -> list[str]:
    if before and now:
        return allowed.same
    return allowed.added if now else allowed.removed
