"""A change that alters what judges it: the review's rules and tables, and the waivers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.roadstead.tool.review.conftest import Git
from tests.support import ROOT
from typer.testing import CliRunner

from roadstead.tool.cli.main import app
from roadstead.tool.review.revisions import deciding

KEY = 'import pulumi\npulumi.CustomResource("aws:kms/key:Key", "main", {})\n'
RULE = Path("components/roadstead/tool/review/rules/blast_radius.py")
ANSWERING = Path("components/roadstead/tool/review/answering.py")
NOTHING = "\n\ndef findings(diff):\n    return iter(())\n"
SOFTER = (
    "\n\n_as_it_was = findings\n\n\ndef findings(diff):\n    from dataclasses import replace\n"
    "    for each in _as_it_was(diff):\n        yield replace(each, severity=Severity.NOTE)\n"
)
WAIVER = """
- rule: blast-radius/key
  resource: "urn:pulumi:dev::shop::aws:kms/key:Key::main"
  person: ada
  reason: {reason}
  expires: 2999-01-01
"""
Diff = Callable[[], tuple[int, str]]


@pytest.fixture
def project(git: Git, tmp_path: Path) -> Path:
    """A project with a key, whose repository has the review too."""
    (tmp_path / "Pulumi.prod.yaml").unlink()
    (tmp_path / "__main__.py").write_text(KEY)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "components" / "roadstead", tmp_path / "components" / "roadstead", ignore=ignored)
    git("add", "-A")
    git("commit", "-qm", "with the review")
    return tmp_path


@pytest.fixture
def diff(project: Path) -> Diff:
    """Runs the review that is in the repository."""

    def run() -> tuple[int, str]:
        own = {"PYTHONPATH": os.pathsep.join([str(project / "components"), os.environ["PYTHONPATH"]])}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "roadstead.tool.cli", "diff"],
            cwd=project,
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def add(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def test_a_rule_that_the_change_silences_is_asked_as_the_base_has_it(project: Path, diff: Diff) -> None:
    (project / "__main__.py").write_text("")
    add(project / RULE, NOTHING)
    code, said = diff()
    assert code == 3, said
    assert f"note: This change also changes what judges it: {RULE}." in said
    assert "1 findings are theirs alone and marked so" in said
    assert "error blast-radius/key, by the base's rules alone: Key main" in said

    (project / RULE).write_text((project / RULE).read_text().replace(NOTHING, SOFTER))
    code, said = diff()
    assert code == 3, "a rule that only calls it less bad is no other rule"
    assert "note blast-radius/key" in said
    assert "error blast-radius/key, by the base's rules alone" in said


def test_a_base_that_cannot_judge_is_said_to(git: Git, project: Path, diff: Diff) -> None:
    text = (project / ANSWERING).read_text()
    (project / ANSWERING).write_text(text.replace("def found_between", "def found_among"))
    git("commit", "-qam", "an older review")
    (project / ANSWERING).write_text(text)
    code, said = diff()
    assert code == 0
    assert "The code of HEAD could not be asked (it is older than this question): read those files first." in said

    (project / ANSWERING).write_text(text.replace("def found_between", "1 / 0\n\n\ndef found_between"))
    git("commit", "-qam", "a broken review")
    (project / ANSWERING).write_text(text)
    assert "could not be asked (ZeroDivisionError: division by zero)" in diff()[1]


def test_where_the_review_stays_as_it_is_nothing_is_said_of_it(project: Path, diff: Diff) -> None:
    (project / "__main__.py").write_text(KEY.replace("main", "other"))
    (project / "components" / "roadstead" / "workload" / "pod.py").write_text("# not of the review\n")
    assert "what judges it" not in diff()[1]


def test_loaded_modules_and_tables_decide_and_components_do_not() -> None:
    files = [
        "components/roadstead/data/prices.json",
        "components/roadstead/tool/review/rules/gone.py",
        "components/roadstead/core/tiers.py",
        "components/roadstead/tool/review/rules/notes.md",
        "components/roadstead/nowhere.py",
        "infra/teams/data.yaml",
    ]
    assert deciding.of_the_review(ROOT, files) == files[:3]
    assert deciding.of_the_review(Path("/elsewhere"), files) == []


def run(project: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["diff", "--project", str(project), *arguments])
    return result.stdout + result.stderr


@pytest.mark.parametrize("form", ["terminal", "markdown", "json", "html", "sarif"])
def test_a_waiver_that_comes_with_the_change_lifts_and_is_said_on_top(git: Git, tmp_path: Path, form: str) -> None:
    (tmp_path / "__main__.py").write_text(KEY)
    git("commit", "-qam", "key")
    (tmp_path / "__main__.py").write_text("")
    (tmp_path / "infra").mkdir()
    waivers = tmp_path / "infra" / "waivers.yaml"
    waivers.write_text(WAIVER.format(reason="the data is gone"))
    out = tmp_path / "build" / "report"

    def said() -> str:
        run(tmp_path, "--stack=dev", "--format", form, "--out", str(out))
        return out.read_text()

    new = "A waiver that is new in this change lifts blast-radius/key, Key main, until 2999-01-01 by ada: the data is gone"
    text = said().replace("&#45;", "-")
    assert new in text
    assert "<details" not in text.partition(new)[0], "it is outside any fold"
    git("add", "-A")
    git("commit", "-qm", "waived")
    assert "new in this change" not in said()
    waivers.write_text(WAIVER.format(reason="another one"))
    assert "another one" in said().partition("new in this change")[2], "one that is altered is new"
