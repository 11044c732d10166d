"""From files to a review: what is compared with what, and what a reader must know about it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from roadstead.core.credentials import hidden_text
from roadstead.tool.offline.render_many import Failure
from roadstead.tool.review import from_pulumi, waivers
from roadstead.tool.review.answering import answered, answers, every_rule, priced
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.files_in_clear import FilesInClear
from roadstead.tool.review.masking import masked_diff
from roadstead.tool.review.review import Review, StackReview, in_turn, reviewed
from roadstead.tool.review.revisions import git
from roadstead.tool.review.revisions.causes import Causes
from roadstead.tool.review.revisions.revision import Rendered, at_both
from roadstead.tool.review.rules import ACROSS_STACKS, family
from roadstead.tool.review.what_decides import judges, new_waivers

WAIVED_FOR = timedelta(days=30)
"""How long a waiver lasts that is ready to paste."""


def against_revision(project: Path, revision: str, stacks: Sequence[str], today: date) -> Review:
    """The stacks as the files are here, compared with a revision."""
    (lifted, wrong), rules = waivers.read(project), every_rule()
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
        said = answered(diff)
        review, more = reviewed(diff, said.findings, lifted, today, said.undecided)
        wrong += more
    else:
        note = "Only what changes is in the file: no rule was asked, for they look at whole stacks (--show-sames)."
        review = StackReview(masked_diff(preview.diff), notes=(note,))
    return Review("the stack's state", (review,), (), tuple(wrong), today + WAIVED_FOR)


def _diff(stack: Rendered) -> StackDiff:
    if stack.base_failure is not None:
        # The rules that look at what is there now still have their say.
        return StackDiff(stack.stack, None, stack.head, (), is_compared=False)
    return compare(stack.stack, stack.base, stack.head)


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
