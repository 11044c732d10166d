"""What the tables of the rules are made of: for each id what is found, and what is nearly so and is not."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules import Said

Asked = TypeVar("Asked", StackDiff, Mapping[str, StackDiff])
"""What a rule is asked about: a stack, or all of them."""


class Case(NamedTuple, Generic[Asked]):
    rule: str
    finds: Asked
    near_miss: Asked
    says: str
    """Part of what it says."""
    severity: Severity = Severity.ERROR


def only_findings(said: Iterable[Said]) -> list[Finding]:
    """Without what a rule cannot decide."""
    return [each for each in said if isinstance(each, Finding)]


def found(findings: Callable[[Asked], Iterable[Said]], asked: Asked, rule: str) -> list[Finding]:
    return [finding for finding in only_findings(findings(asked)) if finding.rule == rule]
