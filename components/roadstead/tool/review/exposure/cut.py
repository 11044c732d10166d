"""Whom pods could reach, or be reached by, and no longer can: what a rule let through that goes, while policies still close the rest.

Pods that no policy was about, and that one is about now, are closed on purpose: they are not told here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.blocks import EVERYWHERE, NOWHERE, Blocks
from roadstead.tool.review.exposure.reach import STRANGER, Pods, known, on, over, rules_of, unread, where
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.views.calls import Named
from roadstead.tool.review.views.kubernetes_object import KubernetesObject
from roadstead.tool.review.views.listening import Listening, listening
from roadstead.tool.review.views.namespace import NAME_LABEL, namespaces
from roadstead.tool.review.views.network_policy import (
    DIRECTIONS,
    EGRESS,
    INGRESS,
    Peers,
    Port,
    Rule,
    network_policies,
)
from roadstead.tool.review.views.reading import Unread

Key = tuple[str, str]


class Cut(NamedTuple):
    """What pods lose in a direction."""

    pods: Pods
    """As they are at the head."""
    way: str
    whom: tuple[str, ...]
    """Each with its ports."""
    severity: Severity
    """A warning for what was named; a note for what is narrowed, and for what was only one of everybody."""


class _End(NamedTuple):
    """Pods at the other end: of the stack, or of others as a rule names them."""

    key: Key
    namespace: Mapping[str, str]
    """Labels of their namespace."""
    labels: Mapping[str, str]


class _Side(NamedTuple):
    """A revision."""

    graph: Graph
    pods: Mapping[Key, Pods]
    ports: Mapping[Key, tuple[Listening, ...]]

    def end(self, key: Key) -> _End:
        """Pods of the stack as an end."""
        pods = self.pods[key]
        return _End(key, namespaces(self.graph).get(pods.namespace, {NAME_LABEL: pods.namespace}), pods.labels)


def cut(base: Graph, head: Graph) -> Iterator[Cut]:
    """What is cut off, by who loses it: of a connection that both ends close, whoever called."""
    before, after = (_Side(graph, {**_others(graph), **known(graph)}, listening(graph)) for graph in (base, head))
    both = [key for key in before.pods if key in after.pods]
    # Between two that are as they were nothing is lost: of a large stack hundreds of pods are, and all pairs of them too many.
    touched = [key for key in both if not _alike(before, after, key)]
    if not touched:
        return
    hidden = {KubernetesObject(each.resource).namespace for each in unread(head)}
    if any(isinstance(namespace, Unread) for namespace in hidden):
        return
    told = set[tuple[Key, Key]]()
    for way in reversed(DIRECTIONS):
        for key in both:
            if key[0] not in hidden and over(base, before.pods[key], way) and over(head, after.pods[key], way):
                others = before.pods if key in touched else touched
                yield from _of_pods(before, after, key, way, others, told)


def _others(graph: Graph) -> dict[Key, Pods]:
    """In namespaces of which the stack declares policies and no pods, such as kube-system: whatever runs there."""
    policies = [made for made in network_policies(graph) if not isinstance(made, Unread)]
    declared = {namespace for namespace, _ in known(graph)}
    found = {each.namespace: Pods(each.resource, each.namespace, "*", {}) for each in reversed(policies)}
    return {pods.key: pods for namespace, pods in found.items() if namespace not in declared}


def _alike(before: _Side, after: _Side, key: Key) -> bool:
    """Whether pods, their namespace and all policies about them are as they were."""
    return (
        before.end(key) == after.end(key)
        and before.ports.get(key) == after.ports.get(key)
        and all(_rules(before, key, way) == _rules(after, key, way) for way in DIRECTIONS)
    )


def _rules(side: _Side, key: Key, way: str) -> list[Rule]:
    return rules_of(over(side.graph, side.pods[key], way), way)


def _of_pods(
    before: _Side, after: _Side, key: Key, way: str, others: Iterable[Key], told: set[tuple[Key, Key]]
) -> Iterator[Cut]:
    had, has = _rules(before, key, way), _rules(after, key, way)
    lost: dict[Severity, list[str]] = {Severity.WARNING: [], Severity.NOTE: []}
    ends = [*_ends_lost(before, after, key, way, others, told), *_strangers_lost(before, after, key, way)]
    for name, ports, is_named in ends:
        lost[Severity.WARNING if is_named else Severity.NOTE].append(f"{name}{on(ports)}")
    for severity, what in _blocks_lost(had, has):
        lost[severity].append(what)
    for severity, whom in lost.items():
        if whom:
            yield Cut(after.pods[key], way, tuple(whom), severity)


def _blocks_lost(had: list[Rule], has: list[Rule]) -> Iterator[tuple[Severity, str]]:
    """Addresses that are closed off, with their ports; nothing where as many others come for them: those are moved."""
    lost: dict[tuple[Severity, Blocks], list[Port]] = {}
    for port in _ports_of(had):
        was = _blocks(rule for rule in had if _covered(port, [rule]))
        now = _blocks(rule for rule in has if _covered(port, [rule]))
        gone = was - now
        if gone and sum((now - was).size) < sum(gone.size):
            left = _blocks(rule for rule in has if any(each.covers(port) or port.covers(each) for each in rule.ports))
            ranges = [*(Blocks(v4=(each,)) for each in was.v4), *(Blocks(v6=(each,)) for each in was.v6)]
            is_narrowed = all(each & left for each in ranges)
            lost.setdefault((Severity.NOTE if is_narrowed else Severity.WARNING, gone), []).append(port)
    for (severity, gone), ports in lost.items():
        yield severity, f"{where(gone)}{on(ports)}"


def _blocks(rules: Iterable[Rule]) -> Blocks:
    blocks = NOWHERE
    for rule in rules:
        blocks |= rule.blocks
    return blocks


def _ends_lost(
    before: _Side, after: _Side, key: Key, way: str, others: Iterable[Key], told: set[tuple[Key, Key]]
) -> Iterator[tuple[str, list[Port], bool]]:
    """Other pods of the stack that are closed off, with the ports, and whether a rule named them."""
    had, has, here = _rules(before, key, way), _rules(after, key, way), key[0]
    for other in others:
        if other == key or other not in after.pods:
            continue
        old, new = before.end(other), after.end(other)
        by = [rule for rule in had if _meets(rule, here, old)]
        pair = (key, other) if way == EGRESS else (other, key)
        if not by or pair in told:
            continue
        ports = _ports_lost(before, after, pair, by, [rule for rule in has if _meets(rule, here, new)])
        if ports:
            told.add(pair)
            yield "/".join(other), ports, any(_is_named(rule, here, old) for rule in by)


def _strangers_lost(before: _Side, after: _Side, key: Key, way: str) -> Iterator[tuple[str, list[Port], bool]]:
    """Likewise those of nobody's knowing that a rule named."""
    had, has, here = _rules(before, key, way), _rules(after, key, way), key[0]
    if had == has:
        return
    mine = after.ports.get(key, ()) if way == INGRESS else ()
    for stranger in _strangers(before, had, here):
        by = [rule for rule in had if _meets(rule, here, stranger)]
        still = [rule for rule in has if _meets(rule, here, stranger)]
        ports = [port for port in _ports_of(by) if not _covered(port, still) and _is_listened_at(port, mine)]
        if ports:
            yield "/".join(stranger.key), ports, True


