"""What a rule has to say of a stack."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadstead.tool.review.views.reading import Unread


class Severity(StrEnum):
    """How bad a finding is; the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that somebody should look at."""

    rule: str
    """Id of the rule, e.g. `capacity/fits-no-node`: the rule's file, and what it found."""
    severity: Severity
    resource: str
    """URN of the resource."""
    what: str
    """One sentence of what is wrong, with the values."""
    do: str
    """One sentence of what to do."""
    file: str | None = None
    """The file to change, from the project's root, where that is known."""
    key: str | None = None
    """The key in that file, as error messages name keys."""
    is_new: bool = True
    """Whether the change brings it; what is found at the base in the same words is not new."""
    others: tuple[str, ...] = ()
    """More files of the change that it may come from."""
    by_base_rules: bool = False
    """Whether only the rules of the base find it: the change takes it away from those that judge it."""


@dataclass(frozen=True)
class Undecided:
    """What a rule yields in the place of findings that it cannot make or deny: it does not see what they depend on."""

    rules: tuple[str, ...]
    """Ids of those findings."""
    unread: "Unread"
    """What it does not see."""
