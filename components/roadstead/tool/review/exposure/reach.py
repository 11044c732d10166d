"""Which connections the network policies of a stack let pods have: what is covered, whatever the policies are called."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.blocks import EVERYWHERE, NOWHERE, Blocks
from roadstead.tool.review.views.namespace import NAME_LABEL, namespaces
from roadstead.tool.review.views.network_policy import ALL_PORTS, NetworkPolicy, Peers, Port, Rule, network_policies
from roadstead.tool.review.views.reading import Unread, Why, once_a_graph
from roadstead.tool.review.views.selector import EVERYTHING
from roadstead.tool.review.views.whole import seen, whole
from roadstead.tool.review.views.workload import Workload, declared

LARGE = Fraction(1, 8)
"""From this part of the internet on it is meant: nobody's own networks are as large."""
WHOLE = Fraction(99, 100)
STRANGER = {NAME_LABEL: "any-other-namespace"}
EVERYBODY = Rule((ALL_PORTS,), EVERYWHERE, (Peers(EVERYTHING, EVERYTHING),))
"""What is let through to pods that no policy is about."""
FEW_NAMESPACES = 2
"""In a stack of so few a list of all names is one of one's own."""


@dataclass(frozen=True)
class Pods:
    """Pods that are alike."""

    resource: Resource
    namespace: str
    name: str
    labels: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """What they are known by at both revisions."""
        return self.namespace, self.name

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Allowed:
    """What some rules let through beyond others."""

    blocks: Blocks
    every_namespace: bool
    ports: tuple[Port, ...]

    def __bool__(self) -> bool:
        return bool(self.blocks) or self.every_namespace


@once_a_graph
def pods(graph: Graph) -> tuple[Pods | Unread, ...]:
    """All pods that the program declares, or what of them cannot be read."""
    return tuple(_pods(workload) for workload in declared(graph))


@whole
def _pods(workload: Workload) -> Pods:
    return Pods(workload.resource, seen(workload.namespace), seen(workload.name), seen(workload.labels))


def unread(graph: Graph) -> Iterator[Unread]:
    """What keeps anybody from saying which connections there are."""
    yield from (each for each in (*network_policies(graph), *pods(graph)) if isinstance(each, Unread))


@once_a_graph
def readable(graph: Graph) -> list[NetworkPolicy]:
    """The policies that can be read."""
    return [policy for policy in network_policies(graph) if isinstance(policy, NetworkPolicy)]


@once_a_graph
@once_a_graph
def known(graph: Graph) -> dict[tuple[str, str], Pods]:
    """The pods that can be read."""
    return {each.key: each for each in pods(graph) if isinstance(each, Pods)}


def over(graph: Graph, some: Pods, way: str) -> list[NetworkPolicy]:
    """The policies that are about pods in a direction; without any, everybody may connect."""
    return [
        policy
        for policy in _by_namespace(graph).get(some.namespace, ())
        if way in policy.rules and policy.pods.selects(some.labels)
    ]


@once_a_graph
def _by_namespace(graph: Graph) -> dict[str, list[NetworkPolicy]]:
    found: dict[str, list[NetworkPolicy]] = {}
    for policy in readable(graph):
        found.setdefault(policy.namespace, []).append(policy)
    return found


def rules_of(policies: Iterable[NetworkPolicy], way: str) -> list[Rule]:
    """All that policies let through."""
    return [rule for policy in policies for rule in policy.rules[way]]


def before(base: Graph | None, head: Graph, some: Pods, way: str) -> list[list[Rule]]:
    """What was let through to pods; for new ones, what was to each that goes and that they may have been."""
    if base is None:
        return []
    there, now = known(base), known(head)
    olds = [there[some.key]] if some.key in there else [old for key, old in there.items() if key not in now]
    policies = [over(base, old, way) for old in olds]
    return [rules_of(each, way) if each else [EVERYBODY] for each in policies]


def beyond(new: Iterable[Rule], old: Iterable[Rule], after: Graph, before: Graph | None) -> Allowed:
    """What new rules let through that old ones did not: port by port, whichever rules it takes together."""
    new, old = [*new], [*old]
    blocks, ports, everywhere = NOWHERE, dict[Port, None](), False
    for port in dict.fromkeys(port for rule in new for port in rule.ports):
        now, was = _through(port, new), _through(port, old)
        left = _blocks(now) - _blocks(was)
        opens = _takes_all(now, after) and not _takes_all(was, before or after)
        blocks, everywhere = blocks | left, everywhere or opens
        if left or opens:
            ports[port] = None
    return Allowed(blocks, everywhere, tuple(ports))


def _through(port: Port, rules: Iterable[Rule]) -> list[Rule]:
    return [rule for rule in rules if any(each.covers(port) for each in rule.ports)]


def _blocks(rules: Iterable[Rule]) -> Blocks:
    blocks = NOWHERE
    for rule in rules:
        blocks |= rule.blocks
    return blocks


def _takes_all(rules: Iterable[Rule], graph: Graph) -> bool:
    """Whether all pods of every namespace are meant: of one that nobody knows, or of all that there are."""
    peers = [peer for rule in rules for peer in rule.peers]
    meant = [peer.namespaces for peer in peers if peer.namespaces is not None and peer.pods.selects({})]
    there = namespaces(graph).values()
    return any(each.selects(STRANGER) for each in meant) or (
        len(there) > FEW_NAMESPACES and all(any(each.selects(labels) for each in meant) for labels in there)
    )


def where(blocks: Blocks) -> str:
    """A set of addresses in a sentence."""
    part = blocks.of_the_internet()
    if part >= WHOLE:
        return "the whole internet"
    if part >= LARGE:
        return f"{round(part * 100)} % of the internet"
    cidrs = blocks.cidrs()
    return ", ".join(cidrs[:4]) + (f" and {len(cidrs) - 4} more blocks" if len(cidrs) > 4 else "")


def is_large(blocks: Blocks) -> bool:
    """Whether it is much of the internet."""
    return blocks.of_the_internet() >= LARGE


def on(ports: Iterable[Port]) -> str:
    """Ports in a sentence."""
    names = sorted({str(port) for port in ports})
    return f" on {'ports' if len(names) > 1 else 'port'} {', '.join(names)}" if names and "" not in names else ""


def changed(seen: Unread, base: Graph | None) -> bool:
    """Whether what cannot be read may be another than it was."""
    old = base.resources.get(seen.resource.urn) if base else None
    return old is None or (old is not seen.resource and (old.inputs != seen.resource.inputs or seen.why is Why.UNKNOWN))
