import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from tests.roadstead.tool.review.conftest import Git
from tests.roadstead.tool.review.strategies import graph
from tests.roadstead.tool.review.test_reports import reviews, small
from tests.support import ROOT

from roadstead.tool.review import together
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.reports import sarif
from roadstead.tool.review.review import Review, StackReview


def form(required: str, **properties: Any) -> dict[str, Any]:
    """The schema of an object with these properties alone, some of which must be there."""
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


TEXT, URI, POSITION = (
    {"type": "string"},
    {"type": "string", "format": "uri-reference"},
    {"type": "integer", "minimum": 1},
)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = form("text", text=TEXT, markdown=TEXT)
RULE = form(
    "id shortDescription fullDescription help",
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    helpUri=URI,
    defaultConfiguration=form("", level=LEVEL),
    properties=form("", tags={"type": "array", "items": TEXT, "uniqueItems": True, "maxItems": 10}),
)
REGION = "startLine startColumn endLine endColumn"
LOCATION = form(
    "physicalLocation",
    physicalLocation=form(
        "artifactLocation region",
        artifactLocation=form("uri", uri=URI),
        region=form(REGION, **dict.fromkeys(REGION.split(), POSITION)),
    ),
    logicalLocations={"type": "array", "items": form("", fullyQualifiedName=TEXT, kind=TEXT)},
)
RESULT = form(
    "ruleId message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION, "minItems": 1},
    partialFingerprints=form("primaryLocationLineHash", primaryLocationLineHash={"pattern": "^[0-9a-f]{16}:[0-9]+$"}),
    properties=form("waiver", waiver=TEXT),
)
DRIVER = form("name rules", name=TEXT, semanticVersion=TEXT, informationUri=URI, rules={"type": "array", "items": RULE})
NOTIFICATION = form("message", level=LEVEL, message=MESSAGE)
RUN = form(
    "tool results",
    tool=form("driver", driver=DRIVER),
    results={"type": "array", "items": RESULT, "maxItems": sarif.MAX_RESULTS},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations={
        "type": "array",
        "items": form(
            "executionSuccessful",
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications={"type": "array", "items": NOTIFICATION},
        ),
    },
)
SCHEMA = form(
    "$schema version runs",
    **{"$schema": URI, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": RUN, "maxItems": 20}},
)
"""The part of SARIF's own schema that we write, with what GitHub's code scanning requires of it as well."""


def review(*findings: Finding, stack: str = "staging") -> Review:
    return Review("main", (StackReview(StackDiff(stack, None, graph(), ()), findings),))


def results(of: Review, project: Path = ROOT) -> list[dict[str, Any]]:
    (run,) = json.loads(sarif.report(of, project))["runs"]
    found: list[dict[str, Any]] = run["results"]
    assert [run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in found] == [
        result["ruleId"] for result in found
    ]
    return found


def fingerprint(result: dict[str, Any]) -> str:
    text: str = result["partialFingerprints"]["primaryLocationLineHash"]
    return text


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(reviews())
def test_every_report_has_the_form_of_sarif_and_what_github_requires(of: Review) -> None:
    told = json.loads(sarif.report(of, ROOT))
    jsonschema.Draft7Validator(SCHEMA).validate(told)
    assert len(told["runs"][0]["results"]) == len(together.findings(of.stacks, list))


def test_it_points_at_the_line_of_the_key() -> None:
    (result,) = results(small())
    assert (result["ruleId"], result["level"]) == ("blast-radius/key", "error")
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    region = physical["region"]
    assert physical["artifactLocation"] == {"uri": "infra/teams/payments.yaml"}
    line = (ROOT / "infra/teams/payments.yaml").read_text().splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "port: 8080"


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("cluster.version", 'version: "1.36"'),
        ("roadstead:cluster.version", 'version: "1.36"'),
        ("cluster.nothing", "roadstead:cluster:"),
        ("teams.1", "storefront"),
        ("nothing", "# yaml-language-server"),
        (None, "# yaml-language-server"),
    ],
)
def test_a_key_is_found_as_far_as_it_is_there(key: str | None, line: str) -> None:
    (result,) = results(review(Finding("a/b", Severity.NOTE, "urn", "", "", "Pulumi.staging.yaml", key)))
    region = result["locations"][0]["physicalLocation"]["region"]
    found = (ROOT / "Pulumi.staging.yaml").read_text().splitlines()[region["startLine"] - 1]
    assert found[region["startColumn"] - 1 : region["endColumn"] - 1].startswith(line)


def test_a_file_that_cannot_be_read_has_one_line() -> None:
    (result,) = results(review(Finding("a/b", Severity.NOTE, "urn", "", "", "nowhere.yaml", "a.b")))
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}


def test_findings_about_one_line_are_several_alerts_and_stay_the_same_ones() -> None:
    one, again, other = (
        Finding("a/b", Severity.NOTE, resource, what, "") for resource, what in [("x", "1"), ("x", "2"), ("y", "1")]
    )
    first = [fingerprint(result) for result in results(review(one, again, other))]
    assert len(set(first)) == 3
    moved = Finding("a/b", Severity.ERROR, "x", "said in other words", "", "infra/teams/payments.yaml", "apps.api")
    assert fingerprint(results(review(moved))[0]) == first[0]


def test_files_are_named_from_the_top_of_the_repository(git: Git, tmp_path: Path) -> None:
    project = tmp_path / "live" / "a shop"
    project.mkdir(parents=True)
    (result,) = results(review(Finding("a/b", Severity.NOTE, "urn", "", "")), project)
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "live/a%20shop/Pulumi.staging.yaml"}


def test_of_more_findings_than_github_takes_the_worst_are_shown_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    notes = [Finding("a/note", Severity.NOTE, str(number), "", "") for number in range(3)]
    (run,) = json.loads(sarif.report(review(*notes, Finding("a/error", Severity.ERROR, "x", "", "")), ROOT))["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "note"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "2 more findings are not shown here."


def test_a_rule_is_as_bad_as_the_worst_that_it_found_and_says_where_it_is_explained() -> None:
    found = [Finding("access/widened", severity, "x", "", "") for severity in (Severity.NOTE, Severity.ERROR)]
    (run,) = json.loads(sarif.report(review(*found), ROOT))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["help"]["text"].endswith("docs/rules.md#access")
