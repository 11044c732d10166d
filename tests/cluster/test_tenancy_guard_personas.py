"""Whoever asks for whatever in whichever team's namespace: RBAC, then the rules, and nothing else decides."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kubernetes.client import ApiClient
from tests.cluster.access_table import MAY
from tests.cluster.guard import acting, guarded, said
from tests.cluster.guard_strategies import ANYTHING
from tests.cluster.guard_teams import NOTHING, TEAMS, graphs, may_have

from roadstead.tenancy.guard.allowed import allowed
from roadstead.tenancy.guard.refusals import judged
from roadstead.tool.sandbox.control_plane import ControlPlane

PLATFORM = ("platform", "administrator")
PERSONAS = [PLATFORM, *product(TEAMS, MAY)]


@pytest.fixture(scope="module", autouse=True)
def _guarded(api: ApiClient) -> Iterator[None]:
    with guarded(api, *graphs(), namespace=NOTHING):
        yield


@pytest.fixture(scope="module")
def clients(api: ApiClient, plane: ControlPlane) -> Iterator[dict[tuple[str, str], ApiClient]]:
    found = {persona: api if persona == PLATFORM else acting(plane, *persona) for persona in PERSONAS}
    yield found
    for persona in PERSONAS[1:]:
        found[persona].close()


@st.composite
def askers(draw: st.DrawFn) -> tuple[tuple[str, str], str]:
    """Somebody, and the team in whose namespace they ask; half of them in their own."""
    team = draw(st.sampled_from(TEAMS))
    own = st.sampled_from([PLATFORM, (team, "deployer")])
    return draw(own | st.sampled_from(PERSONAS)), team


@settings(max_examples=1000)
@given(ANYTHING, askers())
def test_an_object_is_refused_by_rbac_or_by_a_rule_that_python_names_too(
    clients: dict[tuple[str, str], ApiClient], made: dict[str, Any], asked: tuple[tuple[str, str], str]
) -> None:
    persona, team = asked
    there = {**made, "metadata": {**made["metadata"], "namespace": team}}
    answer = said(clients[persona], there, team)
    if persona not in (PLATFORM, (team, "deployer")):
        assert " cannot create resource " in answer
        return
    assume("is invalid" not in answer)
    rules = [text.partition(":")[0] for text in judged(there, allowed(may_have(team)))]
    if there["metadata"]["name"] == "default-deny" and persona != PLATFORM:
        rules.append("network-policies/platforms-own")
    assert ("denied request" in answer) is bool(rules), (answer, rules)
    assert not rules or any(f"denied request: {rule}: " in answer for rule in rules), (answer, rules)