def _ports_lost(before: _Side, after: _Side, pair: tuple[Key, Key], had: list[Rule], has: list[Rule]) -> list[Port]:
    """The ports of the called pods on which the caller got through and does not any more."""
    caller, called = pair
    there, here = before.ports.get(called, ()), after.ports.get(called, ())
    if not there or not here:
        # Pods that gave up all ports listen to nobody; of those that never named any, a rule does.
        named = [] if there else [port for port in _ports_of(had) if not _covered(port, has)]
        return [port for port in named if _gets_through(before, caller, called, Listening("", port))]
    open_before = [each for each in there if _lets_through(each, had) and _gets_through(before, caller, called, each)]
    staying = [each for each in open_before if each.port in [one.port for one in here]]
    lost = [each for each in staying if not _lets_through(each, has)]
    if open_before and not staying and not any(_lets_through(each, has) for each in here):
        lost = [*here]
    return [each.port for each in lost]


def _gets_through(side: _Side, caller: Key, called: Key, port: Listening) -> bool:
    """Whether both ends let a connection through."""
    for way, own, other in ((EGRESS, caller, called), (INGRESS, called, caller)):
        policies = over(side.graph, side.pods[own], way)
        rules = [rule for rule in rules_of(policies, way) if _meets(rule, own[0], side.end(other))]
        if policies and not _lets_through(port, rules):
            return False
    return True


def _lets_through(listened: Listening, rules: Iterable[Rule]) -> bool:
    return any(listened.is_let_through(port) for rule in rules for port in rule.ports)


def _ports_of(rules: Iterable[Rule]) -> list[Port]:
    return list(dict.fromkeys(port for rule in rules for port in rule.ports))


def _covered(port: Port, rules: Iterable[Rule]) -> bool:
    return any(each.covers(port) for each in _ports_of(rules))


def _is_listened_at(port: Port, ports: tuple[Listening, ...]) -> bool:
    return not ports or any(each.is_let_through(port) for each in ports)


def _meets(rule: Rule, here: str, end: _End) -> bool:
    """Whether a rule of a policy in a namespace means pods."""
    return rule.blocks.covers(EVERYWHERE) or any(_means(peer, here, end) for peer in rule.peers)


def _means(peer: Peers, here: str, end: _End) -> bool:
    is_there = end.key[0] == here if peer.namespaces is None else peer.namespaces.selects(end.namespace)
    return is_there and peer.pods.selects(end.labels)


def _is_named(rule: Rule, here: str, end: _End) -> bool:
    """Whether a rule means pods, and not only because it means everybody."""
    return any(
        _means(peer, here, end)
        and not (peer.namespaces is not None and peer.namespaces.selects(STRANGER) and peer.pods.selects({}))
        for peer in rule.peers
    )


def _strangers(side: _Side, rules: Iterable[Rule], here: str) -> Iterator[_End]:
    """Pods that rules name by labels, and that are none of the stack's own."""
    found: dict[Key, _End] = {}
    for peer in (peer for rule in rules for peer in rule.peers):
        if peer.namespaces is None or not peer.pods.labels or peer.pods.requirements:
            continue
        name = str(Named(peer.namespaces, peer.pods))
        namespace = peer.namespaces.labels.get(NAME_LABEL, "")
        end = _End((namespace, name.partition("/")[2]), peer.namespaces.labels, peer.pods.labels)
        if name and not any(_means(peer, here, side.end(key)) for key in side.pods):
            found[end.key] = end
    yield from found.values()
