"""Whether a change lowers what protects, in place or by making it anew. What counts is the table in `review/protection`."""

from collections.abc import Iterator, Sequence

from roadstead.core.names import some
from roadstead.facts.kubernetes_versions import minor
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.report.tree import kind
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Undecided
from roadstead.tool.review.protection.losses import Loss, guards_gone, losses
from roadstead.tool.review.protection.pods import STANDARDS
from roadstead.tool.review.protection.row import IDS, PODS, graded
from roadstead.tool.review.protection.ways import Release
from roadstead.tool.review.rules import admission
from roadstead.tool.review.stacks import NOWHERE, finding, source
from roadstead.tool.review.upgrade.versions import versions

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
            if _goes_back_with_kubernetes(loss, diff.base, diff.head):
                continue
            by_row.setdefault((id(loss.row), loss.new.urn), []).append(loss)
        else:
            row, unread = loss
            yield Undecided((row.id,), unread)
    alike: dict[tuple[int, str, tuple[str, ...]], list[list[Loss]]] = {}
    refused = _refused(diff) if any(_is_of_standards(of_one) for of_one in by_row.values()) else frozenset()
    for (row_id, urn), of_one in by_row.items():
        if urn in refused and _is_of_standards(of_one):
            continue
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
    for guard, old in guards_gone(diff.base, diff.head, diff.changes):
        goes = "no longer means the pods that it meant" if old.urn in diff.head.resources else "goes"
        what = f"{_named([old])} {goes}: {guard.says}."
        yield finding(diff.base, old, guard.id, graded(guard.grade, diff.head), what, guard.do)


def _is_of_standards(of_one: Sequence[Loss]) -> bool:
    return of_one[0].row.id == PODS and of_one[0].row.source == STANDARDS


def _refused(diff: StackDiff) -> frozenset[str]:
    """What Pod Security lets make no pods at all: `admission/pod-security` says what it lacks."""
    said = admission.findings(diff)
    return frozenset(
        each.resource for each in said if isinstance(each, Finding) and each.rule == admission.POD_SECURITY
    )


def _goes_back_with_kubernetes(loss: Loss, base: Graph, head: Graph) -> bool:
    """Whether a version of Pod Security is still the cluster's own: of that one `upgrade/goes-back` speaks."""
    was, now = versions(base).version, versions(head).version
    is_back = was is not None and now is not None and minor(now) < minor(was)
    return is_back and isinstance(loss.row.way, Release) and loss.becomes == f"v{now}"


def _named(made: Sequence[Resource]) -> str:
    names = [resource.name for resource in made]
    of = kind(made[0].type)
    return f"{of} {names[0]}" if len(names) == 1 else f"{len(names)} of kind {of} ({some(names, NAMED)})"
