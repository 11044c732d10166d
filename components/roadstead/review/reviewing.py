"""From files to a review: what is compared with what, and what a reader must know about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from roadstead.review import from_pulumi, waivers
from roadstead.review.change import StackDiff
from roadstead.review.compare import compare
from roadstead.review.finding import Finding
from roadstead.review.project_rules import project_rules
from roadstead.review.review import Review, StackReview, reviewed
from roadstead.review.revision import Rendered, at_both
from roadstead.review.rules import ACROSS_STACKS, RULES, Rule
from roadstead.review.urns import Urn


def against_revision(project: Path, revision: str, stacks: Sequence[str], today: date) -> tuple[Review, list[str]]:
    """The stacks as the files are here, compared with a revision; and what is wrong with the waivers."""
    lifted, rules = waivers.load(project), _rules()
    rendered = at_both(project, revision, stacks)
    diffs = {stack.stack: _diff(stack) for stack in rendered.stacks}
    found = findings(diffs, rules)
    results = [
        reviewed(diffs[stack.stack], found[stack.stack], lifted, today, tuple(_notes(stack, revision)))
        for stack in rendered.stacks
    ]
    return Review(revision, tuple(review for review, _ in results), rendered.notes), _all(wrong for _, wrong in results)


def of_preview(project: Path, file: Path, today: date) -> tuple[Review, list[str]]:
    """What a preview by the real engine says, reviewed; and what is wrong with the waivers."""
    lifted = waivers.load(project)
    preview = from_pulumi.read(file)
    if preview.is_whole:
        review, wrong = reviewed(preview.diff, _found(_rules(), preview.diff), lifted, today)
    else:
        note = "Only what changes is in the file: no rule was asked, for they look at whole stacks (--show-sames)."
        review, wrong = StackReview(preview.diff, notes=(note,)), []
    return Review("the stack's state", (review,)), wrong


def findings(diffs: Mapping[str, StackDiff], rules: Sequence[Rule]) -> dict[str, list[Finding]]:
    """What is found in stacks, by name: in each by rules about one, and by those about all stacks together."""
    found = {name: _found(rules, diff) for name, diff in diffs.items()}
    for across in ACROSS_STACKS:
        for finding in across(diffs):
            found[Urn.of(finding.resource).stack].append(finding)
    return found


def _rules() -> tuple[Rule, ...]:
    """Our rules and the project's, which every installed package is asked for."""
    return (*RULES, *project_rules())


def _found(rules: Iterable[Rule], diff: StackDiff) -> list[Finding]:
    return [finding for rule in rules for finding in rule(diff)]


def _diff(stack: Rendered) -> StackDiff:
    if stack.base_failure is not None:
        # The rules that look at what is there now still have their say.
        return StackDiff(stack.stack, None, stack.head, (), is_compared=False)
    return compare(stack.stack, stack.base, stack.head)


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
