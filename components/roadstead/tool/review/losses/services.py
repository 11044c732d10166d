"""What serves and is made anew, and addresses that go while their apps stay. Of apps that go, `rules/retirement.py` speaks."""

from collections.abc import Iterator

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.losses.apps import apps_that_go
from roadstead.tool.review.losses.fate import Loss, fate
from roadstead.tool.review.views.calls import callers_of, leads_to
from roadstead.tool.review.views.kubernetes_object import KubernetesObject
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.workload import DAEMON_SET, STATEFUL_SET

RUNNING = ("Deployment", STATEFUL_SET, DAEMON_SET)
NAMED = 5
Name = tuple[str, str]
"""A namespace, and a name in it."""


def workloads_made_anew(diff: StackDiff) -> Iterator[Loss]:
    """What serves and is replaced: until its successor's pods are ready, nobody answers for it."""
    gone = {app.resource.urn for app in apps_that_go(diff.base, diff.head)}
    for change in diff.changes:
        if change.old is None or change.new is None or not change.is_ending or not is_kind(change.old, *RUNNING):
            continue
        if change.old.urn not in gone:
            words, do = fate(change)
            what = f"{change.old.inputs['kind']} {'/'.join(name_of(change.old))} {words}: its pods stop, and it is away meanwhile."
            yield Loss(change, Severity.WARNING, what, do)


def addresses_that_go(diff: StackDiff) -> Iterator[tuple[Loss, list[str]]]:
    """Names in the cluster that no longer lead anywhere, each with the apps that call it."""
    if diff.base is None:
        return
    staying = {name_of(made) for made in _services(diff.head)}
    gone = apps_that_go(diff.base, diff.head)
    for change in diff.changes:
        old = change.old
        if old is None or not change.is_ending or not is_kind(old, "Service") or name_of(old) in staying:
            continue
        service = KubernetesObject(old)
        if any(leads_to(service, app) for app in gone):
            continue
        namespace, name = name_of(old)
        found = callers_of(diff.base, service)
        calling = [] if isinstance(found, Unread) else found
        nobody = "who calls it cannot be seen" if isinstance(found, Unread) else "no network policy names who calls it"
        used = f"{some(calling, NAMED)} may call it" if calling else nobody
        after = _successor(change)
        what = f"The address http://{name}.{namespace} goes: {used}{after}."
        do = "See that nobody calls it any more, or let the old Service stand until then."
        yield Loss(change, Severity.WARNING if calling or after else Severity.NOTE, what, do), calling


def is_kind(resource: Resource, *kinds: str) -> bool:
    """Whether it is an object of Kubernetes of one of these kinds."""
    return resource.type.startswith("kubernetes:") and resource.inputs.get("kind") in kinds


def name_of(resource: Resource) -> Name:
    """Its namespace and name, as far as they can be read."""
    given, made_up = Place.of(resource).at("metadata"), Place(resource, "", resource.computed).at("metadata")
    namespace, names = given.at("namespace").text(), [place.at("name").text() for place in (given, made_up)]
    name = next((name for name in names if isinstance(name, str)), resource.name)
    return namespace if isinstance(namespace, str) else "default", name


def _services(graph: Graph | None) -> list[Resource]:
    return [made for made in graph.resources.values() if is_kind(made, "Service")] if graph else []


def _successor(change: Change) -> str:
    """Where it is from then on, where the same resource comes again."""
    if change.new is None or change.kind is Kind.DELETE:
        return ""
    namespace, name = name_of(change.new)
    return f"; from then on it is http://{name}.{namespace}"
