"""Asks rules about stacks of which some values cannot be seen: in a preview they are not known yet, anywhere they may be secret."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeVar

from roadstead.offline.graph import Graph
from roadstead.review.change import StackDiff
from roadstead.review.difference.urns import Urn
from roadstead.review.finding import Finding
from roadstead.review.rules import Rule, RuleAcross
from roadstead.review.undecided import Hidden, hidden, texts

Made = TypeVar("Made")


class Answers(NamedTuple):
    """What rules say of a stack of which some values cannot be seen."""

    findings: tuple[Finding, ...]
    undecided: tuple[str, ...]
    """Sentences, each of which begins with the ids (or the family) that it is about."""
    found_by: tuple[Rule, ...] = ()
    """The rules that found something."""


def asked(rules: Iterable[Rule], diff: StackDiff) -> Answers:
    """Asks rules. One that breaks on what it cannot see is asked again without those resources; else it is our error."""
    unseen = hidden(diff.head)
    found: dict[Rule, list[Finding]] = {}
    missing = list(unseen)
    for rule in rules:
        try:
            found[rule] = list(rule(diff))
        except Exception:
            either = unseen + hidden(diff.base)
            if not either:
                raise
            family = _family(rule)
            unreadable = [value for value in either if _is_in_the_way(value, family)]
            try:
                found[rule] = list(rule(_without(diff, unreadable)))
            except Exception:
                unreadable = either
            missing += _open_to(family, unreadable)
    every = tuple(finding for each in found.values() for finding in each)
    return Answers(every, tuple(texts(missing)), tuple(rule for rule, each in found.items() if each))


def asked_together(rule: RuleAcross, diffs: Mapping[str, StackDiff]) -> dict[str, Answers]:
    """Asks a rule about several stacks. Where it breaks on what it cannot see it finds nothing, which is said of each."""
    try:
        found = list(rule(diffs))
    except Exception:
        unseen = {name: hidden(diff.head) for name, diff in diffs.items()}
        if not any(unseen.values()):
            raise
        return {name: Answers((), tuple(texts(_open_to(_family(rule), values)))) for name, values in unseen.items()}
    return {name: Answers(tuple(each for each in found if Urn.of(each.resource).stack == name), ()) for name in diffs}


def of_what_is_seen(make: Callable[[StackDiff], Made], diff: StackDiff) -> Made:
    """What is made of a stack; where that breaks on what cannot be seen, of the stack without those resources."""
    try:
        return make(diff)
    except Exception:
        unseen = hidden(diff.head) + hidden(diff.base)
        if not unseen:
            raise
        return make(_without(diff, unseen))


def _family(rule: Rule | RuleAcross) -> str:
    return rule.__module__.rpartition(".")[2].replace("_", "-")


def _open_to(family: str, values: Iterable[Hidden]) -> list[Hidden]:
    """The values, as what keeps a whole family of rules from being decided."""
    return [value._replace(rules=frozenset({f"{family}/…"})) for value in values]


def _is_in_the_way(value: Hidden, family: str) -> bool:
    """Whether rules of a family may break on a value; on a name or an image none does."""
    is_text = value.path.rpartition(".")[2] in ("image", "name", "namespace")
    return not is_text and any(rule.startswith(f"{family}/") for rule in value.rules)


def _without(diff: StackDiff, unreadable: Iterable[Hidden]) -> StackDiff:
    urns = {value.resource.urn for value in unreadable}

    def left(graph: Graph | None) -> Graph | None:
        return graph and replace(
            graph, resources={urn: graph.resources[urn] for urn in graph.resources if urn not in urns}
        )

    return replace(diff, base=left(diff.base), head=left(diff.head))
