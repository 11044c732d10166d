"""The table of changes: patches of our own files, and above each what must come of it, stack by stack.

The head of a patch is a sentence that says what the change is, then each stack with its summary and with the findings that
it has more (+) or less (-) than before. What is not named stays as it is. `after: other.patch` is a change of a project
that has that other one already.
"""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from tests.support import ROOT, rendered

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import stacks
from roadstead.tool.offline.render import render
from roadstead.tool.offline.render_many import Failure, Job, render_many
from roadstead.tool.review.answering import answers, priced
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.reports.lines import named_urn
from roadstead.tool.review.review import summary
from roadstead.tool.review.rules import RULES

FOLDER = Path(__file__).parent / "changes"
LIBRARY = Path("components", "roadstead")
TODAY = date(2026, 11, 21)
Graphs = Mapping[str, Graph]


@dataclass(frozen=True)
class Patch:
    """One change, with what is expected of it."""

    file: Path
    sentence: str
    after: str
    """The patch before it, or nothing."""
    expected: str

    @classmethod
    def read(cls, file: Path) -> "Patch":
        sentence, *lines = file.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
        after = lines.pop(0).removeprefix("after: ") if lines and lines[0].startswith("after: ") else ""
        return cls(file, sentence, after, "\n".join(lines))

    @property
    def files(self) -> list[Path]:
        """The files that it changes, from the root of the repository."""
        text = self.file.read_text(encoding="utf-8")
        return [Path(name) for name in re.findall(r"^(?:---|\+\+\+) [ab]/(\S+)$", text, re.MULTILINE)]

    @property
    def project(self) -> Path:
        """The folder of the project that it changes."""
        return next(folder for folder in (ROOT / self.files[0]).parents if (folder / "Pulumi.yaml").exists())


def patches(folder: str) -> list[Patch]:
    return [Patch.read(file) for file in sorted((FOLDER / folder).glob("*.patch"))]


def outcome(patch: Patch) -> str:
    """What comes of a change, in the words of a head."""
    before = [FOLDER / patch.after] if patch.after else []
    base, head = graphs(patch.project, *before), graphs(patch.project, *before, patch.file)
    return "\n".join(lines(differences(base, head), standing(patch.project, *before)))


def differences(base: Graphs, head: Graphs) -> dict[str, StackDiff]:
    return {name: _difference(name, base.get(name), head.get(name)) for name in sorted({*base, *head})}


def _difference(stack: str, base: Graph | None, head: Graph | None) -> StackDiff:
    return StackDiff(stack, base, head, ()) if base is head else priced(compare(stack, base, head), TODAY)


@cache
def standing(project: Path, *applied: Path) -> dict[str, list[str]]:
    """What is found by stack where nothing changes."""
    there = graphs(project, *applied)
    return {stack: [*map(line, said.findings)] for stack, said in answers(differences(there, there), RULES).items()}


def line(finding: Finding) -> str:
    where = f" ({finding.file}: {finding.key})" if finding.key else f" ({finding.file})" if finding.file else ""
    return f"{finding.severity} {finding.rule} {named_urn(finding.resource)}{where}"


def lines(diffs: Mapping[str, StackDiff], before: Mapping[str, list[str]]) -> Iterator[str]:
    for stack, answered in answers(diffs, RULES).items():
        said = summary(diffs[stack].changes)
        had, has = Counter(before.get(stack, ())), Counter(map(line, answered.findings))
        changed = [*_signed("+", has - had), *_signed("-", had - has)]
        if changed or said != "no changes":
            yield f"{stack}: {said}"
            yield from changed


def _signed(sign: str, lines: Counter[str]) -> Iterator[str]:
    return (f"  {sign} {text}" for text in sorted(lines.elements()))


@lru_cache(maxsize=2)
def graphs(project: Path, *applied: Path) -> Graphs:
    """Every stack of a project with patches applied; those that no patch can reach as they are committed."""
    if not applied:
        return {stack: rendered(project, stack) for stack in stacks(project)}
    touched = [file for patch in applied for file in Patch.read(patch).files]
    with tempfile.TemporaryDirectory() as folder:
        copy = patched(Path(folder), applied) / project.relative_to(ROOT)
        if any(file.parts[0] == LIBRARY.parts[0] for file in touched):
            return _with_its_library(copy, Path(folder))
        return {
            stack: render(copy, stack) if _reaches(touched, stack) else rendered(project, stack)
            for stack in stacks(copy)
        }


def _with_its_library(project: Path, folder: Path) -> Graphs:
    """Every stack as the components beside it make it, each in a process of its own."""
    names = stacks(project)
    results = render_many([Job(project, stack, (folder / LIBRARY.parts[0],)) for stack in names])
    assert not [result for result in results if isinstance(result, Failure)], results
    return {name: result for name, result in zip(names, results, strict=True) if isinstance(result, Graph)}


def patched(folder: Path, applied: Iterable[Path]) -> Path:
    """A copy of our projects, and of the library, with patches applied."""
    for name in ("infra", "examples", str(LIBRARY)):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, folder)
    # Git would look for a repository above the folder, and take the paths of the patch as paths in that one.
    environment = {"GIT_CEILING_DIRECTORIES": str(folder.parent), "PATH": "/usr/bin:/bin"}
    for patch in applied:
        subprocess.run(["git", "apply", str(patch)], cwd=folder, env=environment, check=True)
    return folder


def _reaches(touched: Iterable[Path], stack: str) -> bool:
    """Whether a stack's program can read one of these files: other stacks' own files it does not."""
    owners = (re.fullmatch(r"(?:infra/releases/|(?:.*/)?Pulumi\.)(.+)\.yaml", str(file)) for file in touched)
    return any(owner is None or owner[1] == stack for owner in owners)
