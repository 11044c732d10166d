"""Pod disruption budgets: how many pods may go at a time.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

import re
from dataclasses import dataclass
from math import ceil

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.selector import Selector, selector
from roadstead.tool.review.views.whole import needed, seen, whole

_SHARE = re.compile(r"\d+%?")


@dataclass(frozen=True)
class Limit:
    """What a budget asks for."""

    key: str
    """`maxUnavailable` or `minAvailable`."""
    value: str
    """A number, or a percentage with its sign."""

    def allowed(self, pods: int) -> int:
        """How many of so many healthy pods may go. Percentages are rounded up, as the disruption controller does."""
        is_share = self.value.endswith("%")
        share = ceil(int(self.value[:-1]) * pods / 100) if is_share else int(self.value)
        return share if self.key == "maxUnavailable" else pods - share

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


@dataclass(frozen=True)
class Budget:
    """One budget."""

    resource: Resource
    name: str
    namespace: str | Unread
    selector: Selector | Unread
    limit: Limit | Unread | None
    """Nothing where it asks for nothing."""


@once_a_graph
def budgets(graph: Graph) -> tuple[Budget, ...]:
    """All of them."""
    return tuple(map(_budget, objects_of(graph, "PodDisruptionBudget")))


def _budget(made: KubernetesObject) -> Budget:
    spec, name = made.place.at("spec"), made.name if isinstance(made.name, str) else made.resource.name
    return Budget(made.resource, name, made.namespace, selector(spec.at("selector")), _limit(spec))


@whole
def _limit(spec: Place) -> Limit | None:
    for key in ("maxUnavailable", "minAvailable"):
        if not spec.at(key).is_absent:
            return Limit(key, _share(spec.at(key)))
    return None


def _share(place: Place) -> str:
    is_number = isinstance(place.value, int | float) and not isinstance(place.value, bool)
    written = str(seen(place.number())) if is_number else seen(place.text()) or ""
    return needed(place, written if _SHARE.fullmatch(written) else None, "a number of 0 or more, or a percentage")
