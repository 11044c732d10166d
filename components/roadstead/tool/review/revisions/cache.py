"""Graphs of revisions that were rendered before, in `build/cache`. Safe to delete at any time.

A graph is found again only for the same files of the whole repository, the same stack, and the same Python and versions of
every installed package: nothing that a program could make it from differs.
"""

import json
import os
import platform
import tempfile
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

from roadstead.tool.offline import graph_file
from roadstead.tool.offline.graph import Graph

FOLDER = Path("build") / "cache"
MAX_FILES, MAX_BYTES = 60, 300_000_000


class GraphCache:
    """The graphs of one project. What was used longest ago goes when there are too many."""

    def __init__(self, project: Path, tree: str, place: str) -> None:
        """For a revision with the files of `tree`, in which the project is at `place`."""
        self._folder = project / FOLDER
        packages = sorted(f"{found.metadata['Name']}=={found.version}" for found in distributions())
        self._common = [graph_file.FORMAT, tree, place, platform.python_version(), packages]

    def get(self, stack: str) -> Graph | None:
        """The graph of a stack, or nothing."""
        file = self._file(stack)
        try:
            graph = graph_file.loads(file.read_text(encoding="utf-8"))
            os.utime(file)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return graph

    def put(self, stack: str, graph: Graph) -> None:
        """Keeps a graph; a file is whole or not there. Where it cannot be written, it is rendered again next time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._folder, suffix=".new", delete=False, encoding="utf-8"
            ) as new:
                new.write(graph_file.dumps(graph))
            Path(new.name).replace(self._file(stack))
            self._drop_oldest()
        except OSError:
            return

    def _file(self, stack: str) -> Path:
        key = sha256(json.dumps([*self._common, stack]).encode()).hexdigest()[:40]
        return self._folder / f"graph-{key}.json"

    def _drop_oldest(self) -> None:
        total = 0
        files = sorted(self._folder.glob("graph-*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for number, file in enumerate(files):
            total += file.stat().st_size
            if number >= MAX_FILES or total > MAX_BYTES:
                file.unlink(missing_ok=True)
