"""What the rules of the base say of a change that changes the rules."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from roadstead.tool.offline import graph_file
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.render_many import ending_on_signals
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.revisions import git
from roadstead.tool.review.revisions.judge_file import OLDER
from roadstead.tool.review.revisions.revision import import_path

Pairs = Mapping[str, tuple[Graph | None, Graph | None]]
_JUDGE_FILE = Path(__file__).with_name("judge_file.py")


class NoOpinionError(Exception):
    """The base's code could not be asked; the text says why."""


def second_opinion(repository: Path, commit: str, graphs: Pairs, today: date) -> dict[str, list[Finding]]:
    """What the code of a commit finds between graphs, by stack. Raises `NoOpinionError`."""
    with ending_on_signals(), TemporaryDirectory(prefix="roadstead-") as name, git.checkout(repository, commit) as base:
        folder = Path(name)
        for number, pair in enumerate(graphs.values()):
            for side, graph in zip(("base", "head"), pair, strict=True):
                if graph is not None:
                    (folder / f"{number}.{side}.json").write_text(graph_file.dumps(graph), encoding="utf-8")
        (folder / "stacks.json").write_text(json.dumps(list(graphs)), encoding="utf-8")
        return _asked(folder, import_path(repository, base), today)


def _asked(folder: Path, modules: tuple[Path, ...], today: date) -> dict[str, list[Finding]]:
    own_path = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    done = subprocess.run(
        [sys.executable, "-P", str(_JUDGE_FILE), str(folder), today.isoformat()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, modules), *own_path])},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == OLDER:
        raise NoOpinionError("it is older than this question")
    if done.returncode:
        raise NoOpinionError((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
    try:
        found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
        return {stack: [_finding(each) for each in those] for stack, those in found.items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NoOpinionError(f"it answers in another form ({type(error).__name__}: {error})") from error


def _finding(given: Mapping[str, Any]) -> Finding:
    known = {field.name for field in fields(Finding)}
    shown: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in given.items() if key in known
    }
    shown["severity"] = Severity(shown["severity"])
    return Finding(**shown)
