"""From files to a review: what is compared with what, and what a reader must know about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from roadstead.credentials import hidden_text
from roadstead.offline.render_many import Failure
from roadstead.review import from_pulumi, waivers
from roadstead.review.asking import Answers, asked, asked_together
from roadstead.review.change import StackDiff
from roadstead.review.cost.bill import cost
from roadstead.review.difference.compare import compare
from roadstead.review.files_in_clear import FilesInClear
from roadstead.review.finding import Finding
from roadstead.review.masking import masked_diff
from roadstead.review.project_rules import project_rules
from roadstead.review.review import Review, StackReview, in_turn, reviewed
from roadstead.review.revisions import git
from roadstead.review.revisions.causes import Causes
from roadstead.review.revisions.revision import Rendered, at_both
from roadstead.review.revisions.second_opinion import Pairs
from roadstead.review.rules import ACROSS_STACKS, RULES, Rule, family
from roadstead.review.what_decides import judges, new_waivers

WAIVED_FOR = timedelta(days=30)
"""How long a waiver lasts that is ready to paste."""


def against_revision(project: Path, revision: str, stacks: Sequence[str], today: date) -> Review:
    """The stacks as the files are here, compared with a revision."""
    (lifted, wrong), rules = waivers.read(project), _rules()
    rendered = at_both(project, revision, stacks)
    changed = git.changed_files(rendered.repository, rendered.commit)
    there = {stack.stack: stack for stack in rendered.stacks if stack.head_failure is None}
    diffs = {name: priced(masked_diff(_diff(stack)), today) for name, stack in there.items()}
    said = answers(diffs, rules)
    judging = judges(revision, rendered, changed, diffs, {name: each.findings for name, each in said.items()}, today)
    cause = Causes(project, rendered, changed)
    in_files = FilesInClear(project, cause.changed)
    reviews = []
    for stack in rendered.stacks:
        if stack.head_failure is not None:
            reviews.append(_failed(stack.stack, stack.head_failure))
            continue
        name, diff = stack.stack, diffs[stack.stack]
        found = [*said[name].findings, *judging.findings.get(name, ())]
        found += in_files.findings(diff.head, found)
        notes = (*_notes(stack, revision), *said[name].undecided)
        review, more = reviewed(diff, map(cause.named, found), lifted, today, notes)
        reviews.append(review)
        wrong += more
    notes = (*judging.notes, *new_waivers(project, rendered, lifted), *rendered.notes, *_unseen(reviews))
    return Review(revision, in_turn(reviews), tuple(map(hidden_text, notes)), tuple(wrong), today + WAIVED_FOR)


def of_preview(project: Path, file: Path, today: date) -> Review:
    """What a preview by the real engine says, reviewed."""
    lifted, wrong = waivers.read(project)
    preview = from_pulumi.read(file)
    if preview.is_whole:
        diff = priced(masked_diff(preview.diff), today)
        said = _answered(diff, _unchanged(diff), _rules())
        review, more = reviewed(diff, said.findings, lifted, today, said.undecided)
        wrong += more
    else:
        note = "Only what changes is in the file: no rule was asked, for they look at whole stacks (--show-sames)."
        review = StackReview(masked_diff(preview.diff), notes=(note,))
    return Review("the stack's state", (review,), (), tuple(wrong), today + WAIVED_FOR)


def found_between(graphs: Pairs, today: date) -> dict[str, tuple[Finding, ...]]:
    """What these rules find between graphs, by stack. A later revision that changes them asks so: see `second_opinion`."""
    diffs = {name: priced(masked_diff(compare(name, *pair)), today) for name, pair in graphs.items()}
    return {name: said.findings for name, said in answers(diffs, _rules()).items()}


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


def _answered(diff: StackDiff, at_base: StackDiff, rules: Sequence[Rule]) -> Answers:
    """What rules say of a stack. About the base a rule is asked only where it finds something."""
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
    return replace(diff, cost=cost(diff.base, diff.head, today))


def _failed(name: str, failure: Failure) -> StackReview:
    """A stack that is not there to be looked at."""
    text = hidden_text(failure.text)
    note = f"Not reviewed: it cannot be rendered as the files are here: {text}"
    nothing = StackDiff(name, None, None, (), is_compared=False)
    return StackReview(nothing, notes=(note,), failure=text, is_input=failure.is_input)


def _unseen(reviews: Iterable[StackReview]) -> list[str]:
    """What rules about all stacks together miss."""
    failed = [review.diff.stack for review in reviews if review.failure is not None]
    families = ", ".join(f"{family(rule)}/…" for rule in ACROSS_STACKS)
    return [f"{families}: not decided as far as {', '.join(failed)} is concerned."] if failed else []


def _notes(stack: Rendered, revision: str) -> list[str]:
    if stack.base_failure is not None:
        return [hidden_text(f"Not compared: {revision} cannot be rendered: {stack.base_failure}")]
    if stack.base is None:
        return [f"A new stack: {revision} has no Pulumi.{stack.stack}.yaml."]
    if stack.head is None:
        return [f"A removed stack: there is no Pulumi.{stack.stack}.yaml any more."]
    return []
