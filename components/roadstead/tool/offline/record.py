"""Runs a program, any callable, to its end against the recording monitor."""

import asyncio
import contextlib
import contextvars
import gc
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_in_stack

from roadstead.tool.offline.answers import Answers
from roadstead.tool.offline.errors import InputError, OfflineError, ProgramError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.monitor import Monitor
from roadstead.tool.offline.project import Project
from roadstead.tool.offline.recorder import Recorder
from roadstead.tool.offline.shortcuts import shortcuts


def record(
    program: Callable[[], object],
    project: Project,
    answers: Answers,
    *,
    unknown: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Graph:
    """The graph of what `program` declares. What it prints goes to standard error.

    Raises `InputError` where the program refuses what it was given (a `pulumi.RunError`: the CLI shows its text alone too)
    and `ProgramError` where it fails.
    """
    recorder = Recorder(project, unknown=unknown, progress=progress)
    monitor = Monitor(recorder, answers)
    # The SDK keeps its state in context variables: a context of our own leaves nothing behind.
    contextvars.copy_context().run(_run, program, project, monitor)
    return recorder.graph()


def _run(program: Callable[[], object], project: Project, monitor: Monitor) -> None:
    settings.ROOT.set(None)
    set_all_config(dict(project.config), sorted(project.secret_keys))
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=project.name,
            stack=project.stack,
            monitor=monitor,
            engine=monitor,
            dry_run=True,
            organization="organization",
            root_directory=str(project.root),
        )
    )
    with contextlib.redirect_stdout(sys.stderr), _no_collection(), shortcuts(), _event_loop() as loop:
        own_frames: list[str] = []
        try:
            loop.run_until_complete(run_in_stack(lambda: _call(program, own_frames, project.root)))
        except pulumi.RunError as error:
            raise InputError(str(error)) from error
        except OfflineError as error:
            raise ProgramError("\n".join([str(error), *(own_frames or _own_frames(error, project.root))])) from error
        except Exception as error:
            frames = own_frames or _own_frames(error, project.root)
            raise ProgramError("\n".join(["the program failed:", *frames, *_said(error)])) from error


_CANNOT_BE_SENT = {
    "surrogates not allowed": "A text in what it gives holds half a character, as \\ud800 is; expected whole ones.",
    "int too large to convert to float": "A number in what it gives has hundreds of digits; expected one that JSON takes.",
}
"""What the SDK says, in words of its own, of a value that no engine could be sent."""


def _said(error: Exception) -> list[str]:
    meant = [f"  {why}" for text, why in _CANNOT_BE_SENT.items() if text in str(error)]
    return [f"  {type(error).__name__}: {error}", *meant]


async def _call(program: Callable[[], object], own_frames: list[str], root: Path) -> None:
    """Runs the program. Where it fails is kept at once: the SDK gives the exception another traceback later."""
    try:
        program()
    except Exception as error:
        own_frames += _own_frames(error, root)
        raise
    await _settled()


async def _settled() -> None:
    """Waits until nothing is under way any more, or something failed.

    The SDK waits too, but looks at everything that is still open whenever one thing ends: with thousands of resources,
    most of the time goes there. After this it finds nothing left to wait for, or what failed.
    """
    calls = settings.SETTINGS.rpc_manager
    while True:
        await asyncio.sleep(0)
        with settings.SETTINGS.lock:
            under_way = [task for task in (*calls.rpcs, *settings.SETTINGS.outputs) if not task.done()]
        if not under_way or calls.unhandled_exception:
            return
        done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.exception() for task in done):
            return


@contextlib.contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    # A program that fails leaves futures behind that nobody asks for any more; each would complain of that.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


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


def _own_frames(error: BaseException, root: Path) -> list[str]:
    """Where in the user's own files an exception came from."""
    frames = [(Path(frame.filename), frame) for frame in traceback.extract_tb(error.__traceback__)]
    return [
        f"  {path.relative_to(root)}:{frame.lineno} in {frame.name}: {frame.line}"
        for path, frame in frames
        if path.is_relative_to(root) and not path.is_relative_to(sys.prefix)
    ]
