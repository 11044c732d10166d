"""Services that lead to no pods: their pods open no port of that name, or are none of theirs any more.

https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
"""

from collections.abc import Iterator
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.views.calls import leads_to
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.listening import Listening, listening
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.whole import seen, whole
from roadstead.tool.review.views.workload import Workload, declared


class Dead(NamedTuple):
    """A Service, or a port of one, at which nobody answers."""

    resource: Resource
    what: str
    severity: Severity


def dead(graph: Graph) -> Iterator[Dead | Unread]:
    """Ports of Services that their pods do not open. A Service of pods that the program does not make is let be."""
    for service in objects_of(graph, "Service"):
        if behind := _behind(graph, service):
            said = _ports(service, behind, listening(graph))
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
    """Whether it has a selector that can be read, and pods' labels beside it can."""
    labels = service.place.at("spec", "selector").labels()
    return not isinstance(labels, Unread) and bool(labels)


@whole
def _ports(
    service: KubernetesObject, behind: list[Workload], ports: dict[tuple[str, str], tuple[Listening, ...]]
) -> list[Dead]:
    found = []
    for port in seen(service.place.at("spec", "ports").items()):
        target = _target(port)
        opened = [ports.get(each.called, ()) if each.called else () for each in behind]
        if isinstance(target.value, str) and not isinstance(target.text(), Unread):
            known = [one.name for those in opened for one in those]
            severity = Severity.ERROR
        else:
            # Pods may listen at ports that they do not name.
            known = [one.port.first for those in opened for one in those] if all(opened) else []
            severity = Severity.NOTE
            if not known:
                continue
        if str(target.value) not in known:
            what = f"Service {service} leads to port {target.value} of {behind[0]}, which opens none of that {'name' if severity is Severity.ERROR else 'number'}"
            found.append(Dead(service.resource, what, severity))
    return found


def _target(port: Place) -> Place:
    """The port of the pods; the Service's own where it names none."""
    target = port.at("targetPort")
    found = port.at("port") if target.is_absent or target.value in (0, "") else target
    seen(found.text() if isinstance(found.value, str) else found.number())
    return found
