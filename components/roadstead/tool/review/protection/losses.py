"""What a change lowers: each property of the table that is weaker, and each guard that goes while what it guards stays."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.made_up import leaves
from roadstead.tool.review.protection.pairs import pairs
from roadstead.tool.review.protection.reading import Values, keeps, steps, subject, values
from roadstead.tool.review.protection.row import Guard, Row
from roadstead.tool.review.protection.table import BY_SUBJECT, GUARDS_BY_SUBJECT
from roadstead.tool.review.views.kubernetes_object import KubernetesObject
from roadstead.tool.review.views.reading import Place, Unread, Why
from roadstead.tool.review.views.selector import selector
from roadstead.tool.review.views.workload import declared


class Loss(NamedTuple):
    """One property of one resource that is weaker."""

    row: Row
    old: Resource
    new: Resource
    becomes: object
    """The value that it gets."""
    says: str
    of_each: str
    """The same of several, whatever their containers are called."""


def losses(base: Graph, head: Graph, diff: StackDiff) -> Iterator[Loss | tuple[Row, Unread]]:
    """Every property that is weaker; for what cannot be read, the row that it keeps from being decided."""
    for old, new in pairs(diff):
        for row in BY_SUBJECT.get(subject(new), BY_SUBJECT["*"]):
            for path in row.paths:
                yield from _of_path(row, path, (base, old), (head, new))


def _of_path(
    row: Row, path: str, before: tuple[Graph, Resource], after: tuple[Graph, Resource]
) -> Iterator[Loss | tuple[Row, Unread]]:
    was, now = values(row, path, *before), values(row, path, *after)
    if isinstance(was, Unread) or isinstance(now, Unread):
        if Place.of(before[1]).value != Place.of(after[1]).value:
            yield row, now if isinstance(now, Unread) else was  # type: ignore[misc]
        return
    nothing = Place(after[1], path, None)
    for names in [*now, *(names for names in was if names not in now and keeps(path))]:
        new = now.get(names, nothing)
        olds = [was[names]] if names in was else _others(was, before[1], path)
        item = " ".join(names) or steps(path)[-1][1]
        said = [_said(row, item, old, new) for old in olds]
        unread = next((each for each in said if isinstance(each, Unread)), None)
        if unread is not None:
            yield row, unread
        elif said and all(said):
            sentence = str(said[0])
            of_each = sentence.replace(f"container {item}", "a container of each")
            yield Loss(row, before[1], after[1], new.value, sentence, of_each)


def _others(was: Values, old: Resource, path: str) -> list[Place]:
    """What a new item is compared with: all that were there, for which it may stand; where there were none, what says nothing."""
    return [*was.values()] or [Place(old, path, None)]


def _said(row: Row, item: str, old: Place, new: Place) -> str | Unread:
    """What is lost, as a sentence; nothing where nothing is."""
    before, after = row.way.read(old), row.way.read(new)
    for read in (before, after):
        if isinstance(read, Unread):
            return "" if old.value == new.value and read.why is not Why.UNKNOWN else read
    lost = row.way.lost(before, after)
    words = {"lost": lost, "item": item, "old": row.way.shown(old), "new": row.way.shown(new)}
    return row.says.format(**words) if lost else ""


def guards_gone(base: Graph, head: Graph, changes: tuple[Change, ...]) -> Iterator[tuple[Guard, Resource]]:
    """Guards that go, or no longer mean the pods that they meant, while what they guard stays and has no other one."""
    for change in changes:
        old = change.old
        guard = GUARDS_BY_SUBJECT.get(subject(old)) if old else None
        if old is None or guard is None or (old.retain_on_delete and change.is_ending):
            continue
        left = [made for made in head.resources.values() if subject(made) == guard.subject]
        if guard.of == "spec.selector":
            still = {called for each in left for called in _pods(each, head)}
            there = {each.called for each in declared(head)}
            if (_pods(old, base) & there) - still:
                yield guard, old
            continue
        if not change.is_ending or not (change.kind is Kind.DELETE or guard.is_kept):
            continue
        guarded = _guarded(guard, old)
        if _stays(guard, guarded, head) and (guard.is_kept or guarded not in [_guarded(guard, each) for each in left]):
            yield guard, old


def _pods(guard: Resource, graph: Graph) -> set[tuple[str, str] | None]:
    """The workloads whose pods a selector means; none where it cannot be read."""
    selected = selector(Place.of(guard).at("spec", "selector"))
    if isinstance(selected, Unread):
        return set()
    return {
        each.called
        for each in declared(graph)
        if each.namespace == KubernetesObject(guard).namespace
        and not isinstance(each.labels, Unread)
        and selected.selects(each.labels)
    }


def _guarded(guard: Guard, resource: Resource) -> object:
    match guard.of:
        case "(stack)":
            return resource.name
        case "(parent)":
            return resource.parent
        case "metadata.namespace":
            return KubernetesObject(resource).namespace
        case _:
            at = Place.of(resource).at(guard.of).value
            return (at, resource.inputs["addonName"]) if "addonName" in resource.inputs else at


def _stays(guard: Guard, guarded: object, head: Graph) -> bool:
    match guard.of:
        case "(stack)":
            return True
        case "(parent)":
            return guarded in head.resources
        case "metadata.namespace":
            return any(_is_in(made, guarded) for made in head.resources.values())
        case _:
            thing = guarded[0] if isinstance(guarded, tuple) else guarded
            return any(
                value == thing
                for made in head.resources.values()
                if made.type.startswith("aws:")  # an object of Kubernetes may be called the same
                for _, value in leaves({**made.computed, **made.inputs, "id": made.id})
                if isinstance(value, str)
            )


def _is_in(made: Resource, name: object) -> bool:
    metadata = made.inputs.get("metadata")
    if not isinstance(metadata, Mapping):
        return False
    return bool(
        metadata.get("namespace") == name or (made.inputs.get("kind") == "Namespace" and metadata.get("name") == name)
    )
