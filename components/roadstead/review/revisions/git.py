"""What is asked of Git: which files a revision has, and a folder with them."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadstead.offline.errors import InputError
from roadstead.problems import problem


def repository(folder: Path) -> Path:
    """The top folder of the repository that a folder is in."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found is None:
        raise InputError(
            problem("--project", "in no Git repository", str(folder), "a folder of one: the base is a revision of it")
        )
    return Path(found.strip())


def commit(folder: Path, revision: str) -> str:
    """The commit that a revision means."""
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        expected = "a branch, tag or commit that is in this clone (`git fetch` brings those of the remote)"
        raise InputError(problem("--base", "no such revision", revision, expected))
    return found.strip()


def tree(folder: Path, known_commit: str) -> str:
    """What tells the files of a commit, all of them, from those of another one."""
    return (_git(folder, "rev-parse", f"{known_commit}^{{tree}}") or "").strip()


def file_names(folder: Path, known_commit: str) -> list[str]:
    """The files that a folder directly holds in a commit; none where it is not there."""
    return (_git(folder, "ls-tree", "--name-only", known_commit) or "").splitlines()


def text(folder: Path, known_commit: str, name: str) -> str | None:
    """What a file of a folder says in a commit."""
    return _git(folder, "show", f"{known_commit}:./{name}")


@contextmanager
def checkout(repository_folder: Path, known_commit: str) -> Iterator[Path]:
    """A folder with all files of a commit: a work tree of Git's, gone afterwards whatever happens."""
    with tempfile.TemporaryDirectory(prefix="roadstead-") as parent:
        # Resolved, because what a program makes of its own path is compared as text.
        folder = Path(parent).resolve() / "base"
        # A hook of the user's that runs at a check-out has nothing to do with this one.
        added = ("-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", str(folder), known_commit)
        try:
            if _git(repository_folder, *added) is None:
                raise InputError(f"--base: git worktree add failed for {known_commit}; try it by hand to see why")
            yield folder
        finally:
            _git(repository_folder, "worktree", "remove", "--force", str(folder))


def _git(folder: Path, *arguments: str) -> str | None:
    """What Git prints; nothing where it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise InputError("git: not found on PATH; comparing with a revision needs it") from error
    return done.stdout if done.returncode == 0 else None
