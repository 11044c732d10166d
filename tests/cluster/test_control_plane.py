from pathlib import Path

import pytest
from tests.support import ROOT

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox import control_plane, programs
from roadstead.tool.sandbox.control_plane import ControlPlane
from roadstead.tool.sandbox.processes import Process
from roadstead.tool.sandbox.programs import Programs


def test_everything_ends_on_ctrl_c(plane: ControlPlane, tmp_path: Path) -> None:
    def interrupted() -> None:
        with control_plane.running(tmp_path / "other", programs.find(ROOT)) as other:
            began.extend(other.processes)
            assert all(process.running() for process in began)
            raise KeyboardInterrupt

    began: list[Process] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(began) == 5
    assert not any(process.running() for process in began)
    assert all(process.running() for process in plane.processes)


def test_a_program_that_does_not_stay_is_named_and_the_others_end(plane: ControlPlane, tmp_path: Path) -> None:
    found = programs.find(ROOT)
    broken = Programs({**found.paths, "kube-apiserver": Path("/bin/false")}, found.stages)
    with pytest.raises(InputError, match="kube-apiserver ended as soon as it was started"):
        control_plane.start(tmp_path / "broken", broken)


def test_what_listens_listens_on_loopback_alone(plane: ControlPlane) -> None:
    listening = {
        connection.laddr.ip
        for process in plane.processes
        if (found := process.running())
        for connection in found.net_connections("inet")
        if connection.status == "LISTEN"
    }
    assert listening == {control_plane.LOOPBACK}
