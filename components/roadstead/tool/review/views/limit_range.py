"""What containers of a namespace get that say nothing themselves.

https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.lookup import Lookup
from roadstead.tool.review.views.quantity import quantity
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import seen, text, whole

Quantities = Mapping[str, Fraction]


@dataclass(frozen=True)
class Defaults:
    """Of containers, by resource."""

    requests: Quantities
    limits: Quantities


NO_DEFAULTS = Defaults({}, {})


@once_a_graph
def container_defaults(graph: Graph) -> Lookup[Defaults | Unread]:
    """By namespace; ranges that say nothing of containers are not there."""
    found = [(made.namespace, _defaults(made)) for made in objects_of(graph, "LimitRange")]
    return Lookup.of((namespace, defaults) for namespace, defaults in found if defaults != NO_DEFAULTS)


@whole
def _defaults(made: KubernetesObject) -> Defaults:
    found = NO_DEFAULTS
    for limit in seen(made.place.at("spec", "limits").items()):
        if text(limit.at("type")) == "Container":
            limits = quantities(limit.at("default"))
            found = Defaults(quantities(limit.at("defaultRequest")) or limits, limits)
    return found


def quantities(place: Place) -> Quantities:
    """CPU and memory of a mapping, where it says them. Only within a function that is `whole`."""
    read = {kind: seen(quantity(place.at(kind))) for kind in ("cpu", "memory")}
    return {kind: amount for kind, amount in read.items() if amount is not None}
