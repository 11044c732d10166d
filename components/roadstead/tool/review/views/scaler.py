"""Horizontal pod autoscalers: how many pods there are of what they scale.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from collections.abc import Iterable
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.reading import Unread, once_a_graph
from roadstead.tool.review.views.whole import count


@dataclass(frozen=True)
class Target:
    """What is scaled; for something to be scaled, the same of that."""

    kind: str | Unread
    namespace: str | Unread
    name: str | Unread

    def differs(self, other: "Target") -> bool:
        """Whether they are sure to be two things."""
        return any(
            isinstance(mine, str) and isinstance(its, str) and mine != its
            for mine, its in zip(self._parts, other._parts, strict=True)
        )

    @property
    def unread(self) -> Unread | None:
        """The first of it that cannot be read."""
        return next((part for part in self._parts if isinstance(part, Unread)), None)

    @property
    def _parts(self) -> tuple[str | Unread, ...]:
        return self.kind, self.namespace, self.name


@dataclass(frozen=True)
class Scaler:
    """One scaler."""

    target: Target
    least: int | Unread
    """Its fewest pods."""
    most: int | Unread


@once_a_graph
def scalers(graph: Graph) -> tuple[Scaler, ...]:
    """All of them."""
    return tuple(map(_scaler, objects_of(graph, "HorizontalPodAutoscaler")))


@once_a_graph
def _by_name(graph: Graph) -> dict[str | None, list[Scaler]]:
    """Those of a name; under nothing those of which nobody knows what they scale."""
    found: dict[str | None, list[Scaler]] = {}
    for each in scalers(graph):
        name = each.target.name
        found.setdefault(name if isinstance(name, str) else None, []).append(each)
    return found


def replicas(graph: Graph, target: Target, asked: int | Unread) -> tuple[int | Unread, int | Unread]:
    """Fewest and most pods of something that asks for so many itself."""
    if isinstance(target.name, Unread):
        candidates: Iterable[Scaler] = scalers(graph)
    else:
        candidates = (*_by_name(graph).get(target.name, ()), *_by_name(graph).get(None, ()))
    found: tuple[int | Unread, int | Unread] = asked, asked
    for each in candidates:
        if each.target.differs(target):
            continue
        unread = each.target.unread or target.unread
        if unread is not None:
            return unread, unread
        found = each.least, each.most
    return found


def _scaler(made: KubernetesObject) -> Scaler:
    spec = made.place.at("spec")
    reference = spec.at("scaleTargetRef")
    target = Target(reference.at("kind").required_text(), made.namespace, reference.at("name").required_text())
    return Scaler(target, count(spec.at("minReplicas"), 1), count(spec.at("maxReplicas")))
