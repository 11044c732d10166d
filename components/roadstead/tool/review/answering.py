"""What rules say of stacks at two revisions, and what of it was there before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.asking import Answers, asked, asked_together
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.cost.bill import cost
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.masking import masked_diff
from roadstead.tool.review.project_rules import project_rules
from roadstead.tool.review.rules import ACROSS_STACKS, RULES, Rule
from roadstead.tool.review.views.reading import read_beside


def found_between(
    graphs: Mapping[str, tuple[Graph | None, Graph | None]], today: date
) -> dict[str, tuple[Finding, ...]]:
    """What these rules find between graphs, by stack. A later revision that changes them asks so: see `second_opinion`."""
    diffs = {name: priced(masked_diff(compare(name, *pair)), today) for name, pair in graphs.items()}
    return {name: said.findings for name, said in answers(diffs, every_rule()).items()}


def answers(diffs: Mapping[str, StackDiff], rules: Sequence[Rule]) -> dict[str, Answers]:
    """What is said of stacks, by name: of each by rules about one, and by those about all stacks together."""
    at_base = {name: _unchanged(diff) for name, diff in diffs.items()}
    said = {name: _answered(diff, at_base[name], rules) for name, diff in diffs.items()}
    is_unchanged = all(at_base[name] is diff for name, diff in diffs.items())
    for across in ACROSS_STACKS:
        now = asked_together(across, diffs)
        # Where nothing is found, nothing can have been there before.
        is_same = is_unchanged or not any(found.findings for found in now.values())
        before = now if is_same else asked_together(across, at_base)
        for name, (found, undecided, _) in now.items():
            more = _told_apart(found, before[name].findings)
            own = said[name]
            said[name] = own._replace(findings=(*own.findings, *more), undecided=(*own.undecided, *undecided))
    return said


def answered(diff: StackDiff) -> Answers:
    """What every rule about one stack says of it."""
    return _answered(diff, _unchanged(diff), every_rule())


def _answered(diff: StackDiff, at_base: StackDiff, rules: Sequence[Rule]) -> Answers:
    """What rules say of a stack. About the base a rule is asked only where it finds something."""
    if diff.base and diff.head:
        read_beside(diff.base, diff.head)
    now = asked(rules, diff)
    before = now if at_base is diff else asked(now.found_by, at_base)
    return now._replace(findings=tuple(_told_apart(now.findings, before.findings)))


def _unchanged(diff: StackDiff) -> StackDiff:
    """The stack as it is at the base, with no change; the same one where nothing differs."""
    return diff if diff.base == diff.head else StackDiff(diff.stack, diff.base, diff.base, ())


def _told_apart(found: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Findings, those that were there before marked as not new."""
    known = {(finding.rule, finding.resource, finding.what) for finding in before}
    return [replace(each, is_new=(each.rule, each.resource, each.what) not in known) for each in found]


def every_rule() -> tuple[Rule, ...]:
    """Our rules and the project's, which every installed package is asked for."""
    return (*RULES, *project_rules())


def priced(diff: StackDiff, today: date) -> StackDiff:
    """With what it costs, reckoned once for the rules and the reports."""
    return replace(diff, cost=cost(diff.base, diff.head, today))
