"""What a change brings, told apart from what was there before."""

from collections.abc import Iterator

from tests.graphs import deployment, diff, graph, namespace, node_group, of_tier
from tests.roadstead.tool.review.rules.table import only_findings

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.answering import answers
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.review import findings_summary, there_before, to_read
from roadstead.tool.review.rules import spot

ONE, TWO, THREE = (("m7g.large", "m6g.large", "m8g.large")[:number] for number in (1, 2, 3))


def spot_groups(**types: tuple[str, ...]) -> Graph:
    return graph(*(node_group(name, instance_types=of, spot=True) for name, of in types.items()))


def too_few(base: Graph | None, head: Graph) -> dict[str, bool]:
    """Of each group with too few types: whether that is new."""
    found = answers({"test": diff(base, head)}, [spot.findings])["test"].findings
    return {finding.resource.rpartition("::")[2]: finding.is_new for finding in found if finding.rule == spot.TYPES}


def test_what_the_base_has_in_the_same_words_is_not_new() -> None:
    assert too_few(spot_groups(a=TWO), spot_groups(a=TWO, b=TWO)) == {"a": False, "b": True}


def test_the_same_in_other_words_is_new() -> None:
    assert too_few(spot_groups(a=THREE), spot_groups(a=ONE)) == {"a": True}


def test_in_a_new_stack_everything_is_new() -> None:
    assert too_few(None, spot_groups(a=TWO)) == {"a": True}


def test_where_nothing_differs_nothing_is_new_and_no_rule_is_asked_twice() -> None:
    asked: list[StackDiff] = []

    def rule(given: StackDiff) -> Iterator[Finding]:
        asked.append(given)
        yield from only_findings(spot.findings(given))

    there = spot_groups(a=TWO)
    found = answers({"test": diff(there, there)}, [rule])["test"].findings
    assert [finding.is_new for finding in found] == [False]
    assert len(asked) == 1


def test_what_all_stacks_together_had_before_is_not_new() -> None:
    def production(*apps: str) -> Graph:
        return graph(of_tier("production"), namespace(), *map(deployment, apps))

    staging = graph(of_tier("staging"), stack="staging")
    diffs = {
        "test": StackDiff("test", production("api"), production("api", "worker"), ()),
        "staging": StackDiff("staging", staging, staging, ()),
    }
    found = [
        finding for listed in answers(diffs, []).values() for finding in listed.findings if finding.rule == "parity/app"
    ]
    assert {finding.what.split()[2]: finding.is_new for finding in found} == {
        "payments/api,": False,
        "payments/worker,": True,
    }


def test_every_error_is_to_be_read_and_of_the_rest_what_is_new() -> None:
    def found(severity: Severity, *, is_new: bool) -> Finding:
        return Finding("a/b", severity, "urn", "It is.", "Do.", is_new=is_new)

    error, old_error = (found(Severity.ERROR, is_new=is_new) for is_new in (True, False))
    note, old_note = (found(Severity.NOTE, is_new=is_new) for is_new in (True, False))
    listed = [error, old_error, note, old_note]
    assert to_read(listed) == [error, old_error, note]
    assert there_before(listed) == [old_note]
    assert findings_summary(listed) == "1 error, 1 note; there before: 1 error, 1 note"
