"""Network policies: whose connections they are about, and what they let through.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterable
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.blocks import EVERYWHERE, NOWHERE, Blocks
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.selector import Selector, selector
from roadstead.tool.review.views.whole import needed, number, one_of, seen, text, whole

INGRESS, EGRESS = DIRECTIONS = ("Ingress", "Egress")
_PEERS, _FIELDS = {INGRESS: "from", EGRESS: "to"}, {INGRESS: "ingress", EGRESS: "egress"}


@dataclass(frozen=True)
class Port:
    """Ports that a rule lets through."""

    protocol: str
    first: str
    """Number or name; nothing for all."""
    last: str

    def covers(self, other: "Port") -> bool:
        """Whether every one of another is among these."""
        if self.protocol not in ("", other.protocol):
            return False
        numbers = [int(end) if end.isdecimal() else None for end in (self.first, self.last, other.first, other.last)]
        first, last, other_first, other_last = numbers
        if None in numbers or first is None or last is None or other_first is None or other_last is None:
            return self.first in ("", other.first)
        return first <= other_first and other_last <= last

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


ALL_PORTS = Port("", "", "")


@dataclass(frozen=True)
class Peers:
    """Pods at the other end."""

    namespaces: Selector | None
    """Nothing for those of the policy's own namespace."""
    pods: Selector


@dataclass(frozen=True)
class Rule:
    """What is let through."""

    ports: tuple[Port, ...]
    blocks: Blocks
    peers: tuple[Peers, ...]


@dataclass(frozen=True)
class NetworkPolicy:
    """A policy that can be read."""

    resource: Resource
    namespace: str
    name: str
    pods: Selector
    rules: dict[str, tuple[Rule, ...]]
    """By direction: a direction that is not in it is none of this policy's."""

    def __str__(self) -> str:
        return f"NetworkPolicy {self.namespace}/{self.name}"


@once_a_graph
def network_policies(graph: Graph) -> tuple[NetworkPolicy | Unread, ...]:
    """Every policy of a stack, or what of it cannot be read."""
    return tuple(_policy(made) for made in objects_of(graph, "NetworkPolicy"))


@whole
def _policy(made: KubernetesObject) -> NetworkPolicy:
    spec = made.place.at("spec")
    types = seen(spec.at("policyTypes").texts())
    # Without a list every policy is about who comes in, and one with rules for the way out about that too.
    directions = types or [INGRESS, *([EGRESS] if not spec.at("egress").is_absent else [])]
    return NetworkPolicy(
        made.resource,
        seen(made.namespace),
        seen(made.name),
        seen(selector(spec.at("podSelector"))),
        {way: tuple(_rules(spec.at(_FIELDS[way]), _PEERS[way])) for way in DIRECTIONS if way in directions},
    )


def _rules(place: Place, peers: str) -> Iterable[Rule]:
    for rule in seen(place.items()):
        others = seen(rule.at(peers).items())
        ports = tuple(_port(port) for port in seen(rule.at("ports").items())) or (ALL_PORTS,)
        blocks = NOWHERE if others else EVERYWHERE
        for other in others:
            blocks |= _block(other.at("ipBlock"))
        yield Rule(ports, blocks, tuple(_peers(other) for other in others if other.at("ipBlock").is_absent))


def _port(place: Place) -> Port:
    protocol = one_of(place.at("protocol"), ("TCP", "UDP", "SCTP"), "TCP")
    port = place.at("port")
    if port.is_absent:
        return Port(protocol, "0", "65535")
    first = port.value if isinstance(port.value, str) and not isinstance(port.text(), Unread) else str(number(port))
    end = place.at("endPort")
    return Port(protocol, first, first if end.is_absent else str(number(end)))


def _block(place: Place) -> Blocks:
    if place.is_absent:
        return NOWHERE
    return _blocks(place.at("cidr"), [text(place.at("cidr"))]) - _blocks(
        place.at("except"), seen(place.at("except").texts())
    )


def _blocks(place: Place, cidrs: list[str]) -> Blocks:
    return needed(place, read_blocks(cidrs), "blocks such as 10.0.0.0/16")


def read_blocks(cidrs: Iterable[str]) -> Blocks | None:
    """What blocks cover; nothing where one is none."""
    try:
        return Blocks.of(*cidrs)
    except ValueError:
        return None


def _peers(place: Place) -> Peers:
    namespaces = place.at("namespaceSelector")
    return Peers(None if namespaces.is_absent else seen(selector(namespaces)), seen(selector(place.at("podSelector"))))
