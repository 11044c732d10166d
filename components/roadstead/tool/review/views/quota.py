"""Resource quotas: what namespaces are promised.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from dataclasses import dataclass
from fractions import Fraction

from roadstead.core.quantities import Amount
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.quantity import quantity
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import needed, seen, whole


@dataclass(frozen=True)
class Quota:
    """One of a namespace."""

    resource: Resource
    namespace: str | Unread
    hard: Amount | Unread | None
    """Nothing where it leaves CPU, memory or the number of pods open."""


@once_a_graph
def quotas(graph: Graph) -> tuple[Quota, ...]:
    """All of them."""
    return tuple(Quota(made.resource, made.namespace, _hard(made)) for made in objects_of(graph, "ResourceQuota"))


@whole
def _hard(made: KubernetesObject) -> Amount | None:
    hard = made.place.at("spec", "hard")
    cpu, memory = (_requested(hard, kind) for kind in ("cpu", "memory"))
    pods = seen(quantity(hard.at("pods")))
    if not cpu or not memory or pods is None:
        return None
    whole_number = int(pods) if pods == int(pods) else None
    return Amount(cpu, memory, needed(hard.at("pods"), whole_number, "a whole number"))


def _requested(hard: Place, kind: str) -> Fraction | None:
    of_requests = hard.at(f"requests.{kind}")
    return seen(quantity(hard.at(kind) if of_requests.is_absent else of_requests))
