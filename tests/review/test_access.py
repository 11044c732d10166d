"""The matrix against the evaluator of IAM, cell by cell: every role against every key and image repository."""

from itertools import product

import pytest

from roadstead.offline.graph import Graph
from roadstead.review.access.iam import Account
from roadstead.review.access.matrix import ON_KEYS, ON_REPOSITORIES, Cell, matrix


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
    for role, (name, key), (right, action) in product(account.roles.values(), account.keys.items(), ON_KEYS.items()):
        allowed = any(account.may(role, action, key, **context) for context in contexts)
        assert allowed is (Cell(role.name, right, key.tags.get("team", ""), f"key {name}") in cells), (role.name, name)
        looked_at += 1
    for role, (name, images), (right, action) in product(
        account.roles.values(), account.repositories.items(), ON_REPOSITORIES.items()
    ):
        allowed = account.may(role, action, images)
        assert allowed is (Cell(role.name, right, images.tags["team"], f"images {name}") in cells), (role.name, name)
        looked_at += 1
    assert looked_at == len(account.roles) * (2 * len(account.keys) + 2 * len(account.repositories))
