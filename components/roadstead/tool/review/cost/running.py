"""What runs, as far as a bill depends on it."""

from typing import NamedTuple

from roadstead.core.quantities import Amount
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.placement import Placement
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.storage import Claim
from roadstead.tool.review.views.whole import seen, whole
from roadstead.tool.review.views.workload import Workload, workloads


class Running(NamedTuple):
    """Pods that are alike."""

    resource: Resource
    kind: str
    what: str
    team: str
    """Nothing for the cluster's own."""
    placement: Placement
    requests: Amount
    """Of one pod."""
    least: int
    most: int
    claims: tuple[Claim, ...]
    """The volume claims that each of its pods gets."""


def running(graph: Graph) -> tuple[list[Running], list[Resource]]:
    """Everything that runs, and what makes pods of which that cannot be read."""
    found, hidden = [], []
    for workload in workloads(graph):
        read = _running(workload)
        if isinstance(read, Unread):
            hidden.append(workload.resource)
        else:
            found.append(read)
    return found, list({made.urn: made for made in hidden}.values())


@whole
def _running(workload: Workload) -> Running:
    return Running(
        workload.resource,
        workload.kind,
        str(workload),
        seen(workload.team),
        seen(workload.pod.placement),
        seen(workload.requests),
        seen(workload.least),
        seen(workload.most),
        seen(workload.claims),
    )
