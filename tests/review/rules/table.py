"""What the tables of the rules are made of: for each id what is found, and what is nearly so and is not."""

from collections.abc import Callable, Iterator, Mapping
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


def found(findings: Callable[[Asked], Iterator[Finding | Undecided]], asked: Asked, rule: str) -> list[Finding]:
    return [said for said in findings(asked) if isinstance(said, Finding) and said.rule == rule]
