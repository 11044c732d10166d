"""From files to a review: what is compared with what, and what a reader must know about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from roadstead.review import from_pulumi, waivers
from roadstead.review.asking import Answers, asked, asked_together, of_what_can_be_read
from roadstead.review.change import StackDiff
from roadstead.review.cost.bill import cost
from roadstead.review.difference.compare import compare
from roadstead.review.finding import Finding
from roadstead.review.masking import masked_diff
from roadstead.review.project_rules import project_rules
from roadstead.review.review import Review, StackReview, reviewed
from roadstead.review.revisions.revision import Rendered, at_both
from roadstead.review.rules import ACROSS_STACKS, RULES, Rule


def against_revision(project: Path, revision: str, stacks: Sequence[str], today: date) -> tuple[Review, list[str]]:
    """The stacks as the files are here, compared with a revision; and what is wrong with the waivers."""
    lifted, rules = waivers.load(project), _rules()
    rendered = at_both(project, revision, stacks)
    diffs = {stack.stack: priced(masked_diff(_diff(stack)), today) for stack in rendered.stacks}
    notes = {stack.stack: _notes(stack, revision) for stack in rendered.stacks}
    said = answers(diffs, rules)
    results = [
        reviewed(diff, said[name].findings, lifted, today, (*notes[name], *said[name].undecided))
        for name, diff in diffs.items()
    ]
    return Review(revision, tuple(review for review, _ in results), rendered.notes), _all(wrong for _, wrong in results)


def of_preview(project: Path, file: Path, today: date) -> tuple[Review, list[str]]:
    """What a preview by the real engine says, reviewed; and what is wrong with the waivers."""
    lifted = waivers.load(project)
    preview = from_pulumi.read(file)
    if preview.is_whole:
        diff = priced(masked_diff(preview.diff), today)
        said = _answered(diff, _rules())
        review, wrong = reviewed(diff, said.findings, lifted, today, said.undecided)
    else:
        note = "Only what changes is in the file: no rule was asked, for they look at whole stacks (--show-sames)."
        review, wrong = StackReview(masked_diff(preview.diff), notes=(note,)), []
    return Review("the stack's state", (review,)), wrong


def answers(diffs: Mapping[str, StackDiff], rules: Sequence[Rule]) -> dict[str, Answers]:
    """What is said of stacks, by name: of each by rules about one, and by those about all stacks together."""
    said = {name: _answered(diff, rules) for name, diff in diffs.items()}
    at_base = {name: _unchanged(diff) for name, diff in diffs.items()}
    is_unchanged = all(at_base[name] is diff for name, diff in diffs.items())
    for across in ACROSS_STACKS:
        now = asked_together(across, diffs)
        before = now if is_unchanged else asked_together(across, at_base)
        for name, (found, undecided, _) in now.items():
            more = _told_apart(found, before[name].findings)
            own = said[name]
            said[name] = own._replace(findings=(*own.findings, *more), undecided=(*own.undecided, *undecided))
    return said


def _answered(diff: StackDiff, rules: Sequence[Rule]) -> Answers:
    """What rules say of a stack. About the base a rule is asked only where it finds something."""
    now, at_base = asked(rules, diff), _unchanged(diff)
    before = now if at_base is diff else asked(now.found_by, at_base)
    return now._replace(findings=tuple(_told_apart(now.findings, before.findings)))


def _unchanged(diff: StackDiff) -> StackDiff:
    """The stack as it is at the base, with no change; the same one where nothing differs."""
    return diff if diff.base == diff.head else StackDiff(diff.stack, diff.base, diff.base, ())


def _told_apart(found: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Findings, those that were there before marked as not new."""
    known = {(finding.rule, finding.resource, finding.what) for finding in before}
    return [replace(each, is_new=(each.rule, each.resource, each.what) not in known) for each in found]


def _rules() -> tuple[Rule, ...]:
    """Our rules and the project's, which every installed package is asked for."""
    return (*RULES, *project_rules())


def _diff(stack: Rendered) -> StackDiff:
    if stack.base_failure is not None:
        # The rules that look at what is there now still have their say.
        return StackDiff(stack.stack, None, stack.head, (), is_compared=False)
    return compare(stack.stack, stack.base, stack.head)


def priced(diff: StackDiff, today: date) -> StackDiff:
    """With what it costs, reckoned once for the rules and the reports."""
    return replace(diff, cost=of_what_can_be_read(lambda left: cost(left.base, left.head, today), diff))


def _notes(stack: Rendered, revision: str) -> list[str]:
    if stack.base_failure is not None:
        return [f"Not compared: {revision} cannot be rendered: {stack.base_failure}"]
    if stack.base is None:
        return [f"A new stack: {revision} has no Pulumi.{stack.stack}.yaml."]
    if stack.head is None:
        return [f"A removed stack: there is no Pulumi.{stack.stack}.yaml any more."]
    return []


def _all(lists: Iterable[list[str]]) -> list[str]:
    return [text for texts in lists for text in texts]
