"""Programs that go on running when the command that started them has ended, and are found again by the next one."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

TERMINATION_SECONDS = 3.0


@dataclass(frozen=True)
class Process:
    """A program in the background."""

    name: str
    pid: int
    started: float
    """When it began, in seconds since 1970: another program may have the same number later."""

    def running(self) -> psutil.Process | None:
        """The program, unless it has ended."""
        try:
            found = psutil.Process(self.pid)
            same = found.create_time() == self.started and found.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return found if same else None


def start(name: str, command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> Process:
    """Starts a program in a session of its own, so that Ctrl-C in a terminal does not reach it; logs to the folder.

    Its environment is this one's, and what `environment` has beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = str(folder / f"{name}.log")
    pid = os.posix_spawn(
        command[0],
        command,
        {**os.environ, **(environment or {})},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    return Process(name, pid, psutil.Process(pid).create_time())


def stop(processes: Iterable[Process]) -> None:
    """Ends programs, the last one first: asked to, and by force when they do not within seconds."""
    running = [found for process in reversed(list(processes)) if (found := process.running())]
    for found in running:
        found.terminate()
    # An API server waits for its watches for up to a minute; nothing of it is needed any more.
    _, left = psutil.wait_procs(running, timeout=TERMINATION_SECONDS)
    for found in left:
        found.kill()
    psutil.wait_procs(left)
