"""What the tables of rules have in common: for each id what is found, and what is nearly so and is not."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity


class Case(NamedTuple):
    rule: str
    finds: StackDiff
    near_miss: StackDiff
    says: str
    """Part of what it says."""
    severity: Severity = Severity.ERROR


def found(findings: Callable[[StackDiff], Iterator[Finding]], diff: StackDiff, rule: str) -> list[Finding]:
    return [finding for finding in findings(diff) if finding.rule == rule]


def holds(findings: Callable[[StackDiff], Iterator[Finding]], case: Case) -> None:
    there = found(findings, case.finds, case.rule)
    assert there, f"{case.rule} is not found"
    assert case.says in there[0].what, there[0].what
    assert there[0].severity is case.severity
    assert there[0].what.endswith(".")
    assert there[0].do.endswith(".")
    assert found(findings, case.near_miss, case.rule) == []


def named(cases: Iterable[Case]) -> set[str]:
    return {case.rule for case in cases}
