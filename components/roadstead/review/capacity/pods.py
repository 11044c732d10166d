"""Pods and nodes as the scheduler sees them: what they ask for and have left, and where they may go."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from roadstead.cluster.nodes import HOST_LABEL, ZONE_LABEL, Node
from roadstead.quantities import Amount
from roadstead.review.capacity.matching import liking, once_a_kind, tolerates, unwanted, wants
from roadstead.review.workloads import Body, Workload, selects

UNKNOWN_CPU, UNKNOWN_MEMORY = 100, 200 * 1024**2
"""What scores reckon a pod with that asks for nothing: thousandths of a core, bytes."""
HASH_LABEL = "pod-template-hash"


class Demand(NamedTuple):
    """Pods that are to run."""

    workload: Workload
    pods: int
    zones: frozenset[str] | None
    """The zones of their volumes; nothing where any zone will do."""


@dataclass
class Filled:
    """A node with what has been put on it. CPU in thousandths of a core, memory in bytes."""

    node: Node
    cpu: int
    memory: int
    pods: int
    used_cpu: int = 0
    used_memory: int = 0
    used_pods: int = 0
    shown_cpu: int = 0
    """As scores see it, where pods that ask for nothing count too."""
    shown_memory: int = 0
    placed: Counter[str] = field(default_factory=Counter)
    scored: dict[tuple[int, int], int] = field(default_factory=dict)
    """By the CPU and memory of a pod: how well it would fill the node, kept until something else is put there."""

    @classmethod
    def of(cls, node: Node, room: Amount) -> "Filled":
        """An empty node."""
        return cls(node, int(room.cpu * 1000), int(room.memory), room.pods)

    def put(self, pod: "Pod") -> None:
        """Puts one pod on it."""
        self.used_cpu += pod.cpu
        self.used_memory += pod.memory
        self.used_pods += 1
        self.shown_cpu += pod.cpu or UNKNOWN_CPU
        self.shown_memory += pod.memory or UNKNOWN_MEMORY
        self.placed[pod.key] += 1
        self.scored.clear()

    def fits(self, pod: "Pod") -> bool:
        """Whether there is enough left for one more."""
        return (
            self.used_cpu + pod.cpu <= self.cpu
            and self.used_memory + pod.memory <= self.memory
            and self.used_pods < self.pods
        )


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
    candidates: tuple[Filled, ...]
    liking: Mapping[str, int]
    unwanted: Mapping[str, int]
    spreads: tuple[Spread, ...]


def takes(node: Node, workload: Workload, zones: frozenset[str] | None) -> bool:
    """Whether a node is one for a workload's pods, however full it is."""
    return (
        tolerates(workload.pod, node.taints)
        and wants(workload.pod, node.labels)
        and (zones is None or node.zone in zones)
    )


def pod_of(demand: Demand, nodes: Sequence[Filled], workloads: Sequence[Workload]) -> Pod:
    """What all pods of a demand have in common, among these nodes and beside these workloads."""
    workload, body = demand.workload, demand.workload.pod
    taken = once_a_kind(body, partial(takes, workload=workload, zones=demand.zones))
    liked = once_a_kind(body, lambda node: liking(body, node.labels))
    borne = once_a_kind(body, lambda node: unwanted(body, node.taints))
    candidates = tuple(node for node in nodes if taken(node.node))
    return Pod(
        workload.key,
        math.ceil(workload.requests.cpu * 1000),
        math.ceil(workload.requests.memory),
        candidates,
        {node.node.name: liked(node.node) for node in candidates},
        {node.node.name: borne(node.node) for node in candidates},
        tuple(_spread(workload, constraint, nodes, workloads) for constraint in _constraints(workload)),
    )


def pods_of(demands: Sequence[Demand], nodes: Sequence[Filled]) -> list[Pod]:
    """What the pods of each demand have in common, in the order of the demands."""
    # Constraints count pods of their own namespace alone.
    neighbours: dict[str, list[Workload]] = {}
    for demand in demands:
        neighbours.setdefault(demand.workload.namespace, []).append(demand.workload)
    return [pod_of(demand, nodes, neighbours[demand.workload.namespace]) for demand in demands]


def moved(pods: Sequence[Pod], nodes: Sequence[Filled]) -> list[Pod]:
    """The same pods, for nodes that are like those that they were made for, with nothing put on them yet."""
    by_name = {node.node.name: node for node in nodes}
    return [replace(pod, candidates=tuple(by_name[node.node.name] for node in pod.candidates)) for pod in pods]


def _constraints(workload: Workload) -> Sequence[Body]:
    """A workload's own constraints, or the scheduler's."""
    own: Sequence[Body] = workload.pod.get("topologySpreadConstraints") or ()
    return own or [
        {
            "topologyKey": key,
            "maxSkew": max_skew,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": workload.labels},
        }
        for key, max_skew in ((HOST_LABEL, 3), (ZONE_LABEL, 5))
    ]


def _spread(workload: Workload, constraint: Body, nodes: Sequence[Filled], workloads: Sequence[Workload]) -> Spread:
    keys, selector = constraint.get("matchLabelKeys") or [], constraint.get("labelSelector") or {}

    def counts(other: Workload) -> bool:
        return (
            other.namespace == workload.namespace
            and selects(selector, other.labels)
            and all(
                other.key == workload.key if key == HASH_LABEL else other.labels.get(key) == workload.labels.get(key)
                for key in keys
            )
        )

    def honoured(node: Node) -> bool:
        by_affinity = constraint.get("nodeAffinityPolicy") == "Ignore" or wants(workload.pod, node.labels)
        by_taints = constraint.get("nodeTaintsPolicy") != "Honor" or tolerates(workload.pod, node.taints)
        return by_affinity and by_taints and constraint["topologyKey"] in node.labels

    counted = once_a_kind(workload.pod, honoured)
    return Spread(
        constraint["topologyKey"],
        constraint["maxSkew"],
        constraint["whenUnsatisfiable"] == "DoNotSchedule",
        constraint.get("minDomains") or 0,
        frozenset(other.key for other in workloads if counts(other)),
        int(counts(workload)),
        frozenset(node.node.name for node in nodes if counted(node.node)),
    )


def used(nodes: Iterable[Filled]) -> Amount:
    """What has been put on nodes, together."""
    listed = list(nodes)
    cpu, memory = sum(node.used_cpu for node in listed), sum(node.used_memory for node in listed)
    return Amount(Fraction(cpu, 1000), Fraction(memory), sum(node.used_pods for node in listed))
