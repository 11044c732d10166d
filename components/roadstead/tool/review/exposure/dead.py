"""Services that lead to no pods: their pods open no port of that name, or are none of theirs any more.

https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
"""

from collections.abc import Iterator
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.views.calls import leads_to
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.listening import listening_of
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.selector import Selector
from roadstead.tool.review.views.whole import number, seen, whole
from roadstead.tool.review.views.workload import Workload, declared


class Dead(NamedTuple):
    """A Service, or a port of one, at which nobody answers."""

    resource: Resource
    what: str
    severity: Severity


def dead(graph: Graph) -> Iterator[Dead | Unread]:
    """Ports of Services that their pods do not open. A Service of pods that the program does not make is let be."""
    for service in objects_of(graph, "Service"):
        said = _of_service(graph, service)
        yield from [said] if isinstance(said, Unread) else said


def deserted(base: Graph, head: Graph) -> Iterator[Dead]:
    """Services that stay, as their pods do, whose selector no longer means any."""
    before = {(made.namespace, made.name): made for made in objects_of(base, "Service")}
    staying = {each.called for each in declared(head)}
    for service in objects_of(head, "Service"):
        old = before.get((service.namespace, service.name))
        if old is None or _behind(head, service) or not _selects(service):
            continue
        if left := [each for each in _behind(base, old) if each.called in staying]:
            what = (
                f"Service {service} no longer leads to {left[0]}: its selector does not mean the labels of those pods"
            )
            yield Dead(service.resource, what, Severity.ERROR)


def _behind(graph: Graph, service: KubernetesObject) -> list[Workload]:
    return [each for each in declared(graph) if leads_to(service, each)]


def _selects(service: KubernetesObject) -> bool:
    """Whether it has a selector, and one that can be read."""
    labels = service.place.at("spec", "selector").labels()
    return not isinstance(labels, Unread) and bool(labels)


@whole
def _of_service(graph: Graph, service: KubernetesObject) -> list[Dead]:
    behind = _meant(graph, service)
    ports = [seen(listening_of(each)) for each in behind]
    found = []
    for port in seen(service.place.at("spec", "ports").items()) if behind else []:
        target = _target(port)
        if isinstance(target, str):
            of, known, severity = "name", {one.name for those in ports for one in those}, Severity.ERROR
        else:
            # Pods may listen at ports that they do not name, and those that name none say nothing.
            of, known, severity = "number", {one.port.first for those in ports for one in those}, Severity.NOTE
            if not all(ports):
                continue
        if str(target) not in known:
            what = f"Service {service} leads to port {target} of {behind[0]}, which opens none of that {of}"
            found.append(Dead(service.resource, what, severity))
    return found


def _meant(graph: Graph, service: KubernetesObject) -> list[Workload]:
    """The workloads that its selector means. Only within a function that is `whole`."""
    selector = Selector(seen(service.place.at("spec", "selector").labels()), ())
    if not selector.labels:
        return []
    near = [each for each in declared(graph) if seen(each.namespace) == seen(service.namespace)]
    return [each for each in near if selector.selects(seen(each.labels))]


def _target(port: Place) -> str | int:
    """The port of the pods; the Service's own where it names none. Only within a function that is `whole`."""
    target = port.at("targetPort")
    place = port.at("port") if target.is_absent or target.value in (0, "") else target
    return seen(place.required_text()) if isinstance(place.value, str) else number(place)
