"""Volumes, claims of them and classes of storage: the zones in which a pod's volumes can be had.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from roadstead.cluster.nodes import ZONE_LABEL
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.lookup import Lookup
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import seen, text, whole

_ZONE_KEYS = (ZONE_LABEL, "topology.ebs.csi.aws.com/zone")
Zones = frozenset[str] | None
"""Nothing where any zone will do."""


@dataclass(frozen=True)
class Claim:
    """What asks for a volume: one that it names, or one of a class."""

    place: Place
    volume: str
    storage_class: str


@dataclass(frozen=True)
class Storage:
    """What a graph says of storage, each by name; claims by namespace and name."""

    claims: Lookup[Claim | Unread | None]
    volumes: Lookup[Zones | Unread]
    classes: Lookup[Zones | Unread]


@once_a_graph
def storage(graph: Graph) -> Storage:
    """The storage of a graph."""
    return Storage(
        Lookup.of((_full_name(made), claim(made.place)) for made in objects_of(graph, "PersistentVolumeClaim")),
        Lookup.of((made.name, _volume_zones(made)) for made in objects_of(graph, "PersistentVolume")),
        Lookup.of((made.name, _class_zones(made)) for made in objects_of(graph, "StorageClass")),
    )


@whole
def claim(place: Place) -> Claim:
    """A claim, or the template of one."""
    spec = place.at("spec")
    return Claim(place, seen(spec.at("volumeName").text()) or "", seen(spec.at("storageClassName").text()) or "")


@whole
def zones(there: Storage, namespace: str | Unread, mounted: Iterable[str], own: Iterable[Claim]) -> Zones:
    """The zones in which all volumes of a pod can be had: of claims that it names, and of those that it gets of its own."""
    named = (seen(there.claims.get(_of(namespace, name), None)) for name in mounted)
    limits = [
        limit
        for asked in (*own, *(found for found in named if found is not None))
        if (limit := _zones_of(there, asked)) is not None
    ]
    return frozenset.intersection(*limits) if limits else None


def _of(namespace: str | Unread, name: str) -> str | Unread:
    return namespace if isinstance(namespace, Unread) else f"{namespace}/{name}"


def _full_name(made: KubernetesObject) -> str | Unread:
    return made.name if isinstance(made.name, Unread) else _of(made.namespace, made.name)


def _zones_of(there: Storage, asked: Claim) -> Zones:
    if asked.volume in there.volumes.named or (asked.volume and there.volumes.unnamed):
        return seen(there.volumes.get(asked.volume, None))
    return seen(there.classes.get(asked.storage_class, None)) if asked.storage_class else None


@whole
def _volume_zones(made: KubernetesObject) -> Zones:
    required = made.place.at("spec", "nodeAffinity", "required", "nodeSelectorTerms")
    return _within(
        [
            zone
            for expression in seen(term.at("matchExpressions").items())
            if text(expression.at("operator")) == "In"
            for zone in _named_zones(expression)
        ]
        for term in seen(required.items())
    )


@whole
def _class_zones(made: KubernetesObject) -> Zones:
    return _within(
        [zone for expression in seen(term.at("matchLabelExpressions").items()) for zone in _named_zones(expression)]
        for term in seen(made.place.at("allowedTopologies").items())
    )


def _named_zones(expression: Place) -> Iterator[str]:
    if text(expression.at("key")) in _ZONE_KEYS:
        yield from seen(expression.at("values").texts())


def _within(terms: Iterable[list[str]]) -> Zones:
    """The zones of all terms; nothing where one of them leaves the zone open."""
    listed = list(terms)
    return frozenset(zone for term in listed for zone in term) if listed and all(listed) else None
