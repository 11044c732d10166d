from datetime import date
from pathlib import Path
from typing import Any

import pytest

from roadstead.tool.offline.errors import InputError
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.waivers import FILE, WaiverSpec, applied, load

URN = "urn:pulumi:staging::shop::aws:kms/key:Key::a"
FINDING = Finding("blast-radius/key", Severity.ERROR, URN, "It goes.", "Keep it.")
TODAY = date(2026, 11, 21)


def waiver(**changed: Any) -> WaiverSpec:
    whole: Any = {"rule": FINDING.rule, "resource": URN, "person": "ada", "reason": "moved", "expires": TODAY}
    made: WaiverSpec = whole | changed
    return made


def test_a_waiver_lifts_its_finding_until_its_last_day() -> None:
    left, lifted, wrong = applied([waiver()], [FINDING], {"staging"}, TODAY)
    assert (left, wrong) == ([], [])
    assert [(found.finding, found.waiver["person"]) for found in lifted] == [(FINDING, "ada")]


def test_an_expired_waiver_lifts_nothing_and_is_an_error() -> None:
    left, lifted, wrong = applied([waiver(expires=date(2026, 11, 20))], [FINDING], {"staging"}, TODAY)
    assert (left, lifted) == ([FINDING], [])
    assert wrong == [
        "infra/waivers.yaml: 0.expires: expired; got '2026-11-20'; expected a later date, or no need for it any more"
    ]


@pytest.mark.parametrize("changed", [{"rule": "blast-radius/cluster"}, {"resource": f"{URN}b"}])
def test_a_waiver_for_nothing_is_an_error(changed: dict[str, str]) -> None:
    left, _, wrong = applied([waiver(**changed)], [FINDING], {"staging"}, TODAY)
    assert left == [FINDING]
    assert len(wrong) == 1
    assert "a waiver for nothing" in wrong[0]


def test_a_waiver_for_a_stack_that_nobody_looked_at_is_let_be() -> None:
    assert applied([waiver()], [], {"production"}, TODAY) == ([], [], [])


def test_a_waiver_of_a_rule_that_depends_on_what_else_is_asked_may_find_nothing_but_still_expires() -> None:
    rules = {FINDING.rule}
    assert applied([waiver()], [], {"staging"}, TODAY, rules) == ([], [], [])
    expired = waiver(expires=date(2026, 11, 20))
    assert len(applied([expired], [FINDING], {"staging"}, TODAY, rules)[2]) == 1


def write(project: Path, text: str) -> Path:
    (project / "infra").mkdir()
    (project / FILE).write_text(text)
    return project


def test_a_project_without_the_file_has_no_waivers(tmp_path: Path) -> None:
    assert load(tmp_path) == []


@pytest.mark.parametrize("text", ["", "# the last one is gone\n", "[]"])
def test_an_empty_file_has_no_waivers(tmp_path: Path, text: str) -> None:
    assert load(write(tmp_path, text)) == []


def test_the_file_is_read(tmp_path: Path) -> None:
    text = f'- {{rule: {FINDING.rule}, resource: "{URN}", person: ada, reason: moved, expires: 2026-11-21}}\n'
    assert load(write(tmp_path, text)) == [waiver()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b", "infra/waivers.yaml: (whole file): not a list"),
        ("- {rule: a}", "infra/waivers.yaml: 0.resource: missing key; expected text"),
        ("- {rule: a}", "infra/waivers.yaml: 0.expires: missing key; expected a date without quotes"),
        (
            "- {expires: 2027-13-01}",
            "infra/waivers.yaml: line 1: no day of any calendar; got 2027-13-01; expected a date such as 2027-03-31",
        ),
        (
            f'- {{rule: a, resource: "{URN}", person: ada, reason: x, expires: soon}}',
            "0.expires: not a date; got 'soon'; expected a date without quotes, e.g. 2027-03-31",
        ),
        (
            f'- {{rule: a, resource: "{URN}", person: ada, reason: " ", expires: 2026-11-21}}',
            "0.reason: empty; expected text",
        ),
        (
            "- {rule: a, resource: b, person: ada, reason: x, expires: 2026-11-21}",
            "0.resource: no URN; got 'b'; expected the URN of a resource, as the finding gives it",
        ),
        (
            f'- {{rule: a, resource: "{URN}", person: ada, reason: x, expires: 2026-11-21, until: 1}}',
            "0.until: unknown key; got 1; expected one of",
        ),
        ("- [", "infra/waivers.yaml: not YAML at line"),
    ],
)
def test_a_file_of_another_form_is_refused_in_a_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        load(write(tmp_path, text))
    assert said in str(refused.value)
