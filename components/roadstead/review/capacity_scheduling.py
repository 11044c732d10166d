"""Where Kubernetes' scheduler would put pods: its filters and its scores, as its default profile has them.

Follows pkg/scheduler/framework/plugins of Kubernetes 1.36: NodeResourcesFit (LeastAllocated),
NodeResourcesBalancedAllocation, TaintToleration, NodeAffinity and PodTopologySpread. Affinity between pods, ports of the
host, extended resources and preemption are left out: no component of ours uses them.
https://kubernetes.io/docs/reference/scheduling/config/
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import NamedTuple

from roadstead.cluster.nodes import HOST_LABEL, ZONE_LABEL, Node
from roadstead.quantities import Amount
from roadstead.review.capacity_matching import liking, tolerates, unwanted, wants
from roadstead.review.workloads import Body, Workload, selects

UNKNOWN_CPU, UNKNOWN_MEMORY = 100, 200 * 1024**2
"""What scores reckon a pod with that asks for nothing: thousandths of a core, bytes."""
TAINT_WEIGHT, AFFINITY_WEIGHT, SPREAD_WEIGHT = 3, 2, 2
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

    @classmethod
    def of(cls, node: Node, room: Amount) -> "Filled":
        """An empty node."""
        return cls(node, int(room.cpu * 1000), int(room.memory), room.pods)

    def put(self, pod: "_Pod") -> None:
        """Puts one pod on it."""
        self.used_cpu += pod.cpu
        self.used_memory += pod.memory
        self.used_pods += 1
        self.shown_cpu += pod.cpu or UNKNOWN_CPU
        self.shown_memory += pod.memory or UNKNOWN_MEMORY
        self.placed[pod.key] += 1

    def fits(self, pod: "_Pod") -> bool:
        """Whether there is enough left for one more."""
        return (
            self.used_cpu + pod.cpu <= self.cpu
            and self.used_memory + pod.memory <= self.memory
            and self.used_pods < self.pods
        )


class _Spread(NamedTuple):
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
class _Pod:
    """What all pods of a workload have in common."""

    key: str
    cpu: int
    memory: int
    candidates: tuple[Filled, ...]
    liking: Mapping[str, int]
    unwanted: Mapping[str, int]
    spreads: tuple[_Spread, ...]


class Outcome(NamedTuple):
    """What became of pods."""

    left: Counter[str]
    """How many found no place, by the key of their workload."""
    tight: bool
    """Whether some workload would find no place for one more: then another order might leave pods out."""


def schedule(nodes: Sequence[Filled], demands: Sequence[Demand], daemons: Iterable[Workload], seed: int) -> Outcome:
    """Puts all pods on the nodes, in an order that the seed decides."""
    for daemon in daemons:
        for node in nodes:
            if tolerates(daemon.pod, node.node.taints) and wants(daemon.pod, node.node.labels):
                node.put(_pod(Demand(daemon, 1, None), [], []))
    workloads = [demand.workload for demand in demands]
    pods = [_pod(demand, nodes, workloads) for demand in demands]
    random = Random(seed)
    left: Counter[str] = Counter()
    for index in arrivals(demands, seed):
        chosen = _choice(pods[index], nodes, random)
        if chosen is None:
            left[pods[index].key] += 1
        else:
            chosen.put(pods[index])
    return Outcome(left, any(_choice(pod, nodes, random) is None for pod in pods))


def arrivals(demands: Sequence[Demand], seed: int) -> list[int]:
    """The order in which pods come, each as the index of its demand; what the cluster cannot do without comes first."""
    order = [index for index, demand in enumerate(demands) for _ in range(demand.pods)]
    Random(seed).shuffle(order)
    return sorted(order, key=lambda index: not _critical(demands[index].workload))


def _critical(workload: Workload) -> bool:
    priority: str = workload.pod.get("priorityClassName") or ""
    return priority.startswith("system-")


def takes(node: Node, workload: Workload, zones: frozenset[str] | None) -> bool:
    """Whether a node is one for a workload's pods, however full it is."""
    return (
        tolerates(workload.pod, node.taints)
        and wants(workload.pod, node.labels)
        and (zones is None or node.zone in zones)
    )


def _pod(demand: Demand, nodes: Sequence[Filled], workloads: Sequence[Workload]) -> _Pod:
    workload = demand.workload
    candidates = tuple(node for node in nodes if takes(node.node, workload, demand.zones))
    return _Pod(
        workload.key,
        math.ceil(workload.requests.cpu * 1000),
        math.ceil(workload.requests.memory),
        candidates,
        {node.node.name: liking(workload.pod, node.node.labels) for node in candidates},
        {node.node.name: unwanted(workload.pod, node.node.taints) for node in candidates},
        tuple(_spread(workload, constraint, nodes, workloads) for constraint in _constraints(workload)),
    )


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


