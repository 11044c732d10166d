"""Whether one real thing would be there under two names: the engine knows URNs, AWS and Kubernetes know names, principals and blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.report.tree import kind
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.made_up import MadeUp
from roadstead.tool.review.difference.replacements import takes_along
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding, source
from roadstead.tool.review.views.identity import CLUSTER, CONTEXT, Identity, Key, identities, overlap, place_of
from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.sameness import perhaps_twice

ANEW, TWICE, STACKS, BLOCKS = IDS = (
    "identity/made-anew",
    "identity/twice",
    "identity/other-stack",
    "identity/same-block",
)
ACROSS = (STACKS, BLOCKS)
VPC = "aws:ec2/vpc:Vpc"
NAMED = 3
"""How many things a sentence names before it only counts."""


class _Both(NamedTuple):
    """One thing under two URNs."""

    old: Identity
    new: Identity


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What a change makes anew under another URN before the old one goes, and what a stack declares twice."""
    if diff.head is None:
        return
    yield from _twice(diff.head)
    if diff.base is not None:
        yield from _anew(diff, diff.base, diff.head)


def across(diffs: Mapping[str, StackDiff]) -> Iterator[Finding]:
    """What stacks of one account both make, although there can be only one of it; and networks that can never be joined."""
    stacks = [(diff, diff.head) for _, diff in sorted(diffs.items()) if diff.head is not None]
    for (one, graph), (other, later) in combinations(stacks, 2):
        is_brought = one.base is None and other.base is not None
        yield from _of_two(*((graph, later) if is_brought else (later, graph)))


def _twice(graph: Graph) -> Iterator[Finding | Undecided]:
    there: list[_Both] = []
    for alike in _alike(identities(graph)):
        there += [_Both(alike[0], other) for other in alike[1:] if other.is_same(alike[0])]
    for both in _whole(there):
        first, second = both.old.resource, both.new.resource
        what = f"{_begun(both.new.words)} is declared twice, as {first.name} and as {second.name}: {_answer([both])}."
        yield finding(graph, second, TWICE, Severity.ERROR, what, "Declare it once.")
    yield from (Undecided((TWICE,), unread) for unread in perhaps_twice(graph))


def _anew(diff: StackDiff, base: Graph, head: Graph) -> Iterator[Finding]:
    going = {change.old.urn: change for change in diff.changes if change.old and change.is_ending}
    coming = {change.new.urn: change for change in diff.changes if change.new and _is_made(change)}
    if not going or not coming:
        return
    elsewhere = _Elsewhere(diff.changes)
    old = [identity for identity in identities(base) if identity.resource.urn in going]
    new = [identity for identity in identities(head) if identity.resource.urn in coming and identity not in elsewhere]
    urns = {id(identity) for identity in old}
    there = [
        _Both(was, comes)
        for alike in _alike([*old, *new])
        for was in alike
        for comes in alike
        if id(was) in urns and id(comes) not in urns and was.resource.urn != comes.resource.urn and was.is_same(comes)
    ]
    for group in _grouped(there, base, head):
        yield _made_anew(head, group, coming)


class _Elsewhere:
    """Tells of what comes whether it does so in a network or a cluster that is itself made anew."""

    def __init__(self, changes: Iterable[Change]) -> None:
        replaced = [change.resource for change in changes if change.kind is Kind.REPLACE]
        self._made_up = MadeUp(replaced)
        self._holding = {made.urn for made in replaced if takes_along(made.type)}

    def __contains__(self, identity: Identity) -> bool:
        needs = {urn for urns in identity.resource.property_dependencies.values() for urn in urns}
        in_it = identity.scope != CLUSTER and bool(needs & self._holding)
        return in_it or bool(self._made_up.within(list(identity.parts)))


def _is_made(change: Change) -> bool:
    return change.kind is Kind.CREATE or (change.kind is not Kind.DELETE and change.is_ending)


def _alike(those: Iterable[Identity]) -> Iterator[list[Identity]]:
    """Those that may be the same."""
    found: dict[Key, list[Identity]] = {}
    for identity in those:
        if not identity.unread:
            found.setdefault(identity.network, []).append(identity)
    # In an order that does not go by that of the graph.
    return (sorted(alike, key=lambda one: one.resource.urn) for alike in found.values() if len(alike) > 1)


def _whole(there: Sequence[_Both]) -> list[_Both]:
    """Without what is part of another one of them: that follows."""
    holding = {both.new.key for both in there}
    return [both for both in there if both.new.holder not in holding]


