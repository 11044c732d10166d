"""Who calls whom in a cluster, as far as network policies name it: rules that mean every pod of a namespace name nobody."""

from collections.abc import Iterator
from typing import NamedTuple

from roadstead.offline.graph import Graph
from roadstead.review.views.reading import Place, Unread, once_a_graph
from roadstead.review.views.running import Running, name_of, namespace_of, objects, running
from roadstead.review.workloads import meets

NAME_LABEL = "kubernetes.io/metadata.name"
"""Every namespace has it, with its name. https://kubernetes.io/docs/reference/labels-annotations-taints/"""


class _Term(NamedTuple):
    key: str
    operator: str
    values: list[str]


class Selector(NamedTuple):
    """A label selector. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"""

    labels: dict[str, str]
    terms: list[_Term]

    def means(self, labels: dict[str, str]) -> bool:
        """Whether it means what has these labels."""
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(
            meets(term._asdict(), labels) for term in self.terms
        )


class Named(NamedTuple):
    """Pods that a policy names."""

    namespaces: Selector
    pods: Selector


class Call(NamedTuple):
    """A connection that a policy lets through, between pods that it names."""

    caller: Named
    called: Named


class Calls(NamedTuple):
    """What a stack's network policies say."""

    calls: tuple[Call, ...]
    namespaces: dict[str, dict[str, str]]
    """Labels of the namespaces that the stack makes, by name."""
    unread: tuple[Unread, ...]

    def means(self, named: Named, pods: Running) -> bool:
        """Whether a policy names these pods."""
        if isinstance(pods.namespace, Unread) or isinstance(pods.labels, Unread):
            return False
        labels = {**self.namespaces.get(pods.namespace, {}), NAME_LABEL: pods.namespace}
        return named.namespaces.means(labels) and named.pods.means(pods.labels)


@once_a_graph
def calls(graph: Graph) -> Calls:
    """Every connection that is named, whichever side names it."""
    said = [call for policy in objects(graph, "NetworkPolicy") for call in _of_policy(policy)]
    labels = {}
    for place in objects(graph, "Namespace"):
        name, given = name_of(place), place.at("metadata", "labels").labels()
        if isinstance(name, str) and isinstance(given, dict):
            labels[name] = given
    return Calls(
        tuple(call for call in said if isinstance(call, Call)),
        labels,
        tuple(call for call in said if isinstance(call, Unread)),
    )


def callers(graph: Graph, called: Running) -> list[Running]:
    """What calls these pods; the pods need not be there themselves."""
    known = calls(graph)
    by = [call.caller for call in known.calls if known.means(call.called, called)]
    return [
        one
        for one in running(graph)
        if (one.namespace, one.name) != (called.namespace, called.name) and any(known.means(named, one) for named in by)
    ]


def _of_policy(policy: Place) -> Iterator[Call | Unread]:
    namespace, pods = namespace_of(policy), selector(policy.at("spec", "podSelector"))
    if isinstance(namespace, Unread) or isinstance(pods, Unread):
        yield next(each for each in (namespace, pods) if isinstance(each, Unread))
        return
    here = Selector({NAME_LABEL: namespace}, [])
    own = Named(here, pods)
    for direction, side in (("egress", "to"), ("ingress", "from")):
        rules = policy.at("spec", direction).items()
        for rule in [] if isinstance(rules, Unread) else rules:
            for peer in _peers(rule.at(side), here):
                if isinstance(peer, Unread):
                    yield peer
                else:
                    yield Call(own, peer) if direction == "egress" else Call(peer, own)
        if isinstance(rules, Unread):
            yield rules


def _peers(place: Place, here: Selector) -> Iterator[Named | Unread]:
    peers = place.items()
    if isinstance(peers, Unread):
        yield peers
        return
    for peer in peers:
        pods, inside = selector(peer.at("podSelector")), selector(peer.at("namespaceSelector"))
        if isinstance(pods, Unread) or isinstance(inside, Unread):
            yield next(each for each in (pods, inside) if isinstance(each, Unread))
        elif pods.labels or pods.terms:
            yield Named(here if peer.at("namespaceSelector").is_absent else inside, pods)


def selector(place: Place) -> Selector | Unread:
    """What a selector says; one that is absent means all."""
    labels, terms = place.at("matchLabels").labels(), place.at("matchExpressions").items()
    if isinstance(labels, Unread):
        return labels
    if isinstance(terms, Unread):
        return terms
    read = [_term(term) for term in terms]
    unread = next((term for term in read if isinstance(term, Unread)), None)
    return unread or Selector(labels, [term for term in read if not isinstance(term, Unread)])


def _term(place: Place) -> _Term | Unread:
    key, operator = place.at("key").required_text(), place.at("operator").required_text()
    values = place.at("values").texts()
    if isinstance(key, Unread) or isinstance(operator, Unread) or isinstance(values, Unread):
        return next(each for each in (key, operator, values) if isinstance(each, Unread))
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        return place.at("operator").malformed("In, NotIn, Exists or DoesNotExist")
    return _Term(key, operator, values)
