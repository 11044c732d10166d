"""A small project in a repository of its own: every process here is a real one, of a program without any provider."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.roadstead.tool.review.conftest import PROGRAM, Git

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.render_many import Failure
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.revisions import cache
from roadstead.tool.review.revisions.revision import at_both


def changed(project: Path, *chosen: str, base: str = "HEAD") -> dict[str, list[str]]:
    """The paths that differ, by stack."""
    return {
        stack.stack: [
            f"{change.kind} {changed.path}"
            for change in compare(stack.stack, stack.base, stack.head).changes
            for changed in change.properties
        ]
        for stack in at_both(project, base, chosen).stacks
    }


def test_a_revision_is_rendered_with_its_own_code_and_its_own_library(git: Git, tmp_path: Path) -> None:
    assert changed(tmp_path) == {"dev": [], "prod": []}, "not even the folder that it was checked out in differs"
    (tmp_path / "library" / "sizes.py").write_text("size = 2\n")
    assert changed(tmp_path) == {"dev": ["may replace size"], "prod": ["may replace size"]}
    git("commit", "-qam", "second")
    assert changed(tmp_path, "dev") == {"dev": []}
    assert changed(tmp_path, "dev", base="HEAD~1") == {"dev": ["may replace size"]}


def test_nothing_is_left_in_the_repository(git: Git, tmp_path: Path) -> None:
    before = git("worktree", "list")
    changed(tmp_path, "dev")
    assert git("worktree", "list") == before
    assert git("status", "--porcelain") == ""
    assert not list((tmp_path / ".git" / "worktrees").glob("*"))


def test_in_a_hook_the_commit_that_is_being_made_stays_as_it_is(git: Git, tmp_path: Path) -> None:
    git("tag", "first")
    (tmp_path / "new.txt").write_text("new")
    git("add", "new.txt")
    git("commit", "-qm", "second")
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    command = f"from roadstead.tool.cli.main import app; app(['diff', '-C', '{tmp_path}', '--stack', 'dev', '--base', 'first'])"
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{command}"\n')
    hook.chmod(0o755)
    (tmp_path / "library" / "sizes.py").write_text("size = 2\n")
    git("commit", "-qam", "third")
    assert git("diff", "--name-only", "HEAD~1", "HEAD") == "library/sizes.py\n"


def test_the_base_is_rendered_once(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(tmp_path, "dev")
    (kept,) = (tmp_path / "build" / "cache").iterdir()
    kept.write_text(kept.read_text().replace('"size": 1', '"size": 7'))
    assert changed(tmp_path, "dev") == {"dev": ["may replace size"]}, "the graph was read from the cache"


@pytest.mark.parametrize("damage", ["", '{"format": 1}'])
def test_a_damaged_cache_is_not_used(git: Git, tmp_path: Path, damage: str) -> None:
    changed(tmp_path, "dev")
    (kept,) = (tmp_path / "build" / "cache").iterdir()
    kept.write_text(damage)
    assert changed(tmp_path, "dev") == {"dev": []}


def test_the_cache_is_bounded(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_FILES", 1)
    changed(tmp_path)
    assert len(list((tmp_path / "build" / "cache").iterdir())) == 1


def test_a_base_that_cannot_be_rendered_is_told_and_the_rest_is_compared(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("import pulumi\nif pulumi.get_stack() == 'dev': raise pulumi.RunError('no')")
    git("commit", "-qam", "broken")
    (tmp_path / "__main__.py").write_text("")
    dev, prod = at_both(tmp_path, "HEAD").stacks
    assert (dev.base, dev.base_failure) == (None, "no")
    assert dev.head
    assert prod.base
    assert prod.base_failure is None


def test_files_here_that_cannot_be_rendered_are_told_in_the_place_of_each_stack(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("import pulumi\nraise pulumi.RunError('no ' + pulumi.get_stack())")
    assert [(each.head, each.head_failure) for each in at_both(tmp_path, "HEAD").stacks] == [
        (None, Failure(f"no {stack}", is_input=True)) for stack in ("dev", "prod")
    ]
    (tmp_path / "__main__.py").write_text("1 / 0")
    (dev,) = at_both(tmp_path, "HEAD", ["dev"]).stacks
    assert dev.base
    assert dev.head_failure
    assert "ZeroDivisionError" in dev.head_failure.text
    assert not dev.head_failure.is_input


def test_a_process_that_dies_is_told(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(
        "import os, sys; print('last words', file=sys.stderr, flush=True); os._exit(9)"
    )
    (dev,) = at_both(tmp_path, "HEAD", ["dev"]).stacks
    assert dev.head_failure == Failure("the process that renders it ended: last words", is_input=False)


def test_a_stack_may_be_on_one_side_only(git: Git, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").rename(tmp_path / "Pulumi.test.yaml")
    found = {
        stack.stack: (stack.base is not None, stack.head is not None) for stack in at_both(tmp_path, "HEAD").stacks
    }
    assert found == {"dev": (True, True), "prod": (True, False), "test": (False, True)}


def test_another_lock_is_said(git: Git, tmp_path: Path) -> None:
    assert at_both(tmp_path, "HEAD", ["dev"]).notes == ()
    (tmp_path / "requirements.lock").write_text("pulumi==4\n")
    (note,) = at_both(tmp_path, "HEAD", ["dev"]).notes
    assert note.startswith("requirements.lock differs")


def test_what_cannot_be_compared_is_refused_in_a_line(git: Git, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^--base: no such revision; got 'nowhere'; expected a branch, tag or commit"):
        at_both(tmp_path, "nowhere")
    with pytest.raises(InputError, match=r"^--base: no such revision; got '--all'"):
        at_both(tmp_path, "--all")
    with pytest.raises(InputError, match=r"^--stack: no such stack; got 'stage'; expected one of dev, prod$"):
        at_both(tmp_path, "HEAD", ["dev", "stage"])


def test_a_folder_outside_git_is_refused_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(InputError, match=r"^--project: in no Git repository"):
        at_both(tmp_path, "HEAD")


HEARING_SIGNALS = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
runpy.run_module("roadstead.tool.cli", run_name="__main__", alter_sys=True)
"""
"""The command; what is started in the background, or with `nohup`, would inherit that Ctrl-C, or SIGHUP, is ignored."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_outlives_a_command_that_is_stopped(git: Git, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "__main__.py").write_text("import time; time.sleep(60)")
    command = [sys.executable, "-c", HEARING_SIGNALS, "diff", "--project", str(tmp_path), "--stack", "dev"]
    before = git("worktree", "list")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)})
    children: list[psutil.Process] = []
    deadline = time.monotonic() + 120
    while not children and time.monotonic() < deadline:
        time.sleep(0.01)
        with contextlib.suppress(psutil.Error):
            found = psutil.Process(process.pid).children(recursive=True)
            children = [child for child in found if "render_file.py" in " ".join(child.cmdline())]
    assert children
    process.send_signal(number)
    _, printed = process.communicate(timeout=120)
    assert process.returncode != 0
    assert b"Traceback" not in printed
    assert not psutil.wait_procs(children, timeout=60)[1]
    assert git("worktree", "list") == before
    assert not list(tmp_path.glob("roadstead-*"))


def test_a_graph_that_is_kept_holds_no_secret(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(PROGRAM + "Disk('locked', {'password': pulumi.Output.secret('hunter2')})\n")
    git("commit", "-qam", "secret")
    changed(tmp_path, "dev")
    (kept,) = (tmp_path / "build" / "cache").iterdir()
    assert "hunter2" not in kept.read_text()
    assert json.loads(kept.read_text())["stack"] == "dev"
