import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roadstead.tool.review.strategies import GRAPHS, graph, resource
from tests.support import ROOT

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.cost.bill import Cost, cost
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.difference.values import ABSENT, PropertyChange
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.reports import as_json, markdown, sarif, terminal
from roadstead.tool.review.reports.lines import MAX_TEAMS, cut, difference, property_line
from roadstead.tool.review.review import Review, StackReview
from roadstead.tool.review.waivers import Waived

LONG = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["x" * 5_000, "`" * 5_000, "</details>" * 500, "@everyone, see #1", "```\n" * 300, "\x1b[31m", "| a |\n"]
    ),
)
SECRET = Secret.of("hunter2")


def paid(names: Sequence[str], nats: int) -> Graph:
    """Teams with a key each, and NAT gateways, in a region whose name may break out too."""
    made = [team(name) for name in names]
    keys = [resource(KEY, f"{owner.name} key", {}, parent=owner.urn) for owner in made]
    gateways = [resource("aws:ec2/natGateway:NatGateway", f"nat-{n}", {}) for n in range(nats)]
    region = names[0] if names else "eu-west-1"
    return graph(resource("pulumi:providers:aws", "aws", {"region": region}), *made, *keys, *gateways)


def costing(stack: StackReview, found: Cost | None) -> StackReview:
    return replace(stack, diff=replace(stack.diff, cost=found))


KEY = "aws:kms/key:Key"
PAID = st.one_of(st.none(), st.builds(paid, st.lists(LONG, max_size=40, unique=True), st.integers(0, 2)))
TODAY = date(2026, 11, 21)
COSTS = st.builds(cost, PAID, PAID, st.just(TODAY))


def team(name: str) -> Resource:
    return resource("roadstead:index:Team", name, {}, custom=False)


