"""Who may call a Service, as far as network policies name them."""

from collections.abc import Iterator, Mapping

from roadstead.offline.graph import Graph, Resource
from roadstead.review.views.reading import Place, Unread

NAME_LABEL, NAMESPACE_LABEL = "app.kubernetes.io/name", "kubernetes.io/metadata.name"
Labels = Mapping[str, str]


def callers(graph: Graph, service: Resource) -> list[str] | Unread:
    """The apps that a network policy lets call a Service's pods by name, or that one lets out to them."""
    given = Place.of(service)
    labels, namespace = given.at("spec", "selector").labels(), _text(given.at("metadata", "namespace"), "default")
    if isinstance(labels, Unread):
        return labels
    if not labels:
        return []
    found = set()
    for policy in graph.resources.values():
        if policy.type.startswith("kubernetes:") and policy.inputs.get("kind") == "NetworkPolicy":
            found |= set(_named(Place.of(policy), namespace, labels))
    return sorted(found)


def _named(policy: Place, namespace: str, labels: Labels) -> Iterator[str]:
    here = _text(policy.at("metadata", "namespace"), "default")
    own = _labels(policy.at("spec", "podSelector", "matchLabels"))
    if here == namespace and _means(own, labels):
        for where, peer in _peers(policy.at("spec", "ingress"), "from", here):
            if peer:
                yield f"{where}/{peer.get(NAME_LABEL) or _first(peer)}"
    for where, peer in _peers(policy.at("spec", "egress"), "to", here):
        if where == namespace and _means(peer, labels) and own:
            yield f"{here}/{own.get(NAME_LABEL) or _first(own)}"


def _peers(rules: Place, key: str, here: str) -> Iterator[tuple[str, Labels]]:
    """Namespace and labels of every peer that is named by both."""
    for rule in _items(rules):
        for peer in _items(rule.at(key)):
            selector = peer.at("namespaceSelector")
            named = selector.at("matchLabels", NAMESPACE_LABEL)
            where = here if selector.is_absent else _text(named, "")
            if where:
                yield where, _labels(peer.at("podSelector", "matchLabels"))


def _means(selector: Labels, labels: Labels) -> bool:
    """Whether a selector names pods by what a Service selects them by; one that takes all names nobody."""
    shared = selector.keys() & labels.keys()
    return bool(shared) and all(selector[key] == labels[key] for key in shared)


def _items(place: Place) -> list[Place]:
    items = place.items()
    return items if isinstance(items, list) else []


def _labels(place: Place) -> Labels:
    labels = place.labels()
    return labels if isinstance(labels, dict) else {}


def _text(place: Place, default: str) -> str:
    text = place.text()
    return text if isinstance(text, str) else default


def _first(labels: Labels) -> str:
    key = min(labels)
    return f"{key}={labels[key]}"
