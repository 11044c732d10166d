import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.roadstead.tool.review.reports.samples import HOSTILE, PASSWORD, extra, review
from tests.roadstead.tool.review.strategies import graph, resource
from typer.testing import CliRunner

from roadstead.tool.cli.main import app
from roadstead.tool.offline.graph import Secret, Unknown
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.reports import html
from roadstead.tool.review.review import Review, StackReview


@pytest.fixture(scope="module")
def text() -> str:
    return html.report(review(), {"production": extra()})


def test_the_same_review_is_the_same_page(text: str) -> None:
    assert html.report(review(), {"production": extra()}) == text


def test_what_stands_in_a_value_is_text_and_no_part_of_the_page(text: str) -> None:
    assert HOSTILE not in text
    assert "<img" not in text
    assert len(re.findall("<script", text)) == len(re.findall("</script", text)) == 2


def test_the_page_may_run_its_own_script_and_style_and_nothing_else(text: str) -> None:
    (policy,) = re.findall('Content-Security-Policy" content="([^"]*)"', text)
    allowed = dict(part.split(" ", 1) for part in policy.replace("&#39;", "'").split("; "))
    for directive, pattern in (("script-src", "<script>(.*?)</script>"), ("style-src", "<style>(.*?)</style>")):
        (inline,) = re.findall(pattern, text, re.DOTALL)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert allowed.pop(directive) == f"'sha256-{digest}'"
    assert set(allowed.values()) == {"'none'"}
    assert "default-src" in allowed


def test_no_address_is_loaded(text: str) -> None:
    assert not re.findall(r"(?:src|href)=\"(?!#)", text)
    assert "url(" not in text
    assert "@import" not in text


def test_a_secret_is_not_on_the_page_and_neither_is_what_tells_it_from_another(text: str) -> None:
    assert PASSWORD not in text
    assert Secret.of(PASSWORD).digest not in text
    lines = [line for lines in properties(text).values() for line in lines]
    assert ["~", "spec.password", None, "another value"] in lines


def properties(text: str) -> Any:
    (given,) = re.findall(r'<script type="application/json" id="properties">(.*?)</script>', text, re.DOTALL)
    return json.loads(given)


@pytest.mark.parametrize("is_created", [True, False])
def test_what_is_created_or_goes_shows_its_inputs_without_secrets_and_long_ones_cut(is_created: bool) -> None:
    policy = json.dumps({"Statement": [{"Sid": "x" * 5000}]})
    given = {"policy": policy, "password": Secret.of(PASSWORD), "arn": Unknown(), "rotated": True}
    key = resource("aws:kms/key:Key", "a", given)
    diff = compare("production", None, graph(key)) if is_created else compare("production", graph(key), None)
    text = html.report(Review("main", (StackReview(diff),)))
    assert PASSWORD not in text
    assert Secret.of(PASSWORD).digest not in text
    shown = properties(text)[html.anchor(key.urn)]
    (statement,) = shown.pop("policy")["Statement"]
    assert len(statement["Sid"]) == html.VALUE_LENGTH
    assert shown == {"password": "[secret]", "arn": "[unknown]", "rotated": True}


def test_the_page_tells_what_it_costs_and_what_has_no_price(text: str) -> None:
    for part in (
        "70.08 USD a month, 35.04 before",
        "+35.04",
        "no price",
        "Without aws:rds/instance:Instance in eu-west-1",
    ):
        assert part in text
    assert text.count('aria-label="Cost of production by team"') == 1
    assert "Cost of staging" not in text


def test_without_capacity_and_access_the_page_has_no_such_part(text: str) -> None:
    bare = html.report(review())
    for part in ("Capacity", "Who may do what"):
        assert part in text
        assert part not in bare


def preview(folder: Path) -> Path:
    urn = "urn:pulumi:dev::shop::aws:ecr/repository:Repository::a"
    state = {"urn": urn, "type": "aws:ecr/repository:Repository", "custom": True, "inputs": {"name": "a"}}
    file = folder / "preview.json"
    file.write_text(json.dumps({"steps": [{"op": "create", "urn": urn, "newState": state}], "changeSummary": {}}))
    return file


@pytest.mark.parametrize(
    ("options", "written"), [((), "build/diff.html"), (("--out", "{folder}/site/x.html"), "site/x.html")]
)
def test_the_command_writes_the_page_to_a_file_and_says_where(
    options: tuple[str, ...], written: str, tmp_path: Path
) -> None:
    given = [option.format(folder=tmp_path) for option in options]
    arguments = [
        "diff",
        "--project",
        str(tmp_path),
        "--from-pulumi",
        str(preview(tmp_path)),
        "--format",
        "html",
        *given,
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert str(tmp_path / written) in result.stdout.replace("\n", "")
    assert "<b>a</b>" in (tmp_path / written).read_text(encoding="utf-8")
