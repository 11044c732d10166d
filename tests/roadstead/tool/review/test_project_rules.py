from pathlib import Path

import pytest
from tests.roadstead.tool.review.rules.table import only_findings

from roadstead.tool.offline.errors import InputError
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.project_rules import project_rules

RULE = """
from roadstead.tool.review.finding import Finding, Severity

def findings(diff):
    yield Finding("acme/always", Severity.NOTE, "urn", f"{diff.stack} is reviewed.", "Nothing.")

number = 1
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **entries: str) -> None:
    """A package with entry points, as pip would leave it."""
    info = folder / "acme_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[roadstead.rules]", *lines, ""]))
    (folder / "acme_rules.py").write_text(RULE)
    monkeypatch.syspath_prepend(str(folder))


def test_without_any_package_there_are_none() -> None:
    assert project_rules() == ()


def test_an_installed_package_brings_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, acme="acme_rules:findings")
    (rule,) = project_rules()
    (finding,) = only_findings(rule(StackDiff("staging", None, None, ())))
    assert (finding.rule, finding.what) == ("acme/always", "staging is reviewed.")


def test_all_that_cannot_be_loaded_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, gone="acme_gone:findings", missing="acme_rules:nothing", value="acme_rules:number")
    with pytest.raises(InputError) as refused:
        project_rules()
    assert [line.split(";")[0] for line in str(refused.value).splitlines()] == [
        "roadstead.rules: gone: cannot be loaded",
        "roadstead.rules: missing: cannot be loaded",
        "roadstead.rules: value: not a function",
    ]
