"""Rendering many stacks at once, each in a process of its own, with the code of any revision."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from roadstead.tool.offline import graph_file
from roadstead.tool.offline.graph import Graph

_RENDER_FILE = Path(__file__).with_name("render_file.py")
_BAD_INPUT, _FAILED = 2, 1
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Job:
    """One stack to render."""

    project: Path
    """Folder of Pulumi.yaml."""
    stack: str
    import_path: tuple[Path, ...] = ()
    """Folders in which Python looks for modules before all others."""


@dataclass(frozen=True)
class Failure:
    """Why a stack could not be rendered."""

    text: str
    is_input: bool
    """Whether its settings cannot be used; otherwise its program failed."""


def render_many(jobs: Sequence[Job]) -> list[Graph | Failure]:
    """The graphs in the order of the jobs, as many at once as there are processors.

    No process outlives the call, not even when it is interrupted.
    """
    processes = _Processes()
    with (
        ending_on_signals(),
        TemporaryDirectory(prefix="roadstead-") as folder,
        ThreadPoolExecutor(os.cpu_count()) as threads,
    ):
        files = [Path(folder) / f"{number}.json" for number in range(len(jobs))]
        try:
            return list(threads.map(processes.render, jobs, files))
        finally:
            processes.end()


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Lets a request to end (CI systems send SIGTERM, a terminal that closes SIGHUP) unwind as Ctrl-C does.

    What was made is removed first. A signal that is ignored, as under `nohup`, stays so.
    """
    numbers = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda number, _frame: sys.exit(128 + number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Processes:
    """Those that are running. Each is started by a thread of its own, where no signal comes between."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._started: list[subprocess.Popen[str]] = []
        self._over = False

    def end(self) -> None:
        """Ends all of them, and starts no more."""
        with self._lock:
            self._over = True
            for process in self._started:
                process.kill()

    def render(self, job: Job, file: Path) -> Graph | Failure:
        """Renders one stack."""
        own_path = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        with self._lock:
            if self._over:
                return Failure("interrupted", is_input=False)
            process = subprocess.Popen(
                [sys.executable, "-P", str(_RENDER_FILE), str(job.project), job.stack, str(file)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, job.import_path), *own_path])},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            self._started.append(process)
        _, printed = process.communicate()
        return _result(process.returncode, file, printed)


def _result(code: int, file: Path, printed: str) -> Graph | Failure:
    if code == 0:
        return graph_file.loads(file.read_text(encoding="utf-8"))
    if code in (_BAD_INPUT, _FAILED) and file.exists():
        return Failure(file.read_text(encoding="utf-8"), is_input=code == _BAD_INPUT)
    last = printed.strip().splitlines()[-1:] or [f"exit code {code}"]
    return Failure(f"the process that renders it ended: {last[0]}", is_input=False)
