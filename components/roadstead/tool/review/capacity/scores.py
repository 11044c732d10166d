"""Which of the nodes that a pod fits the scheduler likes best.

Follows pkg/scheduler/framework/plugins of Kubernetes 1.36: NodeResourcesFit (LeastAllocated),
NodeResourcesBalancedAllocation, TaintToleration, NodeAffinity and PodTopologySpread, as the default profile weighs them.
https://kubernetes.io/docs/reference/scheduling/config/
"""

import math
from collections.abc import Sequence

from roadstead.tool.review.capacity.pods import UNKNOWN_CPU, UNKNOWN_MEMORY, Filled, Pod, Spread
from roadstead.tool.review.capacity.tally import Counts, Tally

TAINT_WEIGHT, AFFINITY_WEIGHT, SPREAD_WEIGHT = 3, 2, 2


def scores(pod: Pod, fitting: Sequence[Filled], tally: Tally) -> list[int]:
    """How much the scheduler likes each of the nodes that a pod fits."""
    liked = _normalised([pod.liking[node.node.name] for node in fitting])
    borne = [100 - score for score in _normalised([pod.unwanted[node.node.name] for node in fitting])]
    spread = _spread_scores([(spread, counts) for spread, counts in tally.spreads(pod) if not spread.hard], fitting)
    size = pod.cpu, pod.memory
    rooms = [node.scored.get(size) or _room(node, pod) for node in fitting]
    return [
        room + TAINT_WEIGHT * b + AFFINITY_WEIGHT * a + SPREAD_WEIGHT * s
        for room, b, a, s in zip(rooms, borne, liked, spread, strict=True)
    ]


def _normalised(scores: list[int]) -> list[int]:
    most = max(scores)
    return [score * 100 // most for score in scores] if most else scores


def _room(node: Filled, pod: Pod) -> int:
    """What only changes when something is put on the node, which is kept there."""
    found = _least_allocated(node, pod) + _balanced(node, pod)
    node.scored[pod.cpu, pod.memory] = found
    return found


def _least_allocated(node: Filled, pod: Pod) -> int:
    cpu = node.shown_cpu + (pod.cpu or UNKNOWN_CPU)
    memory = node.shown_memory + (pod.memory or UNKNOWN_MEMORY)
    return (max(node.cpu - cpu, 0) * 100 // node.cpu + max(node.memory - memory, 0) * 100 // node.memory) // 2


def _balanced(node: Filled, pod: Pod) -> int:
    if not pod.cpu and not pod.memory:
        return 0
    cpu, memory = node.cpu - node.free_cpu, node.memory - node.free_memory
    return 50 + (50 + _balance(node, cpu + pod.cpu, memory + pod.memory) - _balance(node, cpu, memory)) // 2


def _balance(node: Filled, cpu: int, memory: int) -> int:
    return int((1 - abs(min(cpu / node.cpu, 1) - min(memory / node.memory, 1)) / 2) * 100)


def _spread_scores(spreads: Sequence[tuple[Spread, Counts]], fitting: Sequence[Filled]) -> list[int]:
    if not spreads:
        return [0] * len(fitting)
    totals = [0.0] * len(fitting)
    for spread, counts in spreads:
        domains = [node.node.labels.get(spread.key, "") for node in fitting]
        there = set(domains)
        weight = math.log(len(there) + 2)
        scored = {domain: counts.get(domain, 0) * weight + spread.max_skew - 1 for domain in there}
        totals = [total + scored[domain] for total, domain in zip(totals, domains, strict=True)]
    rounded = [math.floor(total + 0.5) for total in totals]
    most, least = max(rounded), min(rounded)
    return [100 * (most + least - score) // most for score in rounded] if most else [100] * len(rounded)
