"""How many may go at once: pods that are evicted, nodes that are renewed."""

import re
from dataclasses import dataclass
from math import ceil

from roadstead.tool.offline.graph import plain
from roadstead.tool.review.protection.ways import AsWritten
from roadstead.tool.review.views.reading import Place, Unread


class AtOnce:
    """How many of few and of many go, counted, since a number and a share of them cannot be compared."""

    def lost(self, old: tuple[int, ...], new: tuple[int, ...]) -> str:
        """That more may go."""
        return "more" if any(after > before for before, after in zip(old, new, strict=True)) else ""


@dataclass(frozen=True)
class Renewals(AtOnce):
    """How many nodes of a group an update takes at once, of few and of many: one where nothing is said.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html
    """

    nodes: tuple[int, ...] = (3, 10, 100)

    def read(self, place: Place) -> tuple[int, ...] | Unread:
        """How many go."""
        number, share = (each.number() for each in _limits(place))
        if isinstance(number, Unread) or isinstance(share, Unread):
            return number if isinstance(number, Unread) else share  # type: ignore[return-value]
        if share is not None:
            return tuple(ceil(each * share / 100) for each in self.nodes)
        return tuple(min(each, 1 if number is None else number) for each in self.nodes)

    def shown(self, place: Place) -> str:
        """A number, or a share."""
        number, share = _limits(place)
        return str(number.value or 1) if share.is_absent else f"{plain(share.value)} %"


def _limits(place: Place) -> tuple[Place, Place]:
    """A number of nodes, and a share of them: one of the two is given."""
    return place.at("maxUnavailable"), place.at("maxUnavailablePercentage")


@dataclass(frozen=True)
class Evictions(AsWritten, AtOnce):
    """A disruption budget: how many pods it lets go at once, of few and of many."""

    replicas: tuple[int, ...] = (2, 3, 10)

    def read(self, place: Place) -> tuple[int, ...] | Unread:
        """How many may go."""
        for key in ("maxUnavailable", "minAvailable"):
            at = place.at(key)
            if not at.is_absent:
                found = None if isinstance(at.value, bool) else re.fullmatch(r"(\d+)(%?)", str(at.value))
                if found is None:
                    return at.malformed("a number or percentage")
                shares = [ceil(int(found[1]) * each / 100) if found[2] else int(found[1]) for each in self.replicas]
                if key == "minAvailable":
                    shares = [max(0, each - share) for each, share in zip(self.replicas, shares, strict=True)]
                return tuple(shares)
        return self.replicas
