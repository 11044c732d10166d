"""Of the files that a change touches, those that decide what a review says of it: its own code and tables."""

import sys
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
FOLDERS = ("review", "report", "data")
"""Of the package: what a review is made of, loaded already or not, and still there or not."""


def of_the_review(repository: Path, changed: Iterable[str]) -> list[str]:
    """Those files, from the top of the repository; none where the review runs from elsewhere."""
    loaded = _loaded()
    return [name for name in changed if (repository / name).resolve() in loaded or is_review(repository, name)]


def is_review(repository: Path, name: str) -> bool:
    """Whether a file is the review's alone. Compiled files and notes beside its code decide nothing."""
    file = (repository / name).resolve()
    return file.suffix in (".py", ".json", ".jinja") and any(file.is_relative_to(PACKAGE / each) for each in FOLDERS)


def _loaded() -> set[Path]:
    """The files of all modules that this process has loaded, a project's own rules among them."""
    files = (getattr(module, "__dict__", {}).get("__file__") for module in list(sys.modules.values()))
    return {Path(file).resolve() for file in files if isinstance(file, str)}
