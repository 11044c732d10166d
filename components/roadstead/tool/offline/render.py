"""Runs the program of a Pulumi project directory, as the CLI would."""

import contextlib
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from roadstead.core.errors import counted
from roadstead.tool.offline import answers, project
from roadstead.tool.offline.errors import InputError, OfflineError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.record import record


def render(root: Path, stack: str, *, unknown: bool = False, progress: Callable[[int], None] | None = None) -> Graph:
    """The graph of a stack of the project in `root`.

    With `unknown`, values that only exist after creation stay unknown, as in a first real preview; otherwise they are
    made up. `progress` is called with the number of resources so far. Raises `InputError` for settings that cannot be
    used and `ProgramError` for a program that fails.
    """
    found, problems = project.read(root.resolve(), stack)
    with _as_the_cli_runs_it(found.program), told_together(problems):
        return record(
            lambda: runpy.run_path(str(found.program), run_name="__main__"),
            found,
            answers.load(found.root, stack),
            unknown=unknown,
            progress=progress,
        )


@contextlib.contextmanager
def told_together(problems: list[str]) -> Iterator[None]:
    """What is wrong with the configuration is told with what the program itself refuses, each key once."""
    try:
        yield
    except InputError as error:
        others = [text for text in problems if not _says(str(error), text.partition("; ")[0].rpartition(": ")[0])]
        lines = [f"{counted(len(others), 'problem')} in the stack file:", *(f"  {text}" for text in others)]
        raise InputError("\n".join([str(error), *(lines if others else [])])) from error
    except OfflineError as error:
        if not problems:
            raise
        raise InputError("\n".join(problems)) from error
    if problems:
        raise InputError("\n".join(problems))


def _says(text: str, place: str) -> bool:
    """Whether a text has a line on this file and key, or a misspelt key that stands for it."""
    key = place.rpartition(":")[2]
    return f"{place}: " in text or f"{place}." in text or f"did you mean '{key}'" in text


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
