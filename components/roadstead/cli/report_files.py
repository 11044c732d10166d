"""A review in one of its formats, and the files that it is written to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from roadstead.offline.errors import InputError
from roadstead.problems import problem

if TYPE_CHECKING:
    from roadstead.review.review import Review

STACK = "{stack}"
"""In a file's name: one file for each stack, with its name here."""


class Format(StrEnum):
    """What a review can be written as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    SARIF = "sarif"


ENDINGS = {
    ".html": Format.HTML,
    ".json": Format.JSON,
    ".md": Format.MARKDOWN,
    ".sarif": Format.SARIF,
    ".txt": Format.TERMINAL,
}


def formats(files: list[Path], form: Format | None) -> dict[Path, Format]:
    """The format of each file: the one that is asked for, or else the one that its name ends with."""
    unknown = [file for file in files if form is None and file.suffix.lower() not in ENDINGS]
    if unknown:
        expected = f"a name that ends with {', '.join(ENDINGS)}, or --format"
        raise InputError(
            "\n".join(problem("--out", "not known what to write", str(file), expected) for file in unknown)
        )
    return {file: form or ENDINGS[file.suffix.lower()] for file in files}


def write(review: "Review", files: Mapping[Path, Format], project: Path) -> list[str]:
    """Writes the files and says so; what is wrong with those that cannot be written."""
    problems = []
    for file, part, form in _parts(review, files):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text(part, form, project, color=False), encoding="utf-8")
        except OSError as error:
            problems.append(f"--out: cannot be written; got {str(file)!r}: {error.strerror}")
        else:
            typer.echo(f"Written to {file}.")
    return problems


def _parts(review: "Review", files: Mapping[Path, Format]) -> Iterator[tuple[Path, "Review", Format]]:
    """Each file with what is to stand in it."""
    for file, form in files.items():
        if STACK not in str(file):
            yield file, review, form
            continue
        for stack in review.stacks:
            # A preview's file names the stack as it likes: the name must not lead to another folder.
            name = re.sub(r"[^A-Za-z0-9._-]", "-", stack.diff.stack)
            yield Path(str(file).replace(STACK, name)), replace(review, stacks=(stack,)), form


def text(review: "Review", form: Format, project: Path, *, color: bool) -> str:
    """A review in a format."""
    from roadstead.review.reports import as_json, html, markdown, page, sarif, terminal

    match form:
        case Format.HTML:
            return html.report(review, {stack.diff.stack: page.extra(stack.diff) for stack in review.stacks})
        case Format.MARKDOWN:
            return markdown.report(review)
        case Format.JSON:
            return as_json.report(review)
        case Format.SARIF:
            return sarif.report(review, project)
        case Format.TERMINAL:
            return terminal.report(review, color=color)
