"""Apps that go from under their names, and what becomes of the role that their pods have."""

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.workload import SERVING, Workload, declared

IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


def apps_that_go(base: Graph | None, head: Graph | None) -> list[Workload]:
    """What serves at the base and not any more under its namespace and name, be it as another resource."""
    if base is None or head is None:
        return []
    staying = {each.called for each in declared(head) if each.kind in SERVING}
    return [each for each in declared(base) if each.kind in SERVING and each.called and each.called not in staying]


def moved_identity(diff: StackDiff, app: Workload) -> str:
    """Where the pods of an app get their role from then on, where that changes with it."""
    account = app.pod.spec.at("serviceAccountName").text()
    for change in diff.changes:
        if change.old is None or change.new is None or change.old.type != IDENTITY or not change.is_ending:
            continue
        was, now = (
            tuple(Place.of(made).at(key).text() for key in ("namespace", "serviceAccount"))
            for made in (change.old, change.new)
        )
        if was == (app.namespace, account) and was != now:
            return f"; its pod identity moves from {was[0]}/{was[1]} to {now[0]}/{now[1]}"
    return ""
