"""The matrix against the evaluator of IAM, cell by cell: every role against every key and image repository."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roadstead.tool.review.test_unread import mangled_stack
from tests.support import ROOT, rendered

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.access.account import Account
from roadstead.tool.review.access.matrix import Cell, matrix, subjects
from roadstead.tool.review.access.rbac import bindings
from roadstead.tool.review.access.rights import ON_KEYS, ON_REPOSITORIES
from roadstead.tool.review.access.trusts import trusts
from roadstead.tool.review.access.whose import roles
from roadstead.tool.review.views.guarded import keys, repositories
from roadstead.tool.review.views.principal import principals
from roadstead.tool.review.views.rbac import rbac_bindings, rbac_roles
from roadstead.tool.review.views.reading import read_beside

RBAC = (rbac_bindings, rbac_roles, bindings)
IAM = (keys, repositories, principals, Account.of, roles)
ANSWERS: tuple[Callable[[Graph], Any], ...] = (*RBAC, *IAM, matrix, subjects, trusts)
"""What a head takes from its base where nothing but pods differs."""


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_matrix_agrees_with_iam_in_every_cell(stack: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(stack)
    account, cells = Account.of(graph), matrix(graph)
    teams = [team.name for team in graph.of_type("roadstead:index:Team")]
    contexts = [
        {},
        *(
            {f"kms:EncryptionContext:{key}": value for key, value in (("team", team), ("environment", stack))}
            for team in teams
        ),
    ]
    looked_at = 0
    for kind, targets, rights in (
        ("key", account.keys, ON_KEYS),
        ("images", account.repositories, ON_REPOSITORIES),
    ):
        for role, (name, target), (right, actions) in product(account.roles.values(), targets.items(), rights.items()):
            asked = product(actions, contexts if kind == "key" else [{}])
            allowed = any(account.may(role, action, target, **context) for action, context in asked)
            cell = Cell(role.name, right, target.tags.get("team", ""), f"{kind} {name}")
            assert allowed is (cell in cells), cell
            looked_at += 1
    assert looked_at == len(account.roles) * (2 * len(account.keys) + 3 * len(account.repositories))


@settings(max_examples=8, deadline=None)
@given(st.integers())
def test_whatever_differs_from_the_base_the_head_is_read_as_it_is(seed: int) -> None:
    whole = rendered(ROOT, "staging")
    base, head = replace(whole), mangled_stack(whole, seed)
    read_beside(base, head)
    alone = replace(head)
    for answer in ANSWERS:
        assert answer(head) == answer(alone), answer


def test_where_only_a_workload_differs_nobodys_rights_are_reckoned_twice(staging: Graph) -> None:
    base, head = replace(staging), _with_a_deployment(staging, {"spec": {}})
    read_beside(base, head)
    assert [answer for answer in ANSWERS if answer(head) is not answer(base)] == []


def test_an_object_that_is_a_binding_by_what_it_says_is_read_as_one_whatever_its_type(staging: Graph) -> None:
    binding = next(iter(rbac_bindings(staging))).resource
    said = {**binding.inputs, "metadata": {**binding.inputs["metadata"], "name": "disguised"}}
    base, head = replace(staging), _with_a_deployment(staging, said)
    read_beside(base, head)
    assert len(rbac_bindings(head)) == len(rbac_bindings(base)) + 1


def _with_a_deployment(graph: Graph, by: dict[str, Any]) -> Graph:
    """The graph in which the inputs of a Deployment are others."""
    made: Resource = graph.of_type("kubernetes:apps/v1:Deployment")[0]
    return replace(graph, resources={**graph.resources, made.urn: replace(made, inputs={**made.inputs, **by})})
