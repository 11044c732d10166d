"""Finds the values that a row of the table is about in a resource: one, or one for each item of a list or key of a mapping."""

import re
from collections.abc import Mapping
from functools import cache

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.difference.values import NAMES
from roadstead.tool.review.protection.row import Row
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.pod_template import TEMPLATES
from roadstead.tool.review.views.reading import Place, Unread

_STEP = re.compile(r'\["([^"]+)"\]|\[(kept)?\]|(\{\})|(\*)|([^.\[\]{}*]+)')
OPTIONS = {"(protect)": "protect", "(retain on delete)": "retain_on_delete"}
SERVICE_ACCOUNT = "(service account)"
Values = dict[tuple[str, ...], Place]
"""By the names of the items and keys on the way."""


def subject(resource: Resource) -> str:
    """What a resource is called in the table: the type of AWS's provider, or the kind of an object of Kubernetes' own."""
    kind, version = resource.inputs.get("kind"), resource.inputs.get("apiVersion")
    if not resource.type.startswith("kubernetes:") or not isinstance(kind, str):
        return resource.type
    group = version.rpartition("/")[0] if isinstance(version, str) else ""
    return kind if "." not in group or group.endswith(".k8s.io") else resource.type


def values(row: Row, path: str, graph: Graph, resource: Resource) -> Values | Unread:
    """The values under a path of a row; what cannot be read where items cannot be told apart."""
    if path in OPTIONS:
        return {(): Place(resource, path, getattr(resource, OPTIONS[path]))}
    found = _beneath({(): Place.of(resource)}, steps(placed(path, subject(resource))), row.but)
    if isinstance(found, Unread) or not row.instead:
        return found
    absent = [names for names, place in found.items() if place.is_absent]
    if not absent:
        return found
    other = _instead(row, graph, resource)
    return {names: other if names in absent and not other.is_absent else place for names, place in found.items()}


def keeps(path: str) -> bool:
    """Whether an item that goes counts as one that says nothing."""
    return "[kept]" in path or path.endswith(".*")


def collapsed(path: str) -> str:
    """The path of a property without the names of items: `a[].b`."""
    return re.sub(r"\{\}|\*", "", path.replace("[kept]", "[]"))


def placed(path: str, of: str) -> str:
    """A path with the place of the pods' `spec` in an object of a kind."""
    return path.replace("{pod}", ".".join((*TEMPLATES.get(of, ("spec", "template")), "spec")))


@cache
def steps(path: str) -> tuple[tuple[str, str], ...]:
    """Each step: what kind it is of, and its key."""
    found = []
    for match in _STEP.finditer(path):
        quoted, _, document, every, key = match.groups()
        if quoted or key:
            found.append(("key", quoted or key))
        else:
            found.append(("document" if document else "keys" if every else "items", ""))
    return tuple(found)


def _beneath(places: Values, way: tuple[tuple[str, str], ...], but: tuple[str, ...]) -> Values | Unread:
    for kind, key in way:
        further: Values = {}
        for names, place in places.items():
            if kind == "key":
                further[names] = place.at(key)
            elif kind == "document":
                further[names] = place.document()
            else:
                inner = _keyed(place) if kind == "items" else place.entries()
                if isinstance(inner, Unread):
                    return inner
                further |= {(*names, name): each for name, each in inner.items() if name not in but}
        places = further
    return places


def _keyed(place: Place) -> dict[str, Place] | Unread:
    """The items of a list by what tells them apart, as differences are told; by their position where nothing does."""
    items = place.items()
    if isinstance(items, Unread):
        return items
    for key in NAMES:
        named = {str(item.value[key]): item for item in items if _has(item, key)}
        if len(named) == len(items):
            return named
    return {str(number): item for number, item in enumerate(items)}


def _has(item: Place, key: str) -> bool:
    return isinstance(item.value, Mapping) and type(item.value.get(key)) in (str, int)


def _instead(row: Row, graph: Graph, resource: Resource) -> Place:
    """What holds where a property is absent."""
    if row.instead != SERVICE_ACCOUNT:
        return next(iter(_found(placed(row.instead, subject(resource)), resource)), Place(resource, row.instead, None))
    pod = _found(placed("{pod}.serviceAccountName", subject(resource)), resource)[0]
    name = "default" if pod.is_absent else pod.value
    for account in objects_of(graph, "ServiceAccount"):
        if (account.namespace, account.name) == (KubernetesObject(resource).namespace, name):
            return account.place.at("automountServiceAccountToken")
    return Place(resource, row.instead, None)


def _found(path: str, resource: Resource) -> list[Place]:
    found = _beneath({(): Place.of(resource)}, steps(path), ())
    return [] if isinstance(found, Unread) else list(found.values())
