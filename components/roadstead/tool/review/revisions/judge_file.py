"""Asks the rules of the revision that this process imports: `python -P judge_file.py <folder> <date>`.

It is run by its path, with the code of a base. In the folder lie the graphs, `<number>.base.json` and `<number>.head.json`,
and `stacks.json` with the stacks' names; what is found goes to `found.json`. Ends with 4 where that code is older than
the question.
"""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.graph_file import loads

OLDER = 4


def main(folder: Path, today: date) -> int:
    """Asks, and says how it ended."""
    try:
        from roadstead.tool.review.answering import found_between  # noqa: PLC0415  (another revision may not have it)
    except ImportError:
        return OLDER
    stacks = json.loads((folder / "stacks.json").read_text(encoding="utf-8"))
    graphs = {
        stack: (_graph(folder / f"{number}.base.json"), _graph(folder / f"{number}.head.json"))
        for number, stack in enumerate(stacks)
    }
    found = {stack: [asdict(each) for each in those] for stack, those in found_between(graphs, today).items()}
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
    return 0


def _graph(file: Path) -> Graph | None:
    return loads(file.read_text(encoding="utf-8")) if file.exists() else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2])))
