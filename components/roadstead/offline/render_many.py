"""Rendering many stacks at once, each in a process of its own, with the code of any revision."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from roadstead.offline import graph_file
from roadstead.offline.graph import Graph

_RENDER_FILE = Path(__file__).with_name("render_file.py")
_BAD_INPUT, _FAILED = 2, 1


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
    """The graphs in the order of the jobs, as many at once as there are processors. No process outlives the call."""
    with _ending_on_sigterm(), TemporaryDirectory(prefix="roadstead-") as folder:
        return asyncio.run(_render_many(jobs, Path(folder)))


async def _render_many(jobs: Sequence[Job], folder: Path) -> list[Graph | Failure]:
    free = asyncio.Semaphore(os.cpu_count() or 1)
    return await asyncio.gather(*(_render(job, folder / f"{number}.json", free) for number, job in enumerate(jobs)))


async def _render(job: Job, file: Path, free: asyncio.Semaphore) -> Graph | Failure:
    own_path = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    async with free:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", str(_RENDER_FILE), str(job.project), job.stack, str(file)),
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, job.import_path), *own_path])},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, printed = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode == 0:
        return graph_file.loads(file.read_text(encoding="utf-8"))
    if process.returncode in (_BAD_INPUT, _FAILED) and file.exists():
        return Failure(file.read_text(encoding="utf-8"), process.returncode == _BAD_INPUT)
    last = printed.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
    return Failure(f"the process that renders it ended: {last[0]}", is_input=False)


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Lets a request to end, as CI systems send it, unwind as Ctrl-C does: what was started is ended first."""
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
