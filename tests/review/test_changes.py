"""Small real changes, each a patch of our own files that begins with what is to be said of it, stack by stack."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support import ROOT

from roadstead.offline.graph import Graph
from roadstead.offline.render import render
from roadstead.review.compare import compare
from roadstead.review.review import summary

CHANGES = sorted((Path(__file__).parent / "changes").glob("*.patch"))


def expected(patch: Path) -> dict[str, str]:
    """The summary by stack."""
    head = patch.read_text(encoding="utf-8").partition("\n\n")[0]
    return {stack: text for stack, _, text in (line.partition(": ") for line in head.splitlines())}


@pytest.fixture
def patched(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of the program with a patch applied."""

    def make(patch: Path) -> Path:
        shutil.copytree(ROOT / "infra", tmp_path / "infra", ignore=shutil.ignore_patterns("__pycache__"))
        for file in ROOT.glob("Pulumi*.yaml"):
            shutil.copy(file, tmp_path)
        # Git would look for a repository above the folder, and take the paths of the patch as paths in that one.
        environment = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": "/usr/bin:/bin"}
        subprocess.run(["git", "apply", str(patch)], cwd=tmp_path, env=environment, check=True)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("patch", "stack", "said"),
    [(patch, stack, said) for patch in CHANGES for stack, said in expected(patch).items()],
    ids=lambda value: value.stem if isinstance(value, Path) else "" if " " in value else value,
)
def test_a_change_is_summed_up(
    patch: Path, stack: str, said: str, patched: Callable[[Path], Path], request: pytest.FixtureRequest
) -> None:
    base: Graph = request.getfixturevalue(stack)
    assert summary(compare(stack, base, render(patched(patch), stack)).changes) == said
