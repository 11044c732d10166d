import sys
from dataclasses import replace
from pathlib import Path

from roadstead.tool.sandbox.processes import start, stop

SLEEP = [sys.executable, "-c", "import time; print('began', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('began', flush=True); time.sleep(60)",
]


def wait_for(log: Path) -> None:
    while "began" not in log.read_text():
        pass


def test_a_program_runs_until_it_is_stopped(tmp_path: Path) -> None:
    process = start("sleep", SLEEP, tmp_path)
    wait_for(tmp_path / "sleep.log")
    assert process.running()
    stop([process])
    assert process.running() is None


def test_one_that_does_not_want_to_end_is_ended(tmp_path: Path) -> None:
    process = start("stubborn", STUBBORN, tmp_path)
    wait_for(tmp_path / "stubborn.log")
    stop([process])
    assert process.running() is None


def test_another_program_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    process = start("sleep", SLEEP, tmp_path)
    earlier = replace(process, started=process.started - 1)
    assert earlier.running() is None
    stop([earlier])
    assert process.running()
    stop([process])
