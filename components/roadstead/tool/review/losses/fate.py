"""What becomes of a resource that a change takes away, in words."""

from typing import NamedTuple

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.change import Change, Kind
from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.finding import Severity


class Loss(NamedTuple):
    """What goes with a change."""

    change: Change
    severity: Severity
    what: str
    do: str

    @property
    def of(self) -> Resource:
        """What goes, as it was."""
        return self.change.old or self.change.resource


def severity(change: Change, old: Resource) -> Severity:
    """What Pulumi leaves in place can be brought back; so can a key that is disabled, but nothing reads until then."""
    unsure = change.kind is Kind.MAY_REPLACE
    return Severity.WARNING if unsure or (old.retain_on_delete and change.is_ending) else Severity.ERROR


def fate(change: Change) -> tuple[str, str]:
    """What would become of a resource that ends, and what to do about it."""
    match change.kind:
        case Kind.DELETE:
            return "would be deleted", "Keep it; to give it up, do so in a change of its own with a waiver."
        case Kind.MOVE if change.because:
            parent = Urn.of(change.because[0]).name
            return f"is renamed with {parent}, which has no alias, and would be replaced", f"Give {parent} an alias."
        case Kind.MOVE:
            return "is renamed without an alias and would be replaced", f"Give it the alias {change.alias}."
    region = next((changed for changed in change.properties if changed.path == "region"), None)
    if region is not None and "region" in change.forcing:
        moves = f"would be made anew in {region.new}, and the one in {region.old} goes"
        return moves, "Keep the region; make the new one beside the old one, in a stack of its own, and move over."
    words = "may be replaced" if change.kind is Kind.MAY_REPLACE else "would be replaced"
    cause = f" because of {', '.join(change.forcing)}" if change.forcing else ""
    return words + cause, "Keep those properties as they are; make the new one beside the old one and move over."
