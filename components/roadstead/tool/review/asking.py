"""Asks rules about stacks: what they find, and in sentences what they cannot decide."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.finding import Finding, Undecided
from roadstead.tool.review.rules import RULES, Rule, RuleAcross, Said
from roadstead.tool.review.undecided import texts


class Answers(NamedTuple):
    """What rules say of a stack."""

    findings: tuple[Finding, ...]
    undecided: tuple[str, ...]
    """Sentences, each of which begins with the ids (or the family) that it is about."""
    found_by: tuple[Rule, ...] = ()
    """The rules that found something."""


def asked(rules: Iterable[Rule], diff: StackDiff) -> Answers:
    """Asks rules about one stack. One of a project's own may break on what it does not expect: then that is said."""
    found: dict[Rule, tuple[Finding, ...]] = {}
    unseen, broken = list[Undecided](), list[str]()
    for rule in rules:
        try:
            found[rule], undecided = _parted(rule(diff))
        except Exception as error:
            if rule in RULES:
                raise
            broken.append(f"{rule.__module__}: not decided: it broke with {type(error).__name__}: {error}.")
        else:
            unseen += undecided
    every = tuple(finding for each in found.values() for finding in each)
    return Answers(every, (*texts(unseen), *broken), tuple(rule for rule, each in found.items() if each))


def asked_together(rule: RuleAcross, diffs: Mapping[str, StackDiff]) -> dict[str, Answers]:
    """Asks a rule about several stacks: what it says of each."""
    found, unseen = _parted(rule(diffs))
    return {
        name: Answers(
            tuple(each for each in found if Urn.of(each.resource).stack == name),
            tuple(texts(each for each in unseen if Urn.of(each.unread.resource.urn).stack == name)),
        )
        for name in diffs
    }


def _parted(said: Iterable[Said]) -> tuple[tuple[Finding, ...], tuple[Undecided, ...]]:
    every = tuple(said)
    return (
        tuple(each for each in every if isinstance(each, Finding)),
        tuple(each for each in every if isinstance(each, Undecided)),
    )