@st.composite
def reviews(draw: st.DrawFn) -> Review:
    """Reviews of every size, of names and values that try to break out of the page."""
    stacks = []
    for stack in draw(st.lists(st.sampled_from(["staging", "production", "--> <b>"]), min_size=1, unique=True)):
        teams = [team(f"team-{number}") for number in range(draw(st.integers(0, 40)))]
        changes = []
        for number in range(draw(st.sampled_from([0, 1, 30, 2500]))):
            parent = teams[number % len(teams)].urn if teams else None
            made = resource("a:b:C", f"{number}{draw(LONG) if number < 3 else ''}", {}, parent=parent)
            properties = (
                [PropertyChange(draw(LONG), draw(LONG), draw(LONG))] * draw(st.sampled_from([0, 1, 50]))
                if number < 3
                else []
            )
            kind = draw(st.sampled_from(Kind)) if number < 3 else list(Kind)[number % len(Kind)]
            old, new = (made if kind is not Kind.CREATE else None), (made if kind is not Kind.DELETE else None)
            changes.append(Change(kind, old, new, tuple(properties)))
        found = Finding(
            draw(LONG), draw(st.sampled_from(Severity)), draw(LONG), draw(LONG), draw(LONG), is_new=draw(st.booleans())
        )
        findings = (found,) * draw(st.sampled_from([0, 1, 150]))
        waiver: Any = {"person": draw(LONG), "reason": draw(LONG), "expires": date(2027, 1, 1)}
        waived = (Waived(found, waiver),) * draw(st.sampled_from([0, 1, 150]))
        there = graph(*teams, *(change.resource for change in changes))
        diff = StackDiff(stack, there, there, tuple(changes))
        stacks.append(costing(StackReview(diff, findings, waived, (draw(LONG),) * 3), draw(COSTS)))
    return Review(draw(LONG), tuple(stacks), (draw(LONG),))


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(reviews())
def test_a_comment_is_never_too_long_and_nothing_breaks_out_of_it(review: Review) -> None:
    text = markdown.report(review)
    assert len(text) < 60_000
    outside = re.sub(r"^(`{3,})diff\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert outside.count("<details>") == outside.count("</details>")
    assert set(re.findall("<[^>]*>", outside)) <= {
        *("<details>", "</details>", "<summary>", "</summary>"),
        *(markdown.marker(stack.diff.stack) for stack in review.stacks),
    }
    assert not re.search(r"(?<!\w)@\w|#\d", html.unescape(outside)), "GitHub would call or link somebody"
    assert not [char for char in text if not char.isprintable() and char != "\n"]


@pytest.mark.parametrize("number", [1, 100, 5000])
def test_what_a_comment_does_not_show_is_counted(number: int) -> None:
    changes = tuple(Change(Kind.CREATE, None, resource("a:b:C", f"resource-{n}", {})) for n in range(number))
    text = markdown.report(Review("base", (StackReview(StackDiff("staging", None, graph(), changes)),)))
    shown = len(re.findall(r"^\+ create C resource-", text, re.MULTILINE))
    hidden = re.search(r"^Not shown here: (\d+) to create\.$", text, re.MULTILINE)
    assert shown + int(hidden[1] if hidden else 0) == number
    assert shown == number or len(text) > 55_000, "there would have been room for more"


@pytest.mark.parametrize("number", [0, 1, 10, 60, 200])
def test_a_comment_on_many_stacks_is_not_too_long_either(number: int) -> None:
    finding = Finding("`" * 500, Severity.ERROR, "@" * 500, "<" * 5000, "|" * 5000)
    changes = [Change(Kind.CREATE, None, resource("a:b:C", f"{n}`" * 300, {})) for n in range(5)]
    stacks = [
        StackReview(StackDiff("*" * 300, None, None, tuple(changes)), (finding,) * 5, (), ("~" * 5000,) * 9)
        for _ in range(number)
    ]
    text = markdown.report(Review("#" * 500, tuple(stacks)))
    assert len(text) < 60_000
    left = re.search(r"Not shown here: (\d+) more stacks", text)
    assert text.count("<!-- roadstead diff") + int(left[1] if left else 0) == number


STAGING = "urn:pulumi:test::project::aws:kms/key:Key::a"


def small() -> Review:
    payments = team("payments")
    base = graph(payments, resource(KEY, "a", {"keyUsage": "x", "password": SECRET}, parent=payments.urn))
    head = graph(payments, resource(KEY, "a", {"keyUsage": "y", "password": Secret.of("x")}, parent=payments.urn))
    finding = Finding(
        "blast-radius/key",
        Severity.ERROR,
        STAGING,
        "The key goes.",
        "Keep it.",
        "infra/teams/payments.yaml",
        "apps.api.port",
    )
    waiver: Any = {"person": "ada", "reason": "moved", "expires": date(2027, 1, 1)}
    diff = compare("staging", base, head)
    return Review("main", (StackReview(diff, (finding,), (Waived(finding, waiver),), ("A note.",)),))


def test_a_comment_has_the_summary_on_top_and_the_details_folded() -> None:
    text = html.unescape(markdown.report(small()))
    assert text.startswith("<!-- roadstead diff: staging -->\n## staging: 1 to replace\n")
    assert "Compared with main. **1 error.**" in text
    assert "\nCompared with main. **There before: 1 warning.**" in html.unescape(markdown.report(old_only()))
    assert "| payments | 1 |" in text
    assert "🛑 **blast-radius/key: Key a** (infra/teams/payments.yaml: apps.api.port): The key goes. Keep it." in text
    assert "<details><summary>payments: 1 to replace</summary>" in text
    assert "+- replace Key a, for keyUsage\n    ~ keyUsage: x → y\n    ~ password: another value\n" in text


def test_a_terminal_shows_the_summary_first_and_every_change_after_it() -> None:
    text = terminal.report(small(), color=False)
    order = [
        "Compared with main.",
        "staging: 1 to replace; 1 error",
        "A note.",
        "error blast-radius/key: Key a",
        "waived until 2027-01-01 by ada",
        "payments:",
        "+- replace Key a, for keyUsage",
        "keyUsage: x → y",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def with_an_old_warning() -> Review:
    (stack,) = small().stacks
    old = Finding("spot/single-replica", Severity.WARNING, STAGING, "One pod.", "Take two.", is_new=False)
    return Review("main", (replace(stack, findings=(*stack.findings, old)),))


def test_a_comment_tells_what_was_found_before_what_it_costs() -> None:
    (stack,) = small().stacks
    text = html.unescape(markdown.report(Review("main", (replace(stack, diff=replace(stack.diff, cost=NATS)),))))
    assert text.index("The key goes.") < text.index("70.08 USD a month") < text.index("+- replace Key a")


def old_only() -> Review:
    (stack,) = with_an_old_warning().stacks
    return Review("main", (replace(stack, findings=stack.findings[1:]),))


def test_a_terminal_names_what_was_there_before_in_one_line() -> None:
    text = terminal.report(with_an_old_warning(), color=False)
    assert "staging: 1 to replace; 1 error; there before: 1 warning" in text
    assert "\nwarning spot/single-replica, there before: Key a\n" in text
    assert "One pod." not in text


def test_a_comment_folds_what_was_there_before() -> None:
    text = html.unescape(markdown.report(with_an_old_warning()))
    shown, _, folded = text.partition("<details><summary>There before: 1 warning</summary>")
    assert "The key goes." in shown
    assert "One pod." not in shown
    assert "One pod. Take two." in folded


@pytest.mark.parametrize(
    "report", [markdown.report, as_json.report, lambda review: terminal.report(review, color=False)]
)
def test_of_a_base_that_is_not_known_it_is_not_said_that_nothing_changes(report: Callable[[Review], str]) -> None:
    text = report(Review("main", (StackReview(StackDiff("staging", None, graph(), (), is_compared=False)),)))
    assert "not compared" in text
    assert "no changes" not in text


def test_programs_are_told_what_is_new() -> None:
    (stack,) = json.loads(as_json.report(with_an_old_warning()))["stacks"]
    assert [finding["is_new"] for finding in stack["findings"]] == [True, False]
    (run,) = json.loads(sarif.report(with_an_old_warning(), ROOT))["runs"]
    assert [result["baselineState"] for result in run["results"]] == ["new", "unchanged"]


NATS = cost(paid([], 1), paid([], 2), TODAY)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (NATS, ["70.08 USD a month, 35.04 before", "+35.04", "Prices of eu-west-1, 2026-09-25, from aws-offer-nat."]),
        (cost(paid([], 1), paid([], 1), TODAY), ["35.04 USD a month, as before"]),
        (cost(None, paid([], 1), TODAY), ["35.04 USD a month"]),
        (cost(paid([], 1), None, TODAY), ["nothing any more, 35.04 USD a month before"]),
        (cost(None, paid(["nowhere"], 1), TODAY), ["Without nat gateway in nowhere: no price is known."]),
    ],
)
@pytest.mark.parametrize("form", ["markdown", "terminal"])
def test_a_report_tells_what_it_costs_before_and_now_and_what_has_no_price(
    found: Any, said: list[str], form: str
) -> None:
    (stack,) = small().stacks
    text = html.unescape(reports(Review("main", (costing(stack, found),)))[form])
    for part in said:
        assert part in text


