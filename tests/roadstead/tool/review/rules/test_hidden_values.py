"""Values that are secret, unknown or malformed break no rule that reads views, whichever they are."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.roadstead.tool.review.rules import (
    test_addresses,
    test_parity,
    test_rehearsal,
    test_releases,
    test_renewal,
    test_retirement,
    test_updates,
)
from tests.roadstead.tool.review.rules.table import Case

from roadstead.tool.offline.graph import Graph, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.rules import addresses, parity, rehearsal, releases, renewal, retirement, updates

ABOUT_ONE: list[tuple[Callable[[StackDiff], Iterator[Any]], list[Case[StackDiff]]]] = [
    (addresses.findings, test_addresses.CASES),
    (releases.findings, test_releases.CASES),
    (renewal.findings, test_renewal.CASES),
    (retirement.findings, test_retirement.CASES),
    (updates.findings, test_updates.CASES),
]
ACROSS: list[tuple[Callable[[Mapping[str, StackDiff]], Iterator[Any]], list[Case[Mapping[str, StackDiff]]]]] = [
    (parity.findings, test_parity.CASES),
    (rehearsal.findings, test_rehearsal.CASES),
    (releases.across, test_releases.ACROSS),
]
HIDDEN = (Unknown(), Secret.of(1), 5, "text", [None], {"key": None}, None)
NEVER_HIDDEN = ("kind", "apiVersion", "tier")
"""The program's own words."""


def holes(value: Any, hole: object) -> Iterator[Any]:
    """The value, with each of its parts hidden in turn."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in NEVER_HIDDEN:
                yield from ({**value, key: each} for each in holes(item, hole))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from ([*value[:number], each, *value[number + 1 :]] for each in holes(item, hole))
    yield hole


def hiding(graph: Graph, hole: object) -> Iterator[Graph]:
    for urn, made in graph.resources.items():
        for field in ("inputs", "computed"):
            values: Mapping[str, Any] = getattr(made, field)
            for key, value in values.items():
                for each in holes(value, hole) if key not in NEVER_HIDDEN else ():
                    changed = replace(made, **{field: {**values, key: each}})  # type: ignore[arg-type]
                    yield replace(graph, resources={**graph.resources, urn: changed})


def variants(diff: StackDiff, hole: object) -> Iterator[StackDiff]:
    """The change, with one value hidden at the base or at the head."""
    for base in hiding(diff.base, hole) if diff.base else ():
        yield compare(diff.stack, base, diff.head)
    for head in hiding(diff.head, hole) if diff.head else ():
        yield compare(diff.stack, diff.base, head)


@pytest.mark.parametrize("hole", HIDDEN, ids=str)
@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(rule, case, id=case.rule) for rule, cases in ABOUT_ONE for case in cases]
)
def test_of_one_stack(rule: Callable[[StackDiff], Iterator[Any]], case: Case[StackDiff], hole: object) -> None:
    for diff in variants(case.finds, hole):
        list(rule(diff))


@pytest.mark.parametrize("hole", HIDDEN, ids=str)
@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(rule, case, id=case.rule) for rule, cases in ACROSS for case in cases]
)
def test_of_all_stacks(
    rule: Callable[[Mapping[str, StackDiff]], Iterator[Any]], case: Case[Mapping[str, StackDiff]], hole: object
) -> None:
    for name, one in case.finds.items():
        for diff in variants(one, hole):
            list(rule({**case.finds, name: diff}))
