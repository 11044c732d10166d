"""Whether every pod has a place in whatever order they come: a bound that spares most stacks the trial of orders.

A pod is left out only when every node that it may go to is too full for it. To fill a node so far, others must take more of
its CPU, its memory or its number of pods than the pod leaves over. Each of them brings at most the largest of its parts of
the three, and all together cannot close more nodes than those parts add up to.
"""

from collections.abc import Iterable, Sequence

from roadstead.review.capacity.pods import Demand, Filled, Pod

ROUNDING = 1e-9
"""More than sums of so many parts can be off."""


def fits_in_any_order(nodes: Sequence[Filled], demands: Sequence[Demand], pods_of_each: Sequence[Pod]) -> bool:
    """Whether the pods of all demands are sure to find a place on nodes on which nothing but daemons is yet."""
    pods = [(pod, demand.pods) for pod, demand in zip(pods_of_each, demands, strict=True) if demand.pods]
    groups = {pod.key: {nodes[position].node.group.name for position in pod.candidates} for pod, _ in pods}
    for pod, _ in pods:
        neighbours = [(other, number) for other, number in pods if groups[other.key] & groups[pod.key]]
        choices = _choices(pod, nodes)
        if choices is None or not all(_some_stays_open(pod, choice, neighbours) for choice in choices):
            return False
    return True


def _choices(pod: Pod, nodes: Sequence[Filled]) -> list[list[Filled]] | None:
    """The sets of nodes of which each must keep one open; nothing where constraints are more than this can follow.

    A pod that must spread evenly may always go to a domain with the fewest: each domain has to keep a node open.
    """
    hard = [spread for spread in pod.spreads if spread.hard]
    candidates = [nodes[position] for position in pod.candidates]
    if not hard:
        return [candidates]
    if len(hard) > 1 or hard[0].min_domains:
        return None
    key = hard[0].key
    counted = {node.node.labels[key] for node in nodes if node.node.name in hard[0].domains}
    return [[node for node in candidates if node.node.labels.get(key) == domain] for domain in counted] or None


def _some_stays_open(pod: Pod, choice: Iterable[Filled], pods: Iterable[tuple[Pod, int]]) -> bool:
    """Whether so many pods, one of which it is itself, cannot close every node of a choice for it."""
    empty = [node for node in choice if node.fits(pod)]
    if not empty:
        return False
    closing_cpu = min(node.cpu - node.used_cpu for node in empty) - pod.cpu + 1
    closing_memory = min(node.memory - node.used_memory for node in empty) - pod.memory + 1
    closing_pods = min(node.pods - node.used_pods for node in empty)

    def part(other: Pod) -> float:
        return max(other.cpu / closing_cpu, other.memory / closing_memory, 1 / closing_pods)

    closed = sum(part(other) * number for other, number in pods) - part(pod)
    return closed * (1 + ROUNDING) < len(empty)
