"""The tables of all families, each of which stands in its own file beside this one."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from tests.roadstead.tool.review.rules.table import Case, found
from tests.roadstead.tool.review.rules.test_upgrade import ON_THE_WAY, to_1_37

from roadstead.tool.review.finding import Finding, Undecided
from roadstead.tool.review.rules import ACROSS_STACKS, IDS, RULES, Rule, RuleAcross

NAMES = {"findings": "CASES", "across": "ACROSS"}
"""What the table of a family's rule is called in the tests of that family."""


def table(rule: Rule | RuleAcross) -> list[Case[Any]]:
    """The table of a rule; a family without one is an error."""
    tests = import_module(f"{__package__}.test_{rule.__module__.rpartition('.')[2]}")
    cases: list[Case[Any]] = getattr(tests, NAMES[rule.__name__])
    return cases


EVERY: tuple[Rule | RuleAcross, ...] = (*RULES, *ACROSS_STACKS)
TABLES: tuple[tuple[Callable[[Any], Any], list[Case[Any]]], ...] = (
    *((rule, table(rule)) for rule in EVERY),
    (to_1_37, ON_THE_WAY),
)


@pytest.mark.parametrize(
    ("findings", "case"), [pytest.param(rule, case, id=case.rule) for rule, cases in TABLES for case in cases]
)
def test_a_rule_finds_what_it_is_for_and_not_what_is_nearly_so(
    findings: Callable[[Any], Iterator[Finding | Undecided]], case: Case[Any]
) -> None:
    there = found(findings, case.finds, case.rule)
    assert there, f"{case.rule} is not found"
    assert case.says in there[0].what, there[0].what
    assert there[0].severity is case.severity
    assert there[0].what.endswith(".")
    assert there[0].do.endswith(".")
    assert found(findings, case.near_miss, case.rule) == []


def test_every_id_has_a_case() -> None:
    assert {case.rule for _, cases in TABLES for case in cases} == IDS