def test_a_comment_tells_the_cost_of_so_many_teams_and_how_many_more_there_are() -> None:
    (stack,) = small().stacks
    many = cost(None, paid(["eu-west-1", *(f"team-{n}" for n in range(99))], 1), TODAY)
    text = markdown.report(Review("main", (costing(stack, many),)))
    rows = re.findall(r"^\| [a-z0-9-]+ \| 1\.00 \|  \|$", text, re.MULTILINE)
    assert len(rows) == MAX_TEAMS - 1
    assert "81 more teams." in text


def test_the_json_tells_every_line_of_the_cost() -> None:
    (stack,) = small().stacks
    told = json.loads(as_json.report(Review("main", (costing(stack, NATS),))))
    jsonschema.validate(told, SCHEMA)
    found = told["stacks"][0]["cost"]
    assert (found["before"]["total"], found["now"]["total"]) == (
        {"least": 35.04, "most": 35.04},
        {"least": 70.08, "most": 70.08},
    )
    assert found["now"]["teams"] == {"platform": found["now"]["total"]}
    (line,) = found["before"]["lines"]
    assert (line["what"], line["unit_usd"], line["sources"]) == ("nat-0", 35.04, ["aws-offer-nat, 2026-09-25"])


def reports(review: Review) -> dict[str, str]:
    return {
        "markdown": markdown.report(review),
        "terminal": terminal.report(review, color=True),
        "json": as_json.report(review),
        "sarif": sarif.report(review, ROOT),
    }


