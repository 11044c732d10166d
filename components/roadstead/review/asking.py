"""Asks rules about stacks of which not everything can be read: values are secret or not known yet, or are what no API takes."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple, TypeVar

from roadstead.offline.graph import Graph, Resource
from roadstead.report.tree import kind
from roadstead.review.change import StackDiff
from roadstead.review.difference.urns import Urn
from roadstead.review.finding import Finding, Undecided
from roadstead.review.rules import Rule, RuleAcross, Said
from roadstead.review.undecided import hidden, texts

Made = TypeVar("Made")
MOST_CULPRITS = 20
"""Where a rule breaks on more, that is taken for a mistake of ours."""


class Answers(NamedTuple):
    """What rules say of a stack of which some values cannot be seen."""

    findings: tuple[Finding, ...]
    undecided: tuple[str, ...]
    """Sentences, each of which begins with the ids (or the family) that it is about."""
    found_by: tuple[Rule, ...] = ()
    """The rules that found something."""


class _Read(NamedTuple):
    """What one rule finds, and what it could not read."""

    findings: tuple[Finding, ...]
    unseen: tuple[Undecided, ...] = ()
    unread: tuple[str, ...] = ()
    """Why, for each resource that no API takes."""


def asked(rules: Iterable[Rule], diff: StackDiff) -> Answers:
    """Asks rules. One that breaks on what it cannot see, or on what no API takes, is asked again without those resources."""
    missing, unread = hidden(diff.head), dict[str, list[str]]()
    found: dict[Rule, tuple[Finding, ...]] = {}
    for rule in rules:
        read = _read(rule, diff)
        found[rule] = read.findings
        missing += read.unseen
        for reason in read.unread:
            unread.setdefault(reason, []).append(f"{_family(rule)}/…")
    every = tuple(finding for each in found.values() for finding in each)
    said = (*texts(missing), *(f"{', '.join(families)}: not decided: {why}." for why, families in unread.items()))
    return Answers(every, said, tuple(rule for rule, each in found.items() if each))


def asked_together(rule: RuleAcross, diffs: Mapping[str, StackDiff]) -> dict[str, Answers]:
    """Asks a rule about several stacks. Where it breaks it finds nothing, which is said of each stack that hides something.

    If none does, the rules about one stack have named what cannot be read.
    """
    try:
        found, unseen = _parted(rule(diffs))
    except Exception as error:
        family = _family(rule)
        said = {name: tuple(texts(_open_to(family, hidden(diff.head)))) for name, diff in diffs.items()}
        if not any(said.values()):
            said = dict.fromkeys(diffs, (f"{family}/…: not decided: {type(error).__name__}: {error}.",))
        return {name: Answers((), undecided) for name, undecided in said.items()}
    return {
        name: Answers(
            tuple(each for each in found if Urn.of(each.resource).stack == name),
            tuple(texts(each for each in unseen if Urn.of(each.unread.resource.urn).stack == name)),
        )
        for name in diffs
    }


def of_what_can_be_read(make: Callable[[StackDiff], Made], diff: StackDiff) -> Made:
    """What is made of a stack; where that breaks, without the resources that are in its way."""
    with suppress(Exception):
        return make(diff)
    unseen = hidden(diff.head) + hidden(diff.base)
    with suppress(Exception):
        return make(_without(diff, (value.unread.resource.urn for value in unseen)))
    made, _ = _without_culprits(make, diff)
    return made


def _family(rule: Rule | RuleAcross) -> str:
    return rule.__module__.rpartition(".")[2].replace("_", "-")


def _parted(said: Iterable[Said]) -> tuple[tuple[Finding, ...], tuple[Undecided, ...]]:
    every = tuple(said)
    return (
        tuple(each for each in every if isinstance(each, Finding)),
        tuple(each for each in every if isinstance(each, Undecided)),
    )


def _open_to(family: str, values: Iterable[Undecided]) -> tuple[Undecided, ...]:
    """The values, as what keeps a whole family of rules from being decided."""
    return tuple(replace(value, rules=(f"{family}/…",)) for value in values)


def _in_the_way(rule: Rule, every: Iterable[Undecided]) -> list[Undecided]:
    """The hidden values on which a rule may break; on a name or an image none does."""
    return [
        value
        for value in every
        if value.unread.path.rpartition(".")[2] not in ("image", "name", "namespace")
        if any(id_.startswith(f"{_family(rule)}/") for id_ in value.rules)
    ]


def _read(rule: Rule, diff: StackDiff) -> _Read:
    """Without what is in its way if it must be; an error of ours where it breaks on what anybody can see and API takes."""
    with suppress(Exception):
        return _Read(*_parted(rule(diff)))
    every = hidden(diff.head) + hidden(diff.base)
    family, in_the_way = _family(rule), _in_the_way(rule, every)
    with suppress(Exception):
        found, unseen = _parted(rule(_without(diff, (value.unread.resource.urn for value in in_the_way))))
        return _Read(found, (*unseen, *_open_to(family, in_the_way)))
    try:
        (found, unseen), culprits = _without_culprits(lambda left: _parted(rule(left)), diff)
    except Exception:
        if not every:
            raise
        return _Read((), _open_to(family, every))
    unread = [
        f"{kind(made.type)} {made.name} cannot be read ({type(error).__name__}: {error})"
        for made, error in culprits
        if not any(value.unread.resource is made for value in every)
    ]
    of_culprits = [value for value in every if any(value.unread.resource is made for made, _ in culprits)]
    return _Read(found, (*unseen, *_open_to(family, of_culprits)), tuple(unread))


def _without_culprits(
    make: Callable[[StackDiff], Made], diff: StackDiff
) -> tuple[Made, list[tuple[Resource, Exception]]]:
    """What is made of a stack without the resources that it breaks on, one after the other; and those, with what broke."""
    left, culprits = diff, list[tuple[Resource, Exception]]()
    while True:
        try:
            return make(left), culprits
        except Exception as error:
            made = _culprit(make, left) if len(culprits) < MOST_CULPRITS else None
            if made is None:
                raise
            culprits.append((made, error))
            left = _without(left, [made.urn])


def _culprit(make: Callable[[StackDiff], object], diff: StackDiff) -> Resource | None:
    """The first resource, in the order of the graph, with which something begins to break; nothing if it does without any."""
    resources = {urn: made for graph in (diff.base, diff.head) if graph for urn, made in graph.resources.items()}
    urns, fine, broken = list(resources), 0, len(resources)
    if _breaks(make, _without(diff, urns)):
        return None
    while broken - fine > 1:
        middle = (fine + broken) // 2
        if _breaks(make, _without(diff, urns[middle:])):
            broken = middle
        else:
            fine = middle
    return resources[urns[broken - 1]]


def _breaks(make: Callable[[StackDiff], object], diff: StackDiff) -> bool:
    try:
        make(diff)
    except Exception:
        return True
    return False


def _without(diff: StackDiff, urns: Iterable[str]) -> StackDiff:
    gone = set(urns)

    def left(graph: Graph | None) -> Graph | None:
        kept = {urn: made for urn, made in graph.resources.items() if urn not in gone} if graph else {}
        return graph and replace(graph, resources=kept)

    return replace(diff, base=left(diff.base), head=left(diff.head))