def _spread(workload: Workload, constraint: Body, nodes: Sequence[Filled], workloads: Sequence[Workload]) -> _Spread:
    keys, selector = constraint.get("matchLabelKeys") or [], constraint.get("labelSelector") or {}

    def counts(other: Workload) -> bool:
        same = all(
            other.key == workload.key if key == HASH_LABEL else other.labels.get(key) == workload.labels.get(key)
            for key in keys
        )
        return same and other.namespace == workload.namespace and selects(selector, other.labels)

    def honoured(node: Node) -> bool:
        by_affinity = constraint.get("nodeAffinityPolicy") == "Ignore" or wants(workload.pod, node.labels)
        by_taints = constraint.get("nodeTaintsPolicy") != "Honor" or tolerates(workload.pod, node.taints)
        return by_affinity and by_taints and constraint["topologyKey"] in node.labels

    return _Spread(
        constraint["topologyKey"],
        constraint["maxSkew"],
        constraint["whenUnsatisfiable"] == "DoNotSchedule",
        constraint.get("minDomains") or 0,
        frozenset(other.key for other in workloads if counts(other)),
        int(counts(workload)),
        frozenset(node.node.name for node in nodes if honoured(node.node)),
    )


def _choice(pod: _Pod, nodes: Sequence[Filled], random: Random) -> Filled | None:
    """The best node for a pod, one of the best where there are several; nothing where it fits none."""
    fitting = [node for node in pod.candidates if node.fits(pod)]
    for spread in pod.spreads:
        if spread.hard:
            counts = _counts(spread, nodes)
            least = 0 if len(counts) < spread.min_domains else min(counts.values(), default=0)
            fitting = [
                node
                for node in fitting
                if spread.key in node.node.labels
                and counts.get(node.node.labels[spread.key], 0) + spread.itself - least <= spread.max_skew
            ]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    scores = _scores(pod, fitting, nodes)
    best = max(scores)
    return random.choice([node for node, score in zip(fitting, scores, strict=True) if score == best])


def _counts(spread: _Spread, nodes: Sequence[Filled]) -> dict[str, int]:
    """How many pods that count are in each domain."""
    found: dict[str, int] = {}
    for node in nodes:
        if node.node.name in spread.domains:
            domain = node.node.labels[spread.key]
            found[domain] = found.get(domain, 0) + sum(node.placed[key] for key in spread.counted)
    return found


def _scores(pod: _Pod, fitting: Sequence[Filled], nodes: Sequence[Filled]) -> list[int]:
    liked = _normalised([pod.liking[node.node.name] for node in fitting])
    borne = [100 - score for score in _normalised([pod.unwanted[node.node.name] for node in fitting])]
    spread = _spread_scores([spread for spread in pod.spreads if not spread.hard], fitting, nodes)
    return [
        _least_allocated(node, pod) + _balanced(node, pod) + TAINT_WEIGHT * b + AFFINITY_WEIGHT * a + SPREAD_WEIGHT * s
        for node, b, a, s in zip(fitting, borne, liked, spread, strict=True)
    ]


def _normalised(scores: list[int]) -> list[int]:
    most = max(scores)
    return [score * 100 // most for score in scores] if most else scores


def _least_allocated(node: Filled, pod: _Pod) -> int:
    cpu = node.shown_cpu + (pod.cpu or UNKNOWN_CPU)
    memory = node.shown_memory + (pod.memory or UNKNOWN_MEMORY)
    return (max(node.cpu - cpu, 0) * 100 // node.cpu + max(node.memory - memory, 0) * 100 // node.memory) // 2


def _balanced(node: Filled, pod: _Pod) -> int:
    if not pod.cpu and not pod.memory:
        return 0
    after = _balance(node, node.used_cpu + pod.cpu, node.used_memory + pod.memory)
    return 50 + (50 + after - _balance(node, node.used_cpu, node.used_memory)) // 2


def _balance(node: Filled, cpu: int, memory: int) -> int:
    return int((1 - abs(min(cpu / node.cpu, 1) - min(memory / node.memory, 1)) / 2) * 100)


def _spread_scores(spreads: Sequence[_Spread], fitting: Sequence[Filled], nodes: Sequence[Filled]) -> list[int]:
    if not spreads:
        return [0] * len(fitting)
    totals = [0.0] * len(fitting)
    for spread in spreads:
        counts = _counts(spread, nodes)
        domains = [node.node.labels.get(spread.key, "") for node in fitting]
        weight = math.log(len(set(domains)) + 2)
        for index, domain in enumerate(domains):
            totals[index] += counts.get(domain, 0) * weight + spread.max_skew - 1
    rounded = [math.floor(total + 0.5) for total in totals]
    most, least = max(rounded), min(rounded)
    return [100 * (most + least - score) // most for score in rounded] if most else [100] * len(rounded)


def used(nodes: Iterable[Filled]) -> Amount:
    """What has been put on nodes, together."""
    listed = list(nodes)
    cpu, memory = sum(node.used_cpu for node in listed), sum(node.used_memory for node in listed)
    return Amount(Fraction(cpu, 1000), Fraction(memory), sum(node.used_pods for node in listed))