@pytest.mark.parametrize("form", ["markdown", "terminal", "json", "sarif"])
def test_no_report_shows_a_secret_or_what_tells_it_from_another(form: str) -> None:
    text = reports(small())[form]
    assert "hunter2" not in text
    assert SECRET.digest[:8] not in text


SCHEMA = json.loads((ROOT / "docs" / "schema" / "diff.json").read_text())


@settings(max_examples=20)
@given(GRAPHS, GRAPHS)
def test_the_json_is_as_its_schema_says(base: Any, head: Any) -> None:
    review = Review("main", (StackReview(compare("test", base, head)), StackReview(compare("new", None, head))))
    jsonschema.validate(json.loads(as_json.report(review)), SCHEMA)


def test_the_json_tells_findings_waivers_and_values() -> None:
    told = json.loads(as_json.report(small()))
    jsonschema.validate(told, SCHEMA)
    (stack,) = told["stacks"]
    assert stack["changes"][0]["properties"] == [
        {"path": "keyUsage", "old": "x", "new": "y"},
        {"path": "password", "old": "[secret]", "new": "[secret]"},
    ]
    assert stack["changes"][0]["team"] == "payments"
    assert "inputs" not in stack["changes"][0]
    assert stack["findings"][0]["key"] == "apps.api.port"
    assert stack["waived"][0]["expires"] == "2027-01-01"


@pytest.mark.parametrize("is_created", [True, False])
def test_the_json_tells_what_is_created_with_which_inputs_and_what_goes_had_which(is_created: bool) -> None:
    payments = team("payments")
    key = resource(KEY, "a", {"keyUsage": "x", "password": SECRET, "arn": Unknown()}, parent=payments.urn)
    there = graph(payments, key)
    diff = compare("test", None, there) if is_created else compare("test", there, graph(payments))
    text = as_json.report(Review("main", (StackReview(diff),)))
    jsonschema.validate(json.loads(text), SCHEMA)
    (change,) = json.loads(text)["stacks"][0]["changes"]
    assert change["inputs"] == {"keyUsage": "x", "password": "[secret]", "arn": "[unknown]"}
    assert (change["kind"], change["team"]) == ("create" if is_created else "delete", "payments")
    assert "hunter2" not in text


@given(st.text(max_size=50), st.integers(1, 20))
def test_a_long_text_is_cut_in_the_middle(text: str, length: int) -> None:
    short = cut(text, length)
    assert len(short) <= max(length, 1)
    if len(text) > length:
        before, _, after = short.rpartition("…") if "…" not in text else ("", "", "")
        assert text.startswith(before)
        assert text.endswith(after)
    else:
        assert short == text


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a", "b", "~ p: a → b"),
        (ABSENT, {"x": 1}, '+ p: {"x": 1}'),
        ([1], ABSENT, "- p: [1]"),
        (SECRET, Secret.of("x"), "~ p: another value"),
        ("vpc-1", Unknown(), "~ p: vpc-1 → known after that"),
        ("two\nlines", 1, '~ p: "two\\nlines" → 1'),
        (True, None, "~ p: true → null"),
        ("1", 1, '~ p: "1" → 1'),
    ],
)
def test_a_property_is_one_line(old: Any, new: Any, line: str) -> None:
    assert property_line(PropertyChange("p", old, new), 40) == line


@given(
    st.text("ab", max_size=300),
    st.lists(st.text("ab", max_size=3), min_size=2, max_size=2, unique=True),
    st.text("ab", max_size=300),
)
def test_two_values_that_differ_never_read_alike_and_are_not_longer_than_asked(
    start: str, between: Sequence[str], end: str
) -> None:
    old, new = (f"{start}{text}{end}" for text in between)
    if old != new:
        shown = difference(PropertyChange("p", old, new), 40)
        assert shown.old != shown.new
        assert max(len(str(shown.old)), len(str(shown.new))) <= 40


def test_a_digest_that_differs_in_its_middle_is_shown_from_there() -> None:
    old, new = (f"registry/payments/api@sha256:{digit * 4}{'0' * 60}" for digit in "ab")
    line = property_line(PropertyChange("image", old, new), 40)
    assert line == "~ image: …s/api@sha256:aaaa000000000000000000000… → …s/api@sha256:bbbb000000000000000000000…"
