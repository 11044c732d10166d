"""The rules in CEL and in Python find the same wrong with random objects of random teams; with warnings alone all are admitted."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kubernetes.client import ApiClient
from tests.cluster.guard import guarded, said
from tests.cluster.guard_strategies import ANYTHING
from tests.cluster.guard_table import ATTEMPTS
from tests.cluster.guard_teams import ALL_OF_IT, NOTHING, TEAMS, graphs, may_have

from roadstead.tenancy.guard.allowed import allowed
from roadstead.tenancy.guard.refusals import judged

REASON = re.compile(r"([a-z-]+/[a-z-]+): got (.*?)(?:; expected |\"|$)")
CUT = 256
"""So much is left of a warning where there are many."""


@pytest.fixture(scope="module", autouse=True)
def _warned(api: ApiClient) -> Iterator[None]:
    with guarded(api, *graphs(), isolation="warn", namespace=NOTHING):
        yield


def reasons(text: str) -> dict[str, list[str]]:
    """The rules that a text names, each with what is wrong in any order."""
    return {rule: sorted(wrong.split(", ")) for rule, wrong in REASON.findall(text)}


@settings(max_examples=1000)
@given(ANYTHING, st.sampled_from(TEAMS))
def test_both_find_the_same_wrong(api: ApiClient, made: dict[str, Any], team: str) -> None:
    there = {**made, "metadata": {**made["metadata"], "namespace": team}}
    answer = said(api, there, team)
    assume("is invalid" not in answer)
    assert "denied request" not in answer
    ours = reasons("\n".join(judged(there, allowed(may_have(team)))))
    theirs = reasons(answer)
    if len(answer) < CUT * 2:
        assert theirs == ours
    assert set(theirs) == set(ours)


@pytest.mark.parametrize(
    "attempt", [each for each in ATTEMPTS if "/" in each.deployer], ids=lambda each: str(each.what)
)
def test_with_warnings_alone_the_rule_is_said_and_nothing_is_refused_by_it(api: ApiClient, attempt: Any) -> None:
    answer = said(api, attempt.body, ALL_OF_IT)
    assert attempt.deployer in answer
    assert "denied request" not in answer
