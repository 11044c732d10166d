"""How many pods that have an address of their own a stack runs, at the fewest and at the most."""

from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.workload import DAEMON_SET, STATEFUL_SET


@dataclass(frozen=True)
class Replicas:
    """Pods, by how their number comes about."""

    least: int
    most: int
    on_every_node: int
    unread: tuple[Unread, ...]


@once_a_graph
def replicas(graph: Graph) -> Replicas:
    """The pods of a stack's own Deployments, StatefulSets and DaemonSets; what is on its node's network has none of its own."""
    unread: list[Unread] = []

    def number(place: Place, otherwise: int) -> int:
        value = place.number()
        if isinstance(value, Unread):
            unread.append(value)
        return value if isinstance(value, int) else otherwise

    scaled = {}
    for scaler in objects_of(graph, "HorizontalPodAutoscaler"):
        at, namespace = scaler.place.at("spec"), scaler.namespace
        target = at.at("scaleTargetRef", "name").required_text()
        unread += [value for value in (namespace, target) if isinstance(value, Unread)]
        bounds = number(at.at("minReplicas"), 1), number(at.at("maxReplicas"), 1)
        if isinstance(namespace, str) and isinstance(target, str):
            scaled[namespace, target] = bounds
    least = most = on_every_node = 0
    for made in objects_of(graph, "Deployment", STATEFUL_SET, DAEMON_SET):
        if made.place.at("spec", "template", "spec", "hostNetwork").value is True:
            continue
        if made.kind == DAEMON_SET:
            on_every_node += 1
            continue
        own = number(made.place.at("spec", "replicas"), 1)
        where, name = made.namespace, made.name
        is_named = isinstance(where, str) and isinstance(name, str)
        fewest, greatest = scaled.get((str(where), str(name)), (own, own)) if is_named else (own, own)
        least, most = least + fewest, most + greatest
    return Replicas(least, most, on_every_node, tuple(unread))
