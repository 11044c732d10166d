"""Runs a Pulumi Python program to its end against the recording monitor."""

import asyncio
import contextlib
import contextvars
import gc
import os
import runpy
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_in_stack

from roadstead.offline import answers, project
from roadstead.offline.errors import OfflineError, ProgramError
from roadstead.offline.graph import Graph
from roadstead.offline.monitor import Monitor
from roadstead.offline.project import Project


def render(root: Path, stack: str, *, unknown: bool = False, progress: Callable[[int], None] | None = None) -> Graph:
    """The graph of a stack of the project in `root`.

    With `unknown`, values that only exist after creation stay unknown, as in a first real preview; otherwise they are
    made up. `progress` is called with the number of resources so far. Raises `ProjectError` for unusable settings and
    `ProgramError` for a program that fails. What the program prints goes to standard error.
    """
    found = project.load(root.resolve(), stack)
    monitor = Monitor(found, answers.load(found.root, stack), unknown=unknown, progress=progress)
    # The SDK keeps its state in context variables: a context of our own leaves nothing behind.
    contextvars.copy_context().run(_run, found, monitor)
    return monitor.graph()


def _run(found: Project, monitor: Monitor) -> None:
    settings.ROOT.set(None)
    set_all_config(dict(found.config), sorted(found.secret_keys))
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=found.name,
            stack=found.stack,
            monitor=monitor,
            engine=monitor,
            dry_run=True,
            organization="organization",
            root_directory=str(found.root),
        )
    )
    with _as_the_cli_runs_it(found.program), contextlib.redirect_stdout(sys.stderr), _no_collection():
        loop = asyncio.new_event_loop()
        # A program that fails leaves futures behind that nobody asks for any more; each would complain of that.
        loop.set_exception_handler(lambda _loop, _context: None)
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(run_in_stack(lambda: _program(found.program)))
        except pulumi.RunError as error:
            raise ProgramError(str(error)) from error
        except OfflineError as error:
            raise ProgramError("\n".join([str(error), *_own_frames(error, found.root)])) from error
        except Exception as error:
            lines = ["the program failed:", *_own_frames(error, found.root), f"  {type(error).__name__}: {error}"]
            raise ProgramError("\n".join(lines)) from error
        finally:
            _close(loop)


def _program(path: Path) -> None:
    runpy.run_path(str(path), run_name="__main__")


def _close(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    loop.close()


@contextlib.contextmanager
def _as_the_cli_runs_it(program: Path) -> Iterator[None]:
    """The program's folder as working directory and first on the module path; all put back afterwards."""
    folder = program if program.is_dir() else program.parent
    directory, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        os.chdir(directory)
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if _lies_in(sys.modules[name], folder):
                del sys.modules[name]


def _lies_in(module: object, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(folder)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """No cyclic garbage collection: nothing of a program's run is garbage before its end, and looking costs a quarter."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _own_frames(error: Exception, root: Path) -> list[str]:
    """Where in the user's own files an exception came from."""
    frames = [(Path(frame.filename), frame) for frame in traceback.extract_tb(error.__traceback__)]
    return [
        f"  {path.relative_to(root)}:{frame.lineno} in {frame.name}: {frame.line}"
        for path, frame in frames
        if path.is_relative_to(root) and not path.is_relative_to(sys.prefix)
    ]
