"""Whether a change lowers what protects, in place or by making it anew. What counts is the table in `review/protection`."""

from collections.abc import Iterator, Sequence

from roadstead.offline.graph import Resource
from roadstead.report.names import some
from roadstead.report.tree import kind
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Undecided
from roadstead.review.protection.losses import Loss, guards_gone, losses
from roadstead.review.protection.row import IDS, graded
from roadstead.review.stacks import NOWHERE, finding, source

__all__ = ["IDS", "findings"]
NAMED = 5
"""How many resources a sentence names before it only counts."""
SAID = 3
"""How many losses of one resource it says."""


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What protects less than it did. What is lost in the same way by several resources is said once."""
    if diff.base is None or diff.head is None:
        return
    by_row: dict[tuple[int, str], list[Loss]] = {}
    for loss in losses(diff.base, diff.head, diff):
        if isinstance(loss, Loss):
            by_row.setdefault((id(loss.row), loss.new.urn), []).append(loss)
        else:
            row, unread = loss
            yield Undecided((row.id,), unread)
    alike: dict[tuple[int, str, tuple[str, ...]], list[list[Loss]]] = {}
    for (row_id, _), of_one in by_row.items():
        said = tuple(dict.fromkeys(loss.of_each for loss in of_one))
        alike.setdefault((row_id, kind(of_one[0].new.type), said), []).append(of_one)
    for (_, _, said), each in alike.items():
        row = each[0][0].row
        made = sorted((losses_of[0].new for losses_of in each), key=lambda resource: resource.urn)
        own = tuple(dict.fromkeys(loss.says for loss in each[0]))
        what = f"{_named(made)}: {some(said if len(made) > 1 else own, SAID)}."
        places = {source(diff.head, resource, *row.keys) for resource in made}
        file, key = places.pop() if len(places) == 1 else NOWHERE
        yield Finding(row.id, graded(row.grade, diff.head), made[0].urn, what, row.do, file, key)
    for guard, old in guards_gone(diff.head, diff.changes):
        what = f"{_named([old])} goes: {guard.says}."
        yield finding(diff.base, old, guard.id, graded(guard.grade, diff.head), what, guard.do)


def _named(made: Sequence[Resource]) -> str:
    names = [resource.name for resource in made]
    of = kind(made[0].type)
    return f"{of} {names[0]}" if len(names) == 1 else f"{len(names)} of kind {of} ({some(names, NAMED)})"
