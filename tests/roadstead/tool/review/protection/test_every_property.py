"""No property without a row: that is how the next silence is found by us."""

from tests.roadstead.tool.review.protection.properties import ELSEWHERE, elsewhere, graphs, rows_of, set_by_us

from roadstead.tool.review.protection.table import GUARDS, ROWS
from roadstead.tool.review.rules import IDS


def test_a_property_that_we_set_is_judged_or_said_to_tell_nothing() -> None:
    """One without a row gets one in review/protection, or in properties.py the rule that judges it or why it tells nothing."""
    assert [(of, path) for of, path in set_by_us() if not rows_of(of, path) and not elsewhere(of, path)] == []


def test_what_is_said_elsewhere_names_a_rule_or_a_reason_and_is_about_something() -> None:
    used = {row for of, path in set_by_us() for row in elsewhere(of, path)}
    for of, said in ELSEWHERE.items():
        for start, verdict in said.items():
            assert (of, start) in used, f"no stack sets {start} of {of}"
            rule, _, reason = verdict.partition(": ")
            assert rule in IDS or (rule == "nothing" and reason), verdict


def test_a_row_that_we_set_is_not_said_to_tell_nothing_too() -> None:
    doubly = {
        (of, path): ELSEWHERE[row[0]][row[1]]
        for of, path in set_by_us()
        for row in elsewhere(of, path)[:1]
        if rows_of(of, path) and row[1] not in ("", "metadata") and ELSEWHERE[row[0]][row[1]].startswith("nothing")
    }
    assert doubly == {}


def test_every_row_says_who_says_so_and_what_to_do() -> None:
    for row in (*ROWS, *GUARDS):
        assert row.source.startswith("https://"), row
        assert row.do.endswith("."), row
        assert not row.says.endswith("."), row
        assert {*row.grade} == {"development", "staging", "production"}
        assert row.id in IDS


def test_the_stacks_are_all_looked_at() -> None:
    assert len(list(graphs())) >= 6
    assert len(set_by_us()) > 200
