"""Which file a finding names: the one that the change touches."""

from pathlib import Path

import pytest
from tests.roadstead.tool.review.conftest import Git

from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.revisions import git as asked
from roadstead.tool.review.revisions.causes import Causes
from roadstead.tool.review.revisions.revision import Comparison

TEAM = "infra/teams/payments.yaml"
CODE = "components/roadstead/workload/pod.py"


def finding(**fields: object) -> Finding:
    urn = "urn:pulumi:staging::shop::kubernetes:apps/v1:Deployment::payments.api"
    whole = {"file": TEAM, "key": "apps.api", **fields}
    return Finding("a/b", Severity.ERROR, urn, "It is.", "Do.", **whole)  # type: ignore[arg-type]


def named(
    repository: Path, *changed: str, about: Finding | None = None
) -> tuple[str | None, str | None, tuple[str, ...]]:
    comparison = Comparison((), (), repository, asked.commit(repository, "HEAD"))
    found = Causes(repository, comparison, changed).named(about or finding())
    return found.file, found.key, found.others


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ([TEAM, CODE], TEAM),
        ([CODE], CODE),
        ([CODE, "README.md", "docs/ci.md", "tests/test_x.py", "infra/waivers.yaml"], CODE),
        (["infra/releases/staging.yaml", "infra/stack.py"], "infra/releases/staging.yaml"),
        (["infra/releases/production.yaml", "Pulumi.production.yaml", "infra/stack.py"], "infra/stack.py"),
        (["infra/teams/data.yaml", "infra/stack.py"], "infra/stack.py"),
        (["infra/teams/data.yaml"], "infra/teams/data.yaml"),
        (["README.md"], TEAM),
        ([], TEAM),
    ],
)
def test_the_file_is_one_that_the_change_touches(git: Git, tmp_path: Path, changed: list[str], said: str) -> None:
    assert named(tmp_path, *changed)[0] == said


def test_of_several_that_it_may_come_from_each_is_named(git: Git, tmp_path: Path) -> None:
    assert named(tmp_path, CODE, "infra/stack.py")[2] == ("infra/stack.py",)


def test_code_has_the_line_at_which_its_change_begins(git: Git, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text((tmp_path / "__main__.py").read_text().replace("size, ", "size + 1, "))
    assert asked.changed_files(tmp_path, "HEAD") == ["__main__.py"]
    assert named(tmp_path, "__main__.py") == ("__main__.py", "line 7", ())


def test_what_was_there_before_keeps_its_file(git: Git, tmp_path: Path) -> None:
    assert named(tmp_path, CODE, about=finding(is_new=False)) == (TEAM, "apps.api", ())


def test_new_files_and_those_that_are_gone_are_changed_too(git: Git, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").rename(tmp_path / "Pulumi.tést.yaml")
    assert asked.changed_files(tmp_path, "HEAD") == ["Pulumi.dev.yaml", "Pulumi.tést.yaml"]
