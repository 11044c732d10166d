import itertools
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from tests.roadstead.tool.review.conftest import Git
from tests.support import ROOT
from typer.testing import CliRunner, Result

from roadstead.tool.cli.diff import Format, texts
from roadstead.tool.cli.main import app
from roadstead.tool.cli.report_files import write
from roadstead.tool.review import answering
from roadstead.tool.review.change import Kind, StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.review import Review, StackReview

PREVIEWS = Path(__file__).parent / "previews"
PREVIEW = ["--from-pulumi", str(PREVIEWS / "document.json")]
DISK = "urn:pulumi:dev::shop::pulumi-python:dynamic:Resource::replaced"
WAIVER = f'- {{rule: disk/replaced, resource: "{DISK}", person: ada, reason: known, expires: 2999-01-01}}\n'


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", "--project", str(project), *arguments])


SECRETIVE = """
import pulumi
hidden = pulumi.Output.secret
for kind, inputs in {
    "kubernetes:apps/v1:Deployment": {"metadata": {"name": "api"}, "spec": hidden({"replicas": 2})},
    "kubernetes:core/v1:Service": {"metadata": hidden({"name": "api"}), "spec": {"type": "LoadBalancer"}},
    "aws:iam/role:Role": {"assumeRolePolicy": hidden("{}")},
    "aws:kms/key:Key": {"policy": hidden("{}")},
}.items():
    package, _, name = kind.rpartition(":")
    fixed = {"apiVersion": package.partition(":")[2], "kind": name} if package.startswith("kubernetes") else {}
    pulumi.CustomResource(kind, name, {**fixed, **inputs})
"""
"""A program that keeps secret what rules look at."""


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that warns of every disk that is replaced."""

    def disks(diff: StackDiff) -> Iterator[Finding]:
        for change in diff.changes:
            if change.kind is Kind.REPLACE:
                yield Finding("disk/replaced", Severity.WARNING, change.resource.urn, "It goes.", "Look at it.")

    monkeypatch.setattr(answering, "RULES", (disks,))


def test_without_findings_the_command_ends_with_0_and_shows_what_changes(git: Git, tmp_path: Path) -> None:
    (tmp_path / "library" / "sizes.py").write_text("size = 2\n")
    result = run(tmp_path, "--stack", "dev")
    assert result.exit_code == 0, result.stderr
    assert "Compared with HEAD." in result.stdout
    assert "dev: 1 that may be replaced" in result.stdout
    assert "size: 1 → 2" in result.stdout


def test_a_report_is_written_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "build" / "diff.json"
    result = run(tmp_path, *PREVIEW, "--format", "json", "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, f"Written to {out}.\n")
    jsonschema.validate(json.loads(out.read_text()), json.loads((ROOT / "docs/schema/diff.json").read_text()))


def test_several_reports_are_written_in_one_run_each_as_its_name_ends(tmp_path: Path) -> None:
    names = ["a.html", "sub/b.md", "c.json", "d.sarif", "e.txt", "F.MD"]
    result = run(tmp_path, *PREVIEW, *(part for name in names for part in ("--out", str(tmp_path / name))))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [f"Written to {tmp_path / name}." for name in names]
    begins = ["<!doctype html>", "<!-- roadstead diff: dev -->", "{", "{", "Compared with", "<!-- roadstead diff"]
    for name, begin in zip(names, begins, strict=True):
        assert (tmp_path / name).read_text().startswith(begin)
    assert json.loads((tmp_path / "d.sarif").read_text())["version"] == "2.1.0"


def test_the_format_that_is_asked_for_goes_before_a_files_name(tmp_path: Path) -> None:
    out = tmp_path / "diff.txt"
    assert run(tmp_path, *PREVIEW, "--format", "markdown", "--out", str(out)).exit_code == 0
    assert out.read_text().startswith("<!-- roadstead diff: dev -->")


def test_a_file_for_each_stack_holds_that_one_alone(tmp_path: Path) -> None:
    stacks = [StackReview(StackDiff(name, None, None, ())) for name in ("dev", "prod")]
    each, together = tmp_path / "out" / "{stack}" / "diff.md", tmp_path / "all.md"
    files = dict.fromkeys((each, together), Format.MARKDOWN)
    assert write(texts(Review("main", tuple(stacks)), files, tmp_path)) == []
    for stack in ("dev", "prod"):
        text = (tmp_path / "out" / stack / "diff.md").read_text()
        assert text.startswith(f"<!-- roadstead diff: {stack} -->\n")
        assert text.count("<!-- roadstead diff") == 1
    assert together.read_text().count("<!-- roadstead diff") == 2


def test_a_stacks_name_leads_to_no_other_folder(tmp_path: Path) -> None:
    preview = (PREVIEWS / "document.json").read_text().replace("urn:pulumi:dev::", "urn:pulumi:../../dev::")
    (tmp_path / "preview.json").write_text(preview)
    out = tmp_path / "a" / "b" / "{stack}.md"
    result = run(tmp_path, "--from-pulumi", str(tmp_path / "preview.json"), "--out", str(out))
    assert result.exit_code == 0, result.stderr
    assert [file.name for file in (tmp_path / "a" / "b").iterdir()] == ["..-..-dev.md"]


def test_a_file_that_cannot_be_written_is_told_after_the_others(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    files = [str(tmp_path / name) for name in ("folder.md", "b.json")]
    result = run(tmp_path, *PREVIEW, "--out", files[0], "--out", files[1])
    assert (result.exit_code, result.stdout) == (2, f"Written to {files[1]}.\n")
    assert result.stderr == f"error: --out: cannot be written; got {files[0]!r}: Is a directory\n"


COMMANDS = [
    (file, command)
    for file in (".github/workflows/preview.yml", "docs/ci.md")
    for command in re.findall(r"roadstead (diff .*)", (ROOT / file).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("file", "command"), COMMANDS)
def test_what_ci_runs_writes_what_it_keeps(file: str, command: str, tmp_path: Path) -> None:
    arguments = shlex.split(re.sub(r'--base ("[^"]*"|\S+)', "", command))
    outs = [Path(value) for option, value in itertools.pairwise(arguments) if option == "--out"]
    placed = [str(tmp_path / argument) if Path(argument) in outs else argument for argument in arguments[1:]]
    result = run(tmp_path, *PREVIEW, *placed)
    assert result.exit_code == 0, result.stderr
    kept = re.findall(r"(?:path|paths|files): \[?([\w/.]+)", (ROOT / file).read_text(encoding="utf-8"))
    for out in outs:
        assert (tmp_path / str(out).replace("{stack}", "dev")).is_file()
        assert {str(out), *map(str, out.parents)} & set(kept), "nobody keeps it"


def test_every_comment_that_is_posted_begins_with_its_marker(tmp_path: Path) -> None:
    workflows = ROOT / ".github" / "workflows"
    comment = (workflows / "comment.yml").read_text()
    (out,) = re.findall(r"build/(\S*\.md)", (workflows / "preview.yml").read_text())
    folder, _, name = out.replace("{stack}", "*").rpartition("/")
    assert f"find {folder} -maxdepth 1 -type f -name '{name}'" in comment
    (marker,) = re.findall(r"extended-regexp '(.*)'", comment)
    run(tmp_path, *PREVIEW, "--out", str(tmp_path / "dev.md"))
    assert re.match(marker, (tmp_path / "dev.md").read_text().splitlines()[0])


@pytest.mark.usefixtures("rule")
def test_a_finding_as_bad_as_asked_for_ends_the_command_with_3(tmp_path: Path) -> None:
    assert run(tmp_path, *PREVIEW).exit_code == 0, "a warning is no error"
    result = run(tmp_path, *PREVIEW, "--fail-on", "warning", "--format", "markdown")
    assert result.exit_code == 3
    assert "disk/replaced" in result.stdout


@pytest.mark.usefixtures("rule")
def test_a_waiver_lifts_a_finding(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "waivers.yaml").write_text(WAIVER)
    result = run(tmp_path, *PREVIEW, "--fail-on", "warning")
    assert result.exit_code == 0
    assert "waived until 2999-01-01 by ada: disk/replaced: Resource replaced" in result.stdout


def test_a_waiver_for_nothing_is_told_after_the_report(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "waivers.yaml").write_text(WAIVER)
    result = run(tmp_path, *PREVIEW)
    assert result.exit_code == 2
    assert "dev: 1 to replace" in result.stdout
    assert result.stderr.startswith("error: infra/waivers.yaml: 0: a waiver for nothing: disk/replaced finds nothing")


def test_a_waiver_for_an_upgrade_that_nobody_asks_about_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "waivers.yaml").write_text(WAIVER.replace("disk/replaced", "upgrade/single-replica"))
    assert run(tmp_path, *PREVIEW).exit_code == 0


def test_a_base_that_cannot_be_rendered_is_shown(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("import pulumi\nraise pulumi.RunError('no such luck')")
    git("commit", "-qam", "broken")
    (tmp_path / "__main__.py").write_text("")
    result = run(tmp_path, "--stack", "dev")
    assert result.exit_code == 0
    assert "Not compared: HEAD cannot be rendered: no such luck" in result.stdout


def test_a_new_and_a_removed_stack_are_said_to_be(git: Git, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").rename(tmp_path / "Pulumi.test.yaml")
    result = run(tmp_path, "--stack", "prod", "--stack", "test")
    assert "prod: 1 to delete\n  A removed stack: there is no Pulumi.prod.yaml any more." in result.stdout
    assert "test: 1 to create\n  A new stack: HEAD has no Pulumi.test.yaml." in result.stdout


def test_of_what_is_secret_a_review_says_that_it_cannot_be_decided(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(SECRETIVE)
    reports = [tmp_path / "build" / f"diff.{ending}" for ending in ("html", "md", "json", "sarif", "txt")]
    arguments = [f"--out={report}" for report in reports]
    for _ in ("new", "there before"):
        result = run(tmp_path, *arguments)
        assert result.exit_code == 0, result.stderr
        assert reports[1].read_text().count("not decided: ") >= 2
        git("commit", "-qam", "secretive", "--allow-empty")
    upgrade = CliRunner().invoke(app, ["upgrade", "--to=1.36", f"--project={tmp_path}"])
    assert (
        upgrade.exit_code,
        "upgrade/single-replica: not decided: spec of Deployment Deployment (secret)." in upgrade.stdout,
    ) == (0, True), upgrade.stderr
    preview = CliRunner().invoke(app, ["preview", "--stack=dev", f"--project={tmp_path}"])
    assert preview.exit_code == 0, preview.stderr


def test_the_real_engines_preview_is_taken_in_place_of_rendering(tmp_path: Path) -> None:
    result = run(tmp_path, *PREVIEW)
    assert result.exit_code == 0, result.stderr
    assert "dev: 1 to replace, 1 to delete, 3 to update, 1 to create, 1 moved" in result.stdout


@pytest.mark.usefixtures("rule")
def test_of_a_preview_that_is_not_whole_no_rule_is_asked(tmp_path: Path) -> None:
    result = run(tmp_path, "--from-pulumi", str(PREVIEWS / "changes-only.json"), "--fail-on", "note")
    assert result.exit_code == 0
    assert "no rule was asked" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base", "nowhere"], "error: --base: no such revision; got 'nowhere'; expected a branch, tag or commit"),
        (["--base", ""], "error: --base: no such revision; got ''"),
        (
            ["--out", "a.pdf", "--out", "b"],
            "error: --out: not known what to write; got 'a.pdf'; expected a name that ends with .html, .json, .md, .sarif, "
            ".txt, or --format\n--out: not known what to write; got 'b'; expected a name",
        ),
        (["--stack", "nowhere"], "error: --stack: no such stack; got 'nowhere'; expected one of dev, prod"),
        (["--from-pulumi", "nowhere.json"], "error: nowhere.json: cannot be read"),
        (
            ["--from-pulumi", "x.json", "--base", "HEAD"],
            "error: --from-pulumi: the file says what is compared with what",
        ),
    ],
)
def test_bad_input_ends_the_command_with_2_and_a_line(
    git: Git, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert "Traceback" not in result.stderr


def test_a_base_that_is_not_there_is_told_as_what_it_is(git: Git, tmp_path: Path) -> None:
    def said(folder: Path) -> str:
        result = run(folder, "--base", "HEAD^1")
        assert result.exit_code == 2
        return result.stderr

    (tmp_path / "library" / "sizes.py").write_text("size = 2\n")
    git("commit", "-qam", "second")
    git("clone", "-q", "--depth", "1", tmp_path.as_uri(), str(tmp_path / "shallow"))
    assert "expected a commit that is in this clone, which is shallow" in said(tmp_path / "shallow")
    git("init", "-q", str(tmp_path / "empty"))
    assert "expected a commit: the repository has none yet" in said(tmp_path / "empty")
    (tmp_path / ".git").rename(tmp_path / "git")
    assert "Git says: fatal: not a git repository" in said(tmp_path)


def test_a_folder_without_stacks_is_told_with_its_name(git: Git, tmp_path: Path) -> None:
    result = run(tmp_path / "library")
    assert (result.exit_code, result.stderr.splitlines()) == (
        2,
        [
            f"error: --project: no stack in it; got {str(tmp_path / 'library')!r}; "
            "expected the folder of Pulumi.yaml, with a Pulumi.<stack>.yaml for each stack"
        ],
    )
