"""A small project in a repository of its own, whose program needs no provider."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = """
import json, pathlib, pulumi
from sizes import size
class Disk(pulumi.CustomResource):
    def __init__(self, name, props):
        super().__init__("test:index:Disk", name, props)
Disk("disk", {"size": size, "home": str(pathlib.Path(__file__).parent), "stack": pulumi.get_stack()})
"""

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with one commit of a project with two stacks; its `library` is imported as if it were installed."""
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "a")
        monkeypatch.setenv(f"{name}_EMAIL", "a@example.com")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "library"))
    monkeypatch.syspath_prepend(str(tmp_path / "library"))

    def run(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "sizes.py").write_text("size = 1\n")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / ".gitignore").write_text("build/\n__pycache__/\n")
    run("init", "-q")
    run("add", "-A")
    run("commit", "-qm", "first")
    return run
