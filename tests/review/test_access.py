"""The matrix against the evaluator of IAM, cell by cell: every role against every key and image repository."""

from itertools import product

import pytest

from roadstead.offline.graph import Graph
from roadstead.review.access.account import Account
from roadstead.review.access.matrix import Cell, matrix
from roadstead.review.access.rights import ON_KEYS, ON_REPOSITORIES


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
