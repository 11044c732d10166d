"""Pods that take their role along to another namespace of their team: nobody gets it who had it not."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from roadstead.offline.graph import Graph
from roadstead.review.access.trusts import Trust, beyond
from roadstead.review.views.rbac import namespaces
from roadstead.review.views.reading import Place

GIVEN = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


class Move(NamedTuple):
    """A service account of a namespace, and the one in whose place it is."""

    old: tuple[str, str]
    new: tuple[str, str]

    def back(self, trust: Trust) -> Trust:
        """What a trust in these pods was before they moved."""
        values = dict(zip(self.new, self.old, strict=True))
        return Trust(
            trust.principal.replace(f"pods of {'/'.join(self.new)}", f"pods of {'/'.join(self.old)}"),
            tuple(
                condition._replace(value=values.get(condition.value, condition.value))
                if condition.key.rpartition("/")[2] in ("kubernetes-namespace", "kubernetes-service-account")
                else condition
                for condition in trust.conditions
            ),
        )


def moves(base: Graph, head: Graph) -> Iterator[Move]:
    """The identities of pods that are given to others of the same team."""
    teams, teams_now = namespaces(base), namespaces(head)
    for given in base.of_type(GIVEN):
        again = head.resources.get(given.urn)
        old, new = (_account(Place.of(made)) if made else None for made in (given, again))
        if old and new and old != new and teams.get(old[0]) is not None and teams.get(old[0]) == teams_now.get(new[0]):
            yield Move(old, new)


def _account(given: Place) -> tuple[str, str] | None:
    namespace, account = given.at("namespace").text(), given.at("serviceAccount").text()
    return (namespace, account) if isinstance(namespace, str) and isinstance(account, str) else None


def without_moved(
    added: Iterable[Trust], before: Iterable[Trust], after: Iterable[Trust], moved: Iterable[Move]
) -> list[Trust]:
    """Those that are more than another name for what no longer may."""
    lost, moved = beyond(before, after), list(moved)
    return [trust for trust in added if not any(other.covers(move.back(trust)) for move in moved for other in lost)]
