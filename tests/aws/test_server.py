from pathlib import Path

import pytest

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox import processes
from roadstead.tool.sandbox.aws import server
from roadstead.tool.sandbox.aws.clients import connect
from roadstead.tool.sandbox.processes import Process


def test_everybody_is_in_the_account_and_the_server_ends_with_its_block_also_when_that_fails(tmp_path: Path) -> None:
    used: list[Process] = []

    def block() -> None:
        with server.running(tmp_path, "222233334444") as running:
            used.append(running.process)
            assert connect(running.endpoint_url, "eu-west-1").sts.get_caller_identity()["Account"] == "222233334444"
            assert running.process.running()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        block()
    assert [process.running() for process in used] == [None]


def test_a_server_that_does_not_stay_is_said_to_have_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> Process:
        return start(name, [*command, "--no-such-option"], folder, environment)

    start = processes.start
    monkeypatch.setattr(processes, "start", broken)
    with pytest.raises(InputError, match=r"ended as soon as it was started; .*moto\.log says why"):
        server.start(tmp_path, "222233334444")
    assert "--no-such-option" in (tmp_path / "moto.log").read_text()
