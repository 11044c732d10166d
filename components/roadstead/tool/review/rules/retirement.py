"""Apps that go, and who uses them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.losses.apps import apps_that_go, moved_identity
from roadstead.tool.review.stacks import APP, finding
from roadstead.tool.review.views.calls import callers, calls, leads_to
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.workload import SERVING, Workload, declared

GOES, IN_USE = IDS = ("retirement/app-goes", "retirement/in-use")
NAMED = 5
"""How many users a sentence names before it only counts."""


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What runs at the base and not any more under its name, with the addresses that go and those who use them.

    Users are those whom network policies name, as `uses` of an app does: whoever calls it within its namespace is not seen.
    """
    if diff.base is None or diff.head is None:
        return
    gone = apps_that_go(diff.base, diff.head)
    if not gone:
        return
    for value in (*_unread_names(diff.head), *calls(diff.base).unread, *calls(diff.head).unread):
        yield Undecided(IDS, value)
    for each in gone:
        yield from _of_app(diff, diff.base, diff.head, each, [other.called for other in gone])


def _of_app(diff: StackDiff, base: Graph, head: Graph, app: Workload, gone: Sequence[object]) -> Iterator[Finding]:
    still = [str(one) for one in callers(head, app)]
    before = sorted({str(one) for one in callers(base, app) if one.called not in gone} - {*still})
    moved = next((each for each in declared(head) if each.resource.urn == app.resource.urn and each.called), None)
    addresses = _addresses(base, app)
    lost = f", and with it the address {' and '.join(addresses)}" if addresses else ""
    back = f"; it is away for a while and comes back as {moved}{moved_identity(diff, app)}" if moved else ""
    if still:
        what = f"{app} goes{lost}, which {some(sorted(still), NAMED)} may still call by network policy{back}."
        do = "Keep it until nobody calls it; take it out of their `uses` first."
        yield _finding(base, head, app, IN_USE, Severity.ERROR, what, do)
    elif before:
        what = f"{app} goes{lost}; until now {some(before, NAMED)} could call it by network policy{back}."
        do = "See that they do not call it any more before it goes."
        yield _finding(base, head, app, IN_USE, Severity.WARNING, what, do)
    elif moved or app.namespace not in _namespaces(base) - _namespaces(head):
        what = f"{app} goes{lost}; no network policy names anybody who calls it{back}."
        severity = Severity.WARNING if moved else Severity.NOTE
        yield _finding(base, head, app, GOES, severity, what, "Confirm that nothing in its namespace calls it.")


def _unread_names(head: Graph) -> list[Unread]:
    """The names that cannot be read: one of them may be that of an app that seems to go."""
    serving = [each for each in declared(head) if each.kind in SERVING]
    return [value for each in serving for value in (each.namespace, each.name) if isinstance(value, Unread)]


def _namespaces(graph: Graph) -> set[str | Unread]:
    return {made.name for made in objects_of(graph, "Namespace")}


def _addresses(base: Graph, app: Workload) -> list[str]:
    """What its Services are called inside the cluster."""
    found = []
    for service in objects_of(base, "Service"):
        if leads_to(service, app):
            scheme = "http://" if _listens_on_80(service.place) else ""
            found.append(f"{scheme}{service.name}.{app.namespace}")
    return found


def _listens_on_80(service: Place) -> bool:
    ports = service.at("spec", "ports").items()
    return not isinstance(ports, Unread) and any(port.at("port").number() == 80 for port in ports)


def _finding(base: Graph, head: Graph, app: Workload, rule: str, severity: Severity, what: str, do: str) -> Finding:
    """A finding about where the app is written; where its team still has it, that is the release file."""
    found = finding(base, app.resource, rule, severity, what, do)
    above = base.resources.get(app.resource.parent or "")
    is_withdrawn = (
        above is not None
        and above.type == APP
        and above.urn not in head.resources
        and any(made.type.endswith(":Repository") and made.name == above.name for made in head.resources.values())
    )
    if above is not None and is_withdrawn:
        return replace(found, file=f"infra/releases/{base.stack}.yaml", key=above.name)
    return found
