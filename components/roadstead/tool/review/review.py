"""A review: what would happen to every stack, and what the rules say of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.cost.bill import Cost
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.reports.lines import cut
from roadstead.tool.review.rules import upgrade
from roadstead.tool.review.stacks import DEVELOPMENT, team_of
from roadstead.tool.review.views.tier import tier
from roadstead.tool.review.waivers import Waived, WaiverSpec, applied

BY_RISK = (Kind.REPLACE, Kind.MAY_REPLACE, Kind.DELETE, Kind.UPDATE, Kind.CREATE, Kind.MOVE)
"""The kinds of change, what takes something away first."""
SENTENCE_LENGTH = 600
_WORDS = {
    Kind.REPLACE: "{} to replace",
    Kind.MAY_REPLACE: "{} that may be replaced",
    Kind.DELETE: "{} to delete",
    Kind.UPDATE: "{} to update",
    Kind.CREATE: "{} to create",
    Kind.MOVE: "{} moved",
}


@dataclass(frozen=True)
class StackReview:
    """One stack, reviewed."""

    diff: StackDiff
    findings: tuple[Finding, ...] = ()
    """The worst first."""
    waived: tuple[Waived, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know about how it was compared."""
    failure: str | None = None
    """Why it could not be reviewed: its program or its settings do not come to their end."""
    is_input: bool = True
    """Whether that is for whoever wrote the settings to mend; otherwise its program failed."""

    @property
    def cost(self) -> Cost | None:
        """What it costs in a month; nothing where that is not known, or nothing of it is AWS's."""
        return self.diff.cost


@dataclass(frozen=True)
class Review:
    """Every stack, reviewed."""

    base: str
    """What it is compared with."""
    stacks: tuple[StackReview, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know before all."""
    problems: tuple[str, ...] = ()
    """What is wrong with the waivers."""
    expires: date | None = None
    """The last day of a waiver that is made now."""


def reviewed(
    diff: StackDiff,
    found: Iterable[Finding],
    waivers: Sequence[WaiverSpec],
    today: date,
    notes: tuple[str, ...] = (),
) -> tuple[StackReview, list[str]]:
    """A stack with what the rules found and nobody answers for, and what is wrong with the waivers."""
    # What an upgrade would find depends on the version that is asked about; nobody asks here.
    left, lifted, wrong = applied(waivers, map(bounded, found), {diff.stack}, today, upgrade.IDS)
    return StackReview(diff, worst_first(left), tuple(lifted), notes), wrong


def bounded(finding: Finding) -> Finding:
    """A finding whose sentences can be read, whatever values are in them."""
    return replace(finding, what=cut(finding.what, SENTENCE_LENGTH), do=cut(finding.do, SENTENCE_LENGTH))


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order in which they are read."""
    severities = list(Severity)
    return tuple(
        sorted(
            findings,
            key=lambda each: (severities.index(each.severity), not each.is_new, each.rule, each.resource),
        )
    )


def in_turn(stacks: Iterable[StackReview]) -> tuple[StackReview, ...]:
    """Stacks by name, those of somebody's own machine last: what is true of others is true of them too."""
    return tuple(sorted(stacks, key=lambda stack: (_is_development(stack.diff), stack.diff.stack)))


def _is_development(diff: StackDiff) -> bool:
    graph = diff.head or diff.base
    return graph is not None and tier(graph) == DEVELOPMENT


def summary_of(stack: StackReview) -> str:
    """The summary of a stack's changes, where they are known."""
    if stack.failure is not None:
        return "not reviewed"
    return summary(stack.diff.changes) if stack.diff.is_compared else "not compared"


def summary(changes: Iterable[Change]) -> str:
    """`1 to replace, 3 to update (2 as a consequence)`: how many changes of which kind, what takes away first."""
    kinds: dict[Kind, list[Change]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change)
    return ", ".join(_counted(kind, kinds[kind]) for kind in BY_RISK if kind in kinds) or "no changes"


def _counted(kind: Kind, changes: list[Change]) -> str:
    following = sum(change.is_consequence for change in changes)
    lacking = sum(change.alias is not None for change in changes)
    asides = [f"{lacking} without the alias it needs"] if lacking else []
    asides += [f"{following} as a consequence"] if following else []
    return _WORDS[kind].format(len(changes)) + (f" ({', '.join(asides)})" if asides else "")


def findings_summary(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 note; there before: 3 warnings`: how many findings of which severity; nothing where there are none."""
    listed = list(findings)
    new, old = (_severities(each for each in listed if each.is_new is is_new) for is_new in (True, False))
    return "; ".join(filter(None, [new, old and f"there before: {old}"]))


def _severities(findings: Iterable[Finding]) -> str:
    severities = Counter(finding.severity for finding in findings)
    return ", ".join(f"{number} {kind}{'s' * (number > 1)}" for kind in Severity if (number := severities[kind]))


def to_read(findings: Iterable[Finding]) -> list[Finding]:
    """What a reader of a change has to read: what it brings, and every error, since that stops it."""
    return [finding for finding in findings if _is_to_read(finding)]


def there_before(findings: Iterable[Finding]) -> list[Finding]:
    """The others, which the change has nothing to do with."""
    return [finding for finding in findings if not _is_to_read(finding)]


def _is_to_read(finding: Finding) -> bool:
    return finding.is_new or finding.severity is Severity.ERROR


def by_team(diff: StackDiff) -> dict[str, list[Change]]:
    """The changes by the team whose resources they are, those with the riskiest changes first."""
    teams: dict[str, list[Change]] = {}
    for change in sorted(diff.changes, key=lambda change: BY_RISK.index(change.kind)):
        teams.setdefault(team_of_change(diff, change), []).append(change)
    return teams


def team_of_change(diff: StackDiff, change: Change) -> str:
    """The team whose resource changes, or the platform."""
    return team_of(diff.base if change.new is None else diff.head, change.resource)