def _grouped(there: Sequence[_Both], base: Graph, head: Graph) -> list[list[_Both]]:
    """Together what one renamed component brings, and what of one kind changes places within a component."""
    groups: dict[str, list[_Both]] = {}
    for both in sorted(_whole(there), key=lambda both: both.new.resource.urn):
        made = both.new.resource
        top, urn = f"{made.type} of {made.parent}", made.urn
        while urn and urn not in base.resources and urn in head.resources:
            top, urn = urn, head.resources[urn].parent or ""
        groups.setdefault(top, []).append(both)
    return list(groups.values())


def _made_anew(head: Graph, group: Sequence[_Both], coming: Mapping[str, Change]) -> Finding:
    first = group[0]
    unsure = all(coming[both.new.resource.urn].kind is Kind.MAY_REPLACE for both in group)
    things = some(list(dict.fromkeys(both.new.words for both in group)), NAMED)
    old, new = (_name(identity) for identity in first)
    names = f"as another resource ({old} → {new})" if old != new else "under another parent"
    what = f"{_begun(things)} would be deleted and made anew {names}, the new one first: {_answer(group)}."
    severity = Severity.WARNING if unsure else Severity.ERROR
    return finding(head, first.new.resource, ANEW, severity, what, _way(head, first, coming))


def _begun(words: str) -> str:
    """Words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def _name(identity: Identity) -> str:
    return f"{kind(identity.resource.type)} {identity.resource.name}"


def _answer(group: Sequence[_Both]) -> str:
    """What the service does."""
    refused = next((both.new.refuses for both in group if both.new.refuses), None)
    if refused:
        return f"there can only be one, so the second is refused ({refused}) and `pulumi up` stops half-way"
    return "the second is written over the first, and whichever goes takes it away from both"


def _way(head: Graph, both: _Both, coming: Mapping[str, Change]) -> str:
    steps = "do it in two changes: take the old one away in the first, and bring the new one in the next"
    change, where = coming[both.new.resource.urn], source(head, both.new.resource)
    if change.kind is Kind.REPLACE:
        return f"Leave each as it is, or {steps}."
    if where.file:
        return f"Keep the key that names it in {where.file}, or {steps}."
    alias = change.alias or both.old.resource.urn
    return f"Keep its name or give it the alias {alias}, or {steps}."


def _of_two(graph: Graph, other: Graph) -> Iterator[Finding]:
    there = {identity.key: identity for identity in identities(other) if _is_told_apart(identity)}
    both = [
        _Both(there[identity.key], identity)
        for identity in identities(graph)
        if _is_told_apart(identity) and identity.key in there
    ]
    by_kind: dict[str, list[_Both]] = {}
    for pair in _whole(both):
        by_kind.setdefault(pair.new.kind, []).append(pair)
    for pairs in by_kind.values():
        pairs.sort(key=lambda pair: pair.new.words)
        things = some([pair.new.words for pair in pairs], NAMED)
        shared = " and ".join(text for text in pairs[0].new.where if text) or "the same cloud"
        what = f"{graph.stack} and {other.stack} both make {things}, in {shared}: {_answer(pairs)}."
        do = "Give this stack an account of its own, or other names; what one stack makes the other can be told of (github_oidc_provider_arn, registry)."
        yield finding(graph, pairs[0].new.resource, STACKS, Severity.ERROR, what, do)
    yield from _blocks(graph, other)


def _is_told_apart(identity: Identity) -> bool:
    """Whether another stack can mean the same: it is said in which account, region or cluster it is."""
    if identity.scope == CLUSTER:
        return identity.unread is None and identity.where[0].startswith(CONTEXT)
    return identity.unread is None and all(identity.where)


def _blocks(graph: Graph, other: Graph) -> Iterator[Finding]:
    """Networks of one account and region with addresses in common."""
    for mine in graph.of_type(VPC):
        for theirs in other.of_type(VPC):
            where = place_of(graph, mine)
            one, two = (Place.of(made).at("cidrBlock").text() for made in (mine, theirs))
            if (
                not all(where)
                or where != place_of(other, theirs)
                or not isinstance(one, str)
                or not isinstance(two, str)
            ):
                continue
            if overlap(one, two):
                what = f"The network of {graph.stack} ({one}) has addresses of {other.stack}'s ({two}), in {where[0]} and {where[1]}: the two can never be joined."
                do = "Give it a block of its own."
                yield finding(graph, mine, BLOCKS, Severity.WARNING, what, do, "cidr")
