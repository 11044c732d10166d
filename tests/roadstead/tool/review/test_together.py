"""What several stacks have is said once."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.roadstead.tool.review.conftest import Git
from tests.roadstead.tool.review.reports.samples import DEPLOYMENT, diff
from tests.support import ROOT
from typer.testing import CliRunner

from roadstead.tool import yaml_files
from roadstead.tool.cli.main import app
from roadstead.tool.review import together, waivers
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.reports import lines
from roadstead.tool.review.review import SENTENCE_LENGTH, StackReview, bounded


def found(stack: str, what: str = "It is.", severity: Severity = Severity.ERROR) -> Finding:
    urn = f"urn:pulumi:{stack}::shop::aws:eks/nodeGroup:NodeGroup::{stack}-spot"
    return Finding("a/b", severity, urn, what, "Do.", f"Pulumi.{stack}.yaml")


def review(stack: str, *findings: Finding) -> StackReview:
    change = {f"{DEPLOYMENT} payments.api": {"spec": {"image": "api:2", "stage": stack}}}
    own = {f"{DEPLOYMENT} payments.worker": None} if stack == "production" else {}
    return StackReview(diff({**change, **own}, stack), findings)


def test_a_finding_of_several_stacks_is_one_with_all_their_names() -> None:
    stacks = [review(name, found(name), found(name, f"{name} has it.")) for name in ("production", "staging")]
    shown = together.findings(stacks)
    assert [(each.finding.what, each.where) for each in shown] == [
        ("It is.", "production, staging"),
        ("production has it.", "production, staging"),
    ]
    assert shown[0].finding.file == "Pulumi.production.yaml"


def test_other_files_of_the_same_change_are_named_after_their_stacks_too() -> None:
    stacks = [
        review(name, replace(found(name), others=(f"infra/releases/{name}.yaml",)))
        for name in ("production", "staging")
    ]
    assert [each.where for each in together.findings(stacks)] == ["production, staging"]


def test_other_words_are_another_finding_and_the_worst_is_first() -> None:
    stacks = [review("production", found("production", "5 of 6.", Severity.NOTE)), review("staging", found("staging"))]
    assert [each.where for each in together.findings(stacks)] == ["staging", "production"]


def test_changes_that_read_alike_are_shown_once() -> None:
    shown = together.changes([review("production"), review("staging")], 100)
    assert [(each.stacks, [change.resource.name for change in each.teams["payments"]]) for each in shown] == [
        (("production", "staging"), ["payments.api"]),
        (("production",), ["payments.worker"]),
    ]


def test_no_sentence_and_no_value_is_longer_than_can_be_read() -> None:
    long = bounded(found("staging", f"It is {'x' * 7_000}."))
    assert len(long.what) <= SENTENCE_LENGTH
    assert "more characters …" in long.what
    assert lines.cut("x" * 7_000, 100).startswith("x")
    assert len(lines.cut("x" * 7_000, 100)) == 100


BROKEN = """
import pulumi
if pulumi.get_stack() == "prod":
    raise pulumi.RunError("no such luck")
"""


@pytest.mark.parametrize(("program", "code"), [(BROKEN, 2), (BROKEN.replace("raise pulumi", "1 / 0 #"), 1)])
def test_one_stack_that_cannot_be_rendered_is_told_and_the_others_are_reviewed(
    git: Git, tmp_path: Path, program: str, code: int
) -> None:
    (tmp_path / "__main__.py").write_text(program)
    outs = [tmp_path / "build" / f"report.{ending}" for ending in ("txt", "md", "html", "json", "sarif")]
    result = CliRunner().invoke(app, ["diff", "--project", str(tmp_path), *(f"--out={out}" for out in outs)])
    assert result.exit_code == code, result.stdout
    assert result.stderr.startswith("error: prod: ")
    text = outs[0].read_text()
    assert "dev: 1 to delete" in text
    assert "prod: not reviewed" in text
    assert "parity/…" in text, "rules about all stacks say what they miss"
    for out in outs:
        assert "it cannot be rendered as the files are here" in out.read_text()


def test_what_is_wrong_with_the_waivers_is_in_every_report_all_at_once(git: Git, tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / waivers.FILE).write_text(
        "- {rule: a}\n- {rule: b, resource: c, person: '', reason: x, expires: 2999-01-01}\n"
    )
    outs = [tmp_path / "build" / f"report.{ending}" for ending in ("txt", "md", "html", "json", "sarif")]
    result = CliRunner().invoke(app, ["diff", "--project", str(tmp_path), *(f"--out={out}" for out in outs)])
    assert result.exit_code == 2
    for text in (result.stderr, *(out.read_text() for out in outs)):
        for wrong in ("0.expires: missing key", "1.person: empty", "1.resource: no URN"):
            assert wrong in text


def test_a_waiver_is_ready_to_paste_but_for_a_person_and_a_reason(tmp_path: Path) -> None:
    from datetime import date

    text = waivers.draft(found("staging"), date(2999, 1, 1))
    (tmp_path / "infra").mkdir()
    (tmp_path / waivers.FILE).write_text(text)
    assert waivers.read(tmp_path) == (
        [],
        [f"infra/waivers.yaml: 0.{key}: empty; expected text" for key in ("person", "reason")],
    )
    (tmp_path / waivers.FILE).write_text(text.replace('""', '"ada"'))
    (waiver,) = waivers.load(tmp_path)
    assert (waiver["rule"], waiver["resource"]) == ("a/b", found("staging").resource)


def test_the_example_in_the_docs_is_a_waiver(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "waivers.md").read_text()
    (tmp_path / "infra").mkdir()
    (tmp_path / waivers.FILE).write_text(page.partition("```yaml\n")[2].partition("```")[0])
    assert len(waivers.load(tmp_path)) == 1
    assert yaml_files.load(tmp_path / waivers.FILE)[0]["rule"] == "blast-radius/registry"
