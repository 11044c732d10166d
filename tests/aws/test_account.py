from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.examples import smallest
from tests.support import ACCOUNT, deploy

from roadstead import EncryptionKey
from roadstead.tool.offline.errors import ProgramError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox import processes
from roadstead.tool.sandbox.aws import creation, server
from roadstead.tool.sandbox.aws.account import Account, account_of
from roadstead.tool.sandbox.aws.clients import connect


def a_key(**changes: object) -> Graph:
    return deploy(lambda: EncryptionKey("payments", smallest(EncryptionKey, **changes)))


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    made = account_of(tmp_path, None, a_key())
    assert made is not None
    yield made
    processes.stop([made.process])


def test_it_holds_the_stacks_resources_in_the_stacks_account(account: Account) -> None:
    aws = connect(account.endpoint_url, account.region)
    assert (account.account_id, aws.sts.get_caller_identity()["Account"]) == (ACCOUNT, ACCOUNT)
    assert len(aws.kms.list_keys()["Keys"]) == 1
    assert (account.created, account.checked) == (2, 0)


def test_the_same_resources_stay(account: Account, tmp_path: Path) -> None:
    assert account_of(tmp_path, account, a_key()) == account


def test_other_resources_are_made_in_a_new_one_and_the_old_one_ends(account: Account, tmp_path: Path) -> None:
    other = account_of(tmp_path, account, a_key(tags={"team": "payments"}))
    assert other is not None
    assert other.process != account.process
    assert account.process.running() is None
    processes.stop([other.process])


def test_without_aws_resources_there_is_none(account: Account, tmp_path: Path, local: Graph) -> None:
    assert account_of(tmp_path, account, local) is None
    assert account.process.running() is None


def test_no_server_is_left_when_something_cannot_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = server.start

    def watched(folder: Path, account_id: str) -> server.Server:
        started.append(start(folder, account_id))
        return started[0]

    monkeypatch.setattr(server, "start", watched)
    monkeypatch.setattr(creation, "CREATORS", {})
    with pytest.raises(ProgramError, match="the sandbox has no function for"):
        account_of(tmp_path, None, a_key())
    assert [server.process.running() for server in started] == [None]
