"""Writes what comes of the changes in tests/roadstead/tool/review/changes into their heads, below the sentence of each.

    .venv/bin/python scripts/changes.py [PATCH ...]

After a change of the rules: run it, then read `git diff` line by line. What stands there is what the rules say; whether
that is right, only a person can tell.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.roadstead.tool.review.patches import FOLDER, Patch, outcome


def main(files: list[str]) -> None:
    for file in map(Path, files) if files else sorted(FOLDER.rglob("*.patch")):
        patch = Patch.read(file.resolve())
        said = outcome(patch)
        if said != patch.expected:
            after = [f"after: {patch.after}"] if patch.after else []
            head = "\n".join([patch.sentence, *after, *([said] if said else [])])
            diff = file.read_text(encoding="utf-8").partition("\n\n")[2]
            file.write_text(f"{head}\n\n{diff}", encoding="utf-8")
            print(f"{file.name}: another head")


if __name__ == "__main__":
    main(sys.argv[1:])
