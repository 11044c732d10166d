"""The rules in Python. tests/cluster asks the API server the same, and holds both to the same answers."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cluster.guard_strategies import ANYTHING
from tests.cluster.guard_table import ALLOWED, ATTEMPTS, Attempt
from tests.support import ROOT

from roadstead.tenancy.guard.allowed import Allowed, allowed, annotations, read
from roadstead.tenancy.guard.policies import POLICIES
from roadstead.tenancy.guard.refusals import RULES, judged

MAY = allowed(ALLOWED)  # type: ignore[arg-type]
JUNK: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "kube-x", "::", "1/2"]) | st.just([]) | st.just({}) | st.just([5])  # fmt: skip


@pytest.mark.parametrize(
    "attempt", [each for each in ATTEMPTS if each.body["kind"] in RULES], ids=lambda each: each.what
)
def test_what_is_tried_is_judged_as_the_table_says(attempt: Attempt) -> None:
    said = judged(attempt.body, MAY)
    assert [text.partition(":")[0] for text in said][:1] == [attempt.platform][: bool(attempt.platform)]


def test_every_rule_finds_something_in_the_table_but_the_one_about_who_asks() -> None:
    found = {attempt.platform for attempt in ATTEMPTS}
    assert {rule.name for policy in POLICIES for rule in policy.rules} - found == {"network-policies/platforms-own"}


def test_every_rule_stands_in_the_docs_in_its_order() -> None:
    rows = re.findall(
        r"^\| `([a-z/-]+)` \|", (ROOT / "docs" / "isolation.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [row for row in rows if "/" in row] == [rule.name for policy in POLICIES for rule in policy.rules]


def test_a_refusal_names_everything_that_is_wrong() -> None:
    (attempt,) = [each for each in ATTEMPTS if each.what == "every node"]
    assert judged(attempt.body, MAY) == [
        "pods/toleration: got :; expected at most roadstead.dev/spot:NoSchedule, or a key of allowed.taints of the namespace:"
        " other taints keep nodes for others"
    ]


@given(ANYTHING)
def test_whoever_may_have_nothing_is_refused_whatever_another_is(made: dict[str, Any]) -> None:
    refused = {text.partition(":")[0] for text in judged(made, Allowed())}
    assert {text.partition(":")[0] for text in judged(made, MAY)} <= refused


@given(ANYTHING, st.data())
def test_an_object_of_no_form_at_all_is_judged_without_an_error(made: dict[str, Any], data: st.DataObject) -> None:
    """An API server would refuse it; a preview is asked before."""
    judged(broken(made, data), MAY)


def broken(value: Any, data: st.DataObject) -> Any:
    """A body with something in it replaced."""
    if not value or not isinstance(value, dict | list):
        return data.draw(JUNK)
    keys = [key for key in value if key != "kind"] if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        return value
    key, deeper = data.draw(st.sampled_from(keys)), data.draw(st.integers(0, 3))
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[key] = broken(value[key], data) if deeper else data.draw(JUNK)
    return changed


def test_what_a_namespace_may_have_is_read_as_it_was_written() -> None:
    assert read(annotations(MAY)) == MAY
    assert read({}) == Allowed()
    assert annotations(Allowed()) == {}
