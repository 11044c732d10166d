"""What the tables of the rules are made of: for each id what is found, and what is nearly so and is not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity, Undecided

Asked = TypeVar("Asked", StackDiff, Mapping[str, StackDiff])
"""What a rule is asked about: a stack, or all of them."""


class Case(NamedTuple, Generic[Asked]):
    rule: str
    finds: Asked
    near_miss: Asked
    says: str
    """Part of what it says."""
    severity: Severity = Severity.ERROR


def made(said: Iterable[Finding | Undecided]) -> list[Finding]:
    """The findings of what a rule says."""
    return [each for each in said if isinstance(each, Finding)]


def found(findings: Callable[[Asked], Iterator[Finding | Undecided]], asked: Asked, rule: str) -> list[Finding]:
    return [finding for finding in made(findings(asked)) if finding.rule == rule]
