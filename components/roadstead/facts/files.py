"""Reading and writing the fact tables in `data/`: JSON with a source and a date, one fact a line for readable diffs."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any


def read(name: str) -> dict[str, Any]:
    """A table of `data/`."""
    table: dict[str, Any] = json.loads(path(name).read_text(encoding="utf-8"))
    return table


def write(name: str, table: dict[str, Any]) -> None:
    """Replaces a table of `data/`."""
    path(name).write_text(text(table), encoding="utf-8")


def path(name: str) -> Path:
    """Where a table of `data/` lies."""
    return Path(str(files("roadstead.data").joinpath(name)))


def text(table: dict[str, Any]) -> str:
    """A table as JSON: a mapping of mappings is written with one line for each innermost mapping."""
    return _json(table, "") + "\n"


def _json(value: Any, indent: str) -> str:
    if not isinstance(value, dict) or not any(isinstance(item, dict) for item in value.values()):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    items = [f"{inner}{json.dumps(key)}: {_json(item, inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"
