"""What is there at both revisions, be it made anew under another URN, or renamed altogether."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.change import Kind, StackDiff
from roadstead.tool.review.difference.made_up import leaves
from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.protection.reading import subject
from roadstead.tool.review.views.kubernetes_object import KubernetesObject
from roadstead.tool.review.views.reading import Place

IDENTITIES = ("name", "bucket", "repository", "identifier", "clusterIdentifier", "addonName", "principalArn")
"""What AWS knows a resource by, whatever Pulumi calls it."""
ALIKE = 0.5
"""How much of what it is given a resource has in common with itself under other names, at the least."""


def pairs(diff: StackDiff) -> Iterator[tuple[Resource, Resource]]:
    """Each as it was and as it is: by URN, by a name, or as the only one of its kind that goes where only one comes."""
    gone = [change.old for change in diff.changes if change.kind is Kind.DELETE and change.old]
    left = {identity: old for old in gone for identity in _identities(old)}
    for change in diff.changes:
        if change.old is not None and change.new is not None:
            yield change.old, change.new
    come = [change.new for change in diff.changes if change.new and not change.old]
    known = {new.urn: old for new in come for each in reversed([*_identities(new)]) if (old := left.get(each))}
    taken = {old.urn for old in known.values()}
    sole = _sole([old for old in gone if old.urn not in taken], [new for new in come if new.urn not in known])
    for new in come:
        old = known.get(new.urn) or sole.get(new.urn)
        if old is not None:
            yield old, new


def _identities(resource: Resource) -> Iterator[tuple[object, ...]]:
    """What a resource is in its API, and what the program calls it."""
    metadata = Place.of(resource).at("metadata", "name").value
    if isinstance(metadata, str):
        yield subject(resource), KubernetesObject(resource).namespace, metadata
    for key in IDENTITIES:
        if isinstance(name := resource.inputs.get(key), str):
            yield subject(resource), key, name
    yield subject(resource), resource.name


def _sole(gone: list[Resource], come: list[Resource]) -> Mapping[str, Resource]:
    """By the URN of what comes, what it was: under one parent, or in the same place of another component."""
    found: dict[str, Resource] = {}
    for place in (_under, _within):
        counts = [Counter(map(place, each)) for each in (gone, come)]
        olds = {place(old): old for old in gone if old.urn not in {each.urn for each in found.values()}}
        for new in come:
            where = place(new)
            old = olds.get(where)
            is_sole = [count[where] for count in counts] == [1, 1]
            if old is not None and is_sole and new.urn not in found and _are_alike(old, new):
                found[new.urn] = old
    return found


def _under(made: Resource) -> tuple[object, ...]:
    return subject(made), made.parent


def _within(made: Resource) -> tuple[object, ...]:
    """The types above it, and how it is called beside the component that it is a part of."""
    above = Urn.of(made.parent).name if made.parent else ""
    part = made.name.removeprefix(above) if above and made.name.startswith(above) else ""
    return subject(made), Urn.of(made.urn).qualified_type, part


def _are_alike(old: Resource, new: Resource) -> bool:
    was, now = _leaves(old), _leaves(new)
    most = max(was.total(), now.total())
    return most == 0 or (was & now).total() >= ALIKE * most


def _leaves(made: Resource) -> Counter[tuple[str, str]]:
    found: list[tuple[Any, Any]] = [*leaves(made.inputs)]
    return Counter((str(path), repr(value)) for path, value in found)
