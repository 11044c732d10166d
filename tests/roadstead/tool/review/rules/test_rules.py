"""What holds of all rules together."""

import re
from dataclasses import replace
from typing import Any

import pytest
from tests.roadstead.tool.review.rules.table import Case, only_findings
from tests.roadstead.tool.review.rules.test_tables import TABLES
from tests.support import ROOT

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import stacks
from roadstead.tool.offline.render import render
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.reports.page import extra
from roadstead.tool.review.rules import COMPARING, IDS, RULES
from roadstead.tool.review.views.workload import workloads

STACKS = stacks(ROOT)
CASES: list[Case[Any]] = [case for rule, cases in TABLES if rule in RULES for case in cases]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("new", [False, True], ids=["as it was", "new"])
def test_the_committed_stacks_have_no_error(stack: str, new: bool, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(stack)
    diff = StackDiff(stack, None if new else graph, graph, ())
    there = only_findings(said for rule in RULES for said in rule(diff))
    assert [finding for finding in there if finding.severity is Severity.ERROR] == []
    assert {finding.rule for finding in there} <= {"spot/single-replica"} | (
        {"workload/newly-public", "releases/new-repository"} if new else set()
    )


@pytest.mark.parametrize("stack", STACKS)
def test_the_order_of_resources_changes_nothing(stack: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(stack)
    turned = replace(graph, resources=dict(reversed(list(graph.resources.items()))))
    for rule in RULES:
        as_it_was = list(rule(StackDiff(stack, graph, graph, ())))
        assert sorted(map(str, rule(StackDiff(stack, turned, graph, ())))) == sorted(map(str, as_it_was))
        assert sorted(map(str, rule(StackDiff(stack, graph, turned, ())))) == sorted(map(str, as_it_was))


def test_what_is_not_known_yet_stops_no_rule() -> None:
    graph = render(ROOT, "production", unknown=True)
    for rule in RULES:
        there = rule(StackDiff(graph.stack, graph, graph, ()))
        assert [found for found in only_findings(there) if found.severity is Severity.ERROR] == []


def test_objects_whose_names_are_left_to_pulumi_stop_no_rule(staging: Graph) -> None:
    bare = {
        urn: replace(made, inputs={key: value for key, value in made.inputs.items() if key != "metadata"})
        for urn, made in staging.resources.items()
    }
    nameless = replace(staging, resources=bare)
    for rule in RULES:
        list(rule(StackDiff("staging", staging, nameless, ())))
    assert [workload.name for workload in workloads(nameless)] == [workload.name for workload in workloads(staging)]


def test_a_stack_that_is_gone_has_only_its_losses() -> None:
    assert [found for rule in RULES for found in rule(StackDiff("old", Graph("p", "old", {}, {}), None, ()))] == []


def ids(diff: StackDiff) -> set[str]:
    return {finding.rule for rule in RULES for finding in only_findings(rule(diff))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_where_the_base_is_not_known_what_is_there_is_found_and_nothing_is_called_new(case: Case[StackDiff]) -> None:
    assert case.rule in ids(case.finds)
    there = ids(replace(case.finds, base=None, changes=(), is_compared=False))
    assert (case.rule in there) == (case.rule not in COMPARING)
    assert not there & COMPARING


def test_of_a_new_stack_what_is_public_is_new() -> None:
    (case,) = [case for case in CASES if case.rule == "workload/newly-public"]
    assert ids(replace(case.finds, base=None)) & COMPARING == {"workload/newly-public"}


def test_where_the_base_is_not_known_no_right_is_marked_as_new(staging: Graph) -> None:
    shown = extra(StackDiff("staging", None, staging, (), is_compared=False))
    assert shown.may_before == shown.may_now != frozenset()
    assert extra(StackDiff("staging", None, staging, ())).may_before == frozenset()


def test_every_id_is_documented_and_nothing_else_is() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+/[a-z-]+)` \|", page, re.MULTILINE)) == IDS
