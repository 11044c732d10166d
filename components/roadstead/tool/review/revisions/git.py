"""What is asked of Git: which files a revision has, and a folder with them."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadstead.core.problems import problem
from roadstead.tool.offline.errors import InputError

_OF_A_CALLER = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}
"""Set for a hook: with them a check-out would end up in the index that is being committed."""


def repository(folder: Path) -> Path:
    """The top folder of the repository that a folder is in."""
    asked = _run(folder, "rev-parse", "--show-toplevel")
    if asked.returncode:
        expected = f"a folder of one: the base is a revision of it. Git says: {_said(asked)}"
        raise InputError(problem("--project", "in no Git repository that can be read", str(folder), expected))
    return Path(asked.stdout.strip())


def commit(folder: Path, revision: str) -> str:
    """The commit that a revision means."""
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise InputError(problem("--base", "no such revision", revision, _revisions_there_are(folder)))
    return found.strip()


def _revisions_there_are(folder: Path) -> str:
    if not _git(folder, "rev-list", "--all", "--max-count=1"):
        return "a commit: the repository has none yet"
    if (_git(folder, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        return "a commit that is in this clone, which is shallow (`git fetch --unshallow` brings the others)"
    return "a branch, tag or commit that is in this clone (`git fetch` brings those of the remote)"


def tree(folder: Path, known_commit: str) -> str:
    """What tells the files of a commit, all of them, from those of another one."""
    return (_git(folder, "rev-parse", f"{known_commit}^{{tree}}") or "").strip()


def file_names(folder: Path, known_commit: str) -> list[str]:
    """The files that a folder directly holds in a commit; none where it is not there."""
    return (_git(folder, "ls-tree", "--name-only", known_commit) or "").splitlines()


def text(folder: Path, known_commit: str, name: str) -> str | None:
    """What a file of a folder says in a commit."""
    return _git(folder, "show", f"{known_commit}:./{name}")


def changed_files(repository_folder: Path, known_commit: str) -> list[str]:
    """The files of a repository that are not as they were in a commit: changed, new or gone, from its top folder."""
    differing = _git(repository_folder, "diff", "--name-only", "--no-renames", "-z", known_commit, "--") or ""
    new = _git(repository_folder, "ls-files", "--others", "--exclude-standard", "-z") or ""
    return sorted({*filter(None, differing.split("\0")), *filter(None, new.split("\0"))})


def first_changed_line(repository_folder: Path, known_commit: str, file: str) -> int | None:
    """The first line of a file that is not as it was in a commit; nothing where the file is new or gone."""
    said = _git(repository_folder, "diff", "--unified=0", "--no-renames", known_commit, "--", file) or ""
    found = re.search(r"^@@ -[1-9][0-9,]* \+([1-9]\d*)", said, re.MULTILINE)
    return int(found[1]) if found else None


@contextmanager
def checkout(repository_folder: Path, known_commit: str) -> Iterator[Path]:
    """A folder with all files of a commit: a work tree of Git's, gone afterwards whatever happens."""
    with tempfile.TemporaryDirectory(prefix="roadstead-") as parent:
        # Resolved, because what a program makes of its own path is compared as text.
        folder = Path(parent).resolve() / "base"
        # A hook of the user's that runs at a check-out has nothing to do with this one.
        added = ("-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", str(folder), known_commit)
        try:
            done = _run(repository_folder, *added)
            if done.returncode:
                raise InputError(f"--base: git worktree add failed for {known_commit}. Git says: {_said(done)}")
            yield folder
        finally:
            _git(repository_folder, "worktree", "remove", "--force", str(folder))


def _git(folder: Path, *arguments: str) -> str | None:
    """What Git prints; nothing where it refuses."""
    done = _run(folder, *arguments)
    return done.stdout if done.returncode == 0 else None


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_CALLER}
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError as error:
        raise InputError("git: not found on PATH; comparing with a revision needs it") from error


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join(done.stderr.split())
