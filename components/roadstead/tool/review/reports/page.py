"""What stands on the HTML page beside the review itself: how full things are, and who may do what."""

from fractions import Fraction
from typing import NamedTuple

from roadstead.tool.review.access.matrix import Cell, matrix
from roadstead.tool.review.access.rights import RIGHTS
from roadstead.tool.review.capacity.plan import Bar, group_bars, plan, team_bars
from roadstead.tool.review.change import StackDiff


class Extra(NamedTuple):
    """What is known of one stack beside its differences; all of it may be missing."""

    groups: tuple[Bar, ...] = ()
    teams: tuple[Bar, ...] = ()
    may_before: frozenset[Cell] = frozenset()
    """Who may do what at the base."""
    may_now: frozenset[Cell] = frozenset()


def extra(diff: StackDiff) -> Extra:
    """What a stack's graphs say of that."""
    if diff.head is None:
        return Extra()
    now = matrix(diff.head)
    before = matrix(diff.base) if diff.base else frozenset() if diff.is_compared else now
    return Extra(tuple(group_bars(plan(diff.head))), tuple(team_bars(diff.head)), before, now)


class Measure(NamedTuple):
    """One measure of a bar, to draw."""

    text: str
    """`14.3 of 142.4 cores`."""
    percent: int
    """How long it is, at most 100."""
    is_over: bool
    """Whether more is taken than there is."""


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
