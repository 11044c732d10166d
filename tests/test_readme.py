"""What the README shows is what its commands print."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.support import ROOT
from typer.testing import CliRunner

from roadstead.tool.cli.main import app

README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown(marker: str) -> str:
    match = re.search(rf"<!-- {marker} -->\n```\n(.*?)\n```\n", README, flags=re.DOTALL)
    assert match, f"README shows nothing for {marker}"
    return match.group(1)


def test_the_preview_is_what_the_command_prints(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["preview", "-s", "staging", "-C", str(ROOT), "--out", str(tmp_path)])
    assert result.stdout.startswith(shown("preview"))


def test_the_mistakes_are_what_the_command_prints(tmp_path: Path) -> None:
    for settings in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(settings, tmp_path)
    shutil.copytree(ROOT / "infra", tmp_path / "infra")
    for file, wrong in {
        "Pulumi.staging.yaml": ('version: "1.36"', "version: 1.36"),
        "infra/teams/payments.yaml": ("health_path", "healthpath"),
    }.items():
        text = (tmp_path / file).read_text()
        (tmp_path / file).write_text(text.replace(*wrong, 1))
    result = CliRunner().invoke(app, ["preview", "-s", "staging", "-C", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.strip() == shown("mistakes")


def test_the_difference_is_what_the_command_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for settings in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(settings, tmp_path)
    shutil.copytree(ROOT / "infra", tmp_path / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    author = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    for arguments in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "-m", "base")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    for file, change in {
        "Pulumi.staging.yaml": ("instance_types: [m7g.large]", "instance_types: [m6g.large]"),
        "infra/teams/payments.yaml": ("cpu: 250m", "cpu: 300m"),
    }.items():
        text = (tmp_path / file).read_text()
        (tmp_path / file).write_text(text.replace(*change, 1))
    monkeypatch.setenv("COLUMNS", "160")
    result = CliRunner().invoke(app, ["diff", "--base", "HEAD", "--stack", "staging", "-C", str(tmp_path)])
    assert result.exit_code == 0, result.stderr
    assert [line.rstrip() for line in result.stdout.strip().splitlines()] == shown("diff").splitlines()


@pytest.mark.parametrize("path", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_file_that_is_linked_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"`make ([a-z-]+)", README) + re.findall(r"\$ make ([a-z-]+)", README)))
)
def test_every_make_target_that_is_named_is_there(target: str) -> None:
    assert f"\n{target}: " in (ROOT / "Makefile").read_text() + (ROOT / "tools" / "tools.mk").read_text()


def test_make_lists_every_target_that_people_use() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("preview", "sandbox", "test", "test-cluster", "lint", "bench", "setup", "generate", "lock", "tools"):
        assert f"make {target} " in listed
