"""What a trust names and what moves: pods that take their role along within their team, and a cluster that is made anew."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.trusts import Trust, beyond
from roadstead.tool.review.views.namespace import teams
from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.reference import arn_of

CLUSTER, GIVEN = "aws:eks/cluster:Cluster", "aws:eks/podIdentityAssociation:PodIdentityAssociation"
NAMING = ("kubernetes-namespace", "kubernetes-service-account", "eks-cluster-arn")
"""The tags of a session of EKS Pod Identity. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html"""


class Move(NamedTuple):
    """Names, each by the one that comes in its place."""

    names: Mapping[str, str]
    principals: Mapping[str, str]

    def back(self, trust: Trust) -> Trust:
        """What a trust was before the move."""
        return Trust(
            self.principals.get(trust.principal, trust.principal),
            tuple(
                condition._replace(value=self.names.get(condition.value, condition.value))
                if condition.key.rpartition("/")[2] in NAMING
                else condition
                for condition in trust.conditions
            ),
        )


def moves(base: Graph, head: Graph) -> Iterator[Move]:
    """The identities of pods that are given to others of the same team, and the clusters that come elsewhere."""
    owners, owners_now = teams(base), teams(head)
    for given in base.of_type(GIVEN):
        again = head.resources.get(given.urn)
        old, new = (_account(Place.of(made)) if made else None for made in (given, again))
        if old and new and old != new and owners.get(old[0]) and owners.get(old[0]) == owners_now.get(new[0]):
            pods = {f"pods of {'/'.join(new)}": f"pods of {'/'.join(old)}"}
            yield Move(dict(zip(new, old, strict=True)), pods)
    for cluster in base.of_type(CLUSTER):
        if (moved := head.resources.get(cluster.urn)) and arn_of(moved) != arn_of(cluster):
            yield Move({arn_of(moved): arn_of(cluster)}, {})


def _account(given: Place) -> tuple[str, str] | None:
    namespace, account = given.at("namespace").text(), given.at("serviceAccount").text()
    return (namespace, account) if isinstance(namespace, str) and isinstance(account, str) else None


def without_moved(
    added: Iterable[Trust], before: Iterable[Trust], after: Iterable[Trust], moved: Iterable[Move]
) -> list[Trust]:
    """Those that are more than another name for what no longer may."""
    lost, moved = beyond(before, after), list(moved)
    return [trust for trust in added if not any(other.covers(move.back(trust)) for move in moved for other in lost)]
