"""Pods and nodes as the scheduler sees them: what they ask for and have left, and where they may go."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from roadstead.cluster.nodes import HOST_LABEL, ZONE_LABEL
from roadstead.core.quantities import Amount
from roadstead.tool.review.capacity.matching import Matches
from roadstead.tool.review.views.node_group import Node
from roadstead.tool.review.views.placement import Placement, SpreadConstraint
from roadstead.tool.review.views.selector import Selector
from roadstead.tool.review.views.storage import Storage, Zones, zones
from roadstead.tool.review.views.whole import seen, whole
from roadstead.tool.review.views.workload import Workload

UNKNOWN_CPU, UNKNOWN_MEMORY = 100, 200 * 1024**2
"""What scores reckon a pod with that asks for nothing: thousandths of a core, bytes."""
HASH_LABEL = "pod-template-hash"


class Demand(NamedTuple):
    """Pods that are to run, of which everything that counts can be read."""

    workload: Workload
    pods: int
    requests: Amount
    placement: Placement
    zones: Zones
    """Those of their volumes."""
    labels: Mapping[str, str]
    spread: tuple[SpreadConstraint, ...]
    is_critical: bool

    @property
    def key(self) -> str:
        """What tells it from every other one."""
        return self.workload.key

    @property
    def namespace(self) -> str:
        """Where it runs; where that cannot be read, nothing else runs there."""
        said = self.workload.namespace
        return said if isinstance(said, str) else self.workload.resource.urn


@whole
def demand(workload: Workload, storage: Storage) -> Demand:
    """A workload at its most."""
    return Demand(
        workload,
        seen(workload.most),
        seen(workload.requests),
        seen(workload.pod.placement),
        seen(zones(storage, workload.namespace, seen(workload.pod.claims), seen(workload.claims))),
        seen(workload.labels),
        seen(workload.pod.spread),
        seen(workload.pod.is_critical),
    )


@dataclass
class Filled:
    """A node with what is left on it. CPU in thousandths of a core, memory in bytes."""

    node: Node
    cpu: int
    memory: int
    free_cpu: int
    free_memory: int
    free_pods: int
    shown_cpu: int = 0
    """What is taken as scores see it, where pods that ask for nothing count too."""
    shown_memory: int = 0
    placed: Counter[str] = field(default_factory=Counter)
    scored: dict[tuple[int, int], int] = field(default_factory=dict)
    """By the CPU and memory of a pod: how well it would fill the node, kept until something else is put there."""

    @classmethod
    def of(cls, node: Node, room: Amount) -> "Filled":
        """An empty node."""
        cpu, memory = int(room.cpu * 1000), int(room.memory)
        return cls(node, cpu, memory, cpu, memory, room.pods)

    def copied(self) -> "Filled":
        """As full a one."""
        return replace(self, placed=self.placed.copy(), scored={})

    def put(self, pod: "Pod") -> None:
        """Puts one pod on it."""
        self.free_cpu -= pod.cpu
        self.free_memory -= pod.memory
        self.free_pods -= 1
        self.shown_cpu += pod.cpu or UNKNOWN_CPU
        self.shown_memory += pod.memory or UNKNOWN_MEMORY
        self.placed[pod.key] += 1
        self.scored.clear()


def fitting(pod: "Pod", nodes: Sequence[Filled]) -> list[Filled]:
    """The nodes that are for a pod and have enough left for one more."""
    cpu, memory = pod.cpu, pod.memory
    candidates = [nodes[position] for position in pod.candidates]
    return [node for node in candidates if cpu <= node.free_cpu and memory <= node.free_memory and node.free_pods > 0]


class Spread(NamedTuple):
    """A topology spread constraint of a pod."""

    key: str
    max_skew: int
    hard: bool
    min_domains: int
    counted: frozenset[str]
    """The pods that count, by their workload."""
    itself: int
    """1 if the pod counts itself."""
    domains: frozenset[str]
    """The nodes that count, by name."""


@dataclass(frozen=True)
class Pod:
    """What all pods of a workload have in common."""

    key: str
    cpu: int
    memory: int
    candidates: Sequence[int] = ()
    """The nodes that are for it, however full they are, by their position."""
    liking: Mapping[str, int] = field(default_factory=dict)
    """By name of a node: how much it prefers it."""
    unwanted: Mapping[str, int] = field(default_factory=dict)
    """By name of a node: how many of its taints ask it to stay away."""
    spreads: tuple[Spread, ...] = ()

    @classmethod
    def of(cls, key: str, requests: Amount) -> "Pod":
        """One that only asks for something."""
        return cls(key, math.ceil(requests.cpu * 1000), math.ceil(requests.memory))


def pods_of(demands: Sequence[Demand], nodes: Sequence[Filled]) -> list[Pod]:
    """What the pods of each demand have in common among these nodes, in the order of the demands."""
    matches = Matches([filled.node for filled in nodes])
    # Constraints count pods of their own namespace alone.
    neighbours: dict[str, list[Demand]] = {}
    for each in demands:
        neighbours.setdefault(each.namespace, []).append(each)
    return [_pod(each, matches, neighbours[each.namespace]) for each in demands]


def _pod(demand: Demand, matches: Matches, neighbours: Sequence[Demand]) -> Pod:
    alone = Pod.of(demand.key, demand.requests)
    match = matches.of(demand.placement, demand.zones)
    spreads = tuple(_spread(demand, constraint, matches, neighbours) for constraint in _constraints(demand))
    return Pod(alone.key, alone.cpu, alone.memory, match.candidates, match.liking, match.unwanted, spreads)


def _constraints(demand: Demand) -> Sequence[SpreadConstraint]:
    """A workload's own constraints, or the scheduler's."""
    return demand.spread or [
        SpreadConstraint(key, max_skew, is_hard=False, min_domains=0, selector=Selector(demand.labels, ()))
        for key, max_skew in ((HOST_LABEL, 3), (ZONE_LABEL, 5))
    ]


def _spread(demand: Demand, constraint: SpreadConstraint, matches: Matches, neighbours: Sequence[Demand]) -> Spread:
    def counts(other: Demand) -> bool:
        return constraint.selector.selects(other.labels) and all(
            other.key == demand.key if key == HASH_LABEL else other.labels.get(key) == demand.labels.get(key)
            for key in constraint.label_keys
        )

    return Spread(
        constraint.key,
        constraint.max_skew,
        constraint.is_hard,
        constraint.min_domains,
        frozenset(other.key for other in neighbours if counts(other)),
        int(counts(demand)),
        matches.domains(demand.placement, constraint),
    )


def used(nodes: Iterable[Filled]) -> Amount:
    """What has been put on nodes, together."""
    listed = list(nodes)
    cpu, memory = (
        sum(node.cpu - node.free_cpu for node in listed),
        sum(node.memory - node.free_memory for node in listed),
    )
    return Amount(Fraction(cpu, 1000), Fraction(memory), sum(node.placed.total() for node in listed))
