"""What a change alters of what judges it: the review's own code and tables, and the waivers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from roadstead.core.names import some
from roadstead.tool.review import waivers
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.reports.lines import named_urn
from roadstead.tool.review.revisions import git
from roadstead.tool.review.revisions.deciding import of_the_review
from roadstead.tool.review.revisions.revision import Comparison
from roadstead.tool.review.revisions.second_opinion import NoOpinionError, second_opinion
from roadstead.tool.review.waivers import WaiverSpec

NAMED_FILES, NAMED_WAIVERS = 5, 10


class Judges(NamedTuple):
    """What became of the rules, and what that hides."""

    notes: tuple[str, ...] = ()
    findings: Mapping[str, list[Finding]] = {}
    """By stack what only the rules of the base find."""


def judges(
    revision: str,
    rendered: Comparison,
    changed: Iterable[str],
    diffs: Mapping[str, StackDiff],
    found: Mapping[str, Sequence[Finding]],
    today: date,
) -> Judges:
    """Where the review's own code or tables change, the base's are asked too. `found` is what ours find, by stack."""
    files = of_the_review(rendered.repository, changed)
    if not files:
        return Judges()
    says = f"This change also changes what judges it: {some(files, NAMED_FILES)}."
    graphs = {name: (diff.base, diff.head) for name, diff in diffs.items() if diff.is_compared}
    try:
        theirs = second_opinion(rendered.repository, rendered.commit, graphs, today)
    except NoOpinionError as error:
        return Judges((f"{says} The code of {revision} could not be asked ({error}): read those files first.",))
    lost = {name: _lost(theirs.get(name, []), found[name]) for name in graphs}
    number = sum(map(len, lost.values()))
    only = f"{number} findings are theirs alone and marked so" if number else "they find nothing that is not here"
    return Judges((f"{says} The rules of {revision} were asked too: {only}.",), lost)


def _lost(theirs: Iterable[Finding], ours: Iterable[Finding]) -> list[Finding]:
    """What theirs find and ours do not, or call less bad."""
    known = {(each.rule, each.resource, each.severity) for each in ours}
    return [
        replace(each, by_base_rules=True) for each in theirs if (each.rule, each.resource, each.severity) not in known
    ]


def new_waivers(project: Path, rendered: Comparison, lifted: Sequence[WaiverSpec]) -> list[str]:
    """A line for each waiver that the change brings, or alters."""
    there = git.text(project, rendered.commit, waivers.FILE)
    with TemporaryDirectory(prefix="roadstead-") as folder:
        if there is not None:
            (Path(folder) / waivers.FILE).parent.mkdir()
            (Path(folder) / waivers.FILE).write_text(there, encoding="utf-8")
        known, _ = waivers.read(Path(folder))
    new = [_line(waiver) for waiver in lifted if waiver not in known]
    more = len(new) - NAMED_WAIVERS
    return [*new[:NAMED_WAIVERS], *([f"{more} more waivers are new in this change."] if more > 0 else [])]


def _line(waiver: WaiverSpec) -> str:
    about = f"{waiver['rule']}, {named_urn(waiver['resource'])}"
    return f"A waiver that is new in this change lifts {about}, until {waiver['expires']} by {waiver['person']}: {waiver['reason']}"
