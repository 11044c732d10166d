"""The files that a report is written to, each in the format that its name ends with."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import typer

from roadstead.core.problems import problem
from roadstead.tool.offline.errors import InputError

ENDINGS = {".html": "html", ".json": "json", ".md": "markdown", ".sarif": "sarif", ".txt": "terminal"}
Format = TypeVar("Format", bound=StrEnum)


def formats(files: Sequence[Path], asked: Format | None, known: type[Format]) -> dict[Path, Format]:
    """The format of each file: the one that is asked for, or else the one that its name ends with."""
    endings = {ending: known(form) for ending, form in ENDINGS.items() if form in list(known)}
    unknown = [file for file in files if asked is None and file.suffix.lower() not in endings]
    if unknown:
        expected = f"a name that ends with {', '.join(endings)}, or --format"
        raise InputError(
            "\n".join(problem("--out", "not known what to write", str(file), expected) for file in unknown)
        )
    return {file: asked or endings[file.suffix.lower()] for file in files}


def write(texts: Iterable[tuple[Path, Callable[[], str]]]) -> list[str]:
    """Writes the files and says so; what is wrong with those that cannot be written."""
    problems = []
    for file, text in texts:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text(), encoding="utf-8")
        except OSError as error:
            problems.append(f"--out: cannot be written; got {str(file)!r}: {error.strerror}")
        else:
            typer.echo(f"Written to {file}.")
    return problems
