"""Each stack is created once, in a moto of its own: a server has one account."""

from collections.abc import Iterator

import pytest
from tests.aws.support import Account, account
from tests.support import ACCOUNT

from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.aws import server


@pytest.fixture(scope="session")
def in_staging(staging: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account(staging, tmp_path_factory.mktemp("staging")) as made:
        yield made


@pytest.fixture(scope="session")
def in_production(production: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account(production, tmp_path_factory.mktemp("production")) as made:
        yield made


@pytest.fixture(scope="session")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an account in which there is nothing yet."""
    with server.running(tmp_path_factory.mktemp("nothing"), ACCOUNT) as running:
        yield running.endpoint_url


@pytest.fixture(scope="session", params=["staging", "production"])
def made(request: pytest.FixtureRequest) -> Account:
    """Each stack in turn."""
    found: Account = request.getfixturevalue(f"in_{request.param}")
    return found
