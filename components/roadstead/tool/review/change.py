"""What differs between two revisions of a stack. Plain data."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from roadstead.tool.offline.graph import Graph, Resource, Unknown
from roadstead.tool.review.difference.values import PropertyChange

if TYPE_CHECKING:
    # Whoever only shows a graph need not wait for all that reckons its cost.
    from roadstead.tool.review.cost.bill import Cost


class Kind(StrEnum):
    """What would happen to a resource."""

    CREATE = "create"
    DELETE = "delete"
    UPDATE = "update"
    REPLACE = "replace"
    MAY_REPLACE = "may replace"
    """It changes, and nobody wrote down whether its provider replaces it for that."""
    MOVE = "move"
    """It has another URN and is the same otherwise: with an alias nothing happens to it, without one it is replaced."""


@dataclass(frozen=True)
class Change:
    """What would happen to one resource."""

    kind: Kind
    old: Resource | None
    new: Resource | None
    properties: tuple[PropertyChange, ...] = ()
    forcing: tuple[str, ...] = ()
    """Paths of the changed properties for which it is (or may be) replaced."""
    alias: str | None = None
    """For a move: the old URN, if the program does not give it as an alias yet."""
    because: tuple[str, ...] = ()
    """URNs of resources that are replaced (or renamed without an alias) and whose new values reach this one."""

    @property
    def resource(self) -> Resource:
        """The resource as it will be, or as it was where it goes."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def is_ending(self) -> bool:
        """Whether the resource as it is ends. One that is renamed without an alias is made anew, and so is all beneath it."""
        is_renewed = self.kind is Kind.MOVE and (self.alias is not None or bool(self.because))
        return is_renewed or self.kind in (Kind.DELETE, Kind.REPLACE, Kind.MAY_REPLACE)

    @property
    def is_consequence(self) -> bool:
        """Whether nothing was changed about it: it only follows what happens to others."""
        return bool(self.because) and all(isinstance(changed.new, Unknown) for changed in self.properties)


@dataclass(frozen=True)
class StackDiff:
    """One stack at two revisions."""

    stack: str
    base: Graph | None
    """Nothing where the stack is new, or where it is not compared."""
    head: Graph | None
    """Nothing where the stack is removed."""
    changes: tuple[Change, ...]
    """Of what providers manage, and of components only moves: nothing happens to a component itself."""
    is_compared: bool = True
    """Whether what was there before is known. Where it is not, there is no base, and yet nothing can be said to be new."""
    cost: "Cost | None" = None
    """What it costs in a month; nothing where nobody reckoned it, or nothing of it is AWS's."""
