"""A review in a terminal of any width, and in a pipe."""

import re
from dataclasses import replace

import pytest
from tests.roadstead.tool.review.reports.samples import costs, review
from tests.roadstead.tool.review.strategies import graph, resource

from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.reports import terminal
from roadstead.tool.review.reports.lines import MAX_TEAMS
from roadstead.tool.review.review import Review, StackReview

LONG = " ".join(f"word-{number}" for number in range(60))
FINDING = Finding("capacity/fits-no-node", Severity.ERROR, "urn:somewhere", LONG, "Make it fit.")


def with_findings(*findings: Finding) -> Review:
    return Review("main", (StackReview(StackDiff("staging", graph(), graph(), ()), findings),))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_window_breaks_lines_between_words_and_indents_the_rest(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    text = re.sub(r"\x1b\[[0-9;]*m", "", terminal.report(with_findings(FINDING), color=True))
    lines = [line.rstrip() for line in text.splitlines()]
    assert max(map(len, lines)) <= width
    words = [line for line in lines if "word-" in line]
    assert len(words) > 1
    assert " ".join(line.removeprefix("    ") for line in words) == LONG


@pytest.mark.parametrize("color", [True, False])
def test_in_a_pipe_a_line_stays_whole(color: bool) -> None:
    assert f"    {LONG}\n" in terminal.report(with_findings(FINDING), color=color)


def test_no_value_tells_a_terminal_what_to_do() -> None:
    hostile = replace(FINDING, what="\x1b[31mred\x1b]0;title\x07", do="\rover\x9b2J")
    text = terminal.report(with_findings(hostile), color=False)
    assert not [char for char in text if not char.isprintable() and char != "\n"]
    assert "[31mred" in text


def test_of_very_many_teams_the_rest_is_counted() -> None:
    teams = [resource("roadstead:index:Team", f"team-{number}", {}, custom=False) for number in range(MAX_TEAMS + 7)]
    made = [resource("aws:kms/key:Key", f"{team.name} key", {}, parent=team.urn) for team in teams]
    changes = tuple(Change(Kind.CREATE, None, key) for key in made)
    diff = StackDiff("staging", graph(), graph(*teams, *made), changes)
    summary = terminal.report(Review("main", (StackReview(diff),)), color=False).partition("──")[0]
    assert len(re.findall(r"^ team-\d+ +1 *$", summary, re.MULTILINE)) == MAX_TEAMS
    assert "\n 7 more teams: 7 to create\n" in summary


def test_who_pays_as_before_is_not_listed_and_what_has_no_price_is_still_said() -> None:
    (stack, _), found = review().stacks, costs()
    assert found
    changed, same = (
        terminal.report(Review("main", (replace(stack, diff=replace(stack.diff, cost=cost)),)), color=False)
        for cost in (found, found._replace(before=found.now))
    )
    for text in (changed, same):
        assert "Without aws:rds/instance:Instance in eu-west-1" in text
    assert re.search(r"^ platform +70\.08 +\+35\.04 *$", changed, re.MULTILINE)
    assert "as before" in same
    assert "Prices of" in changed
    assert not re.search(r"^ platform +70|Prices of", same, re.MULTILINE)


def test_what_only_follows_is_named_and_not_spelt_out() -> None:
    text = terminal.report(review(), color=False)
    assert "+- replace NodeGroup general, for subnetIds[2], because of Subnet private-c\n  " in text
    assert "known after that" not in text
