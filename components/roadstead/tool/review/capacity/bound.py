"""Whether every pod has a place in whatever order they come: a bound that spares most stacks the trial of orders.

A pod is left out only when every node that it may go to is too full for it. To fill a node so far, others must take more of
its CPU, its memory or its number of pods than the pod leaves over. Each of them brings at most the largest of its parts of
the three, and all together cannot close more nodes than those parts add up to.
"""

from collections.abc import Iterable, Sequence

from roadstead.tool.review.capacity.pods import Demand, Filled, Pod

ROUNDING = 1e-9
"""More than sums of so many parts can be off."""


def fits_in_any_order(nodes: Sequence[Filled], demands: Sequence[Demand], pods_of_each: Sequence[Pod]) -> bool:
    """Whether the pods of all demands are sure to find a place on nodes on which nothing but daemons is yet."""
    pods = [(pod, asked.pods) for pod, asked in zip(pods_of_each, demands, strict=True) if asked.pods]
    groups = {pod.key: {nodes[position].node.group.name for position in pod.candidates} for pod, _ in pods}
    most = {pod.key: _most_in_one(pod, number, nodes) for pod, number in pods}
    critical = {asked.key for asked in demands if asked.is_critical}
    for pod, own in pods:
        choices = _choices(pod, nodes)
        key = next((spread.key for spread in pod.spreads if spread.hard), "")
        others = [
            (other, most[other.key].get(key, number))
            for other, number in pods
            if other.key != pod.key and groups[other.key] & groups[pod.key]
            # What the cluster cannot do without comes before everything else.
            if pod.key not in critical or other.key in critical
        ]
        neighbours = [*others, (pod, min(own - 1, most[pod.key].get(key, own)))]
        if choices is None or not all(_some_stays_open(pod, choice, neighbours) for choice in choices):
            return False
    return True


def _most_in_one(pod: Pod, number: int, nodes: Sequence[Filled]) -> dict[str, int]:
    """By the key of a domain: how many of so many pods one domain can get, where they must spread evenly.

    The last that came there found no more than `max_skew` above the fewest, and every other domain has at least the fewest.
    """
    found = {}
    for spread in pod.spreads:
        if spread.hard and spread.counted == {pod.key}:
            domains = len({node.node.labels[spread.key] for node in nodes if node.node.name in spread.domains})
            found[spread.key] = (number + (domains - 1) * spread.max_skew) // max(domains, 1)
    return found


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
    """Whether so many pods beside it cannot close every node of a choice for it."""
    empty = [
        node for node in choice if pod.cpu <= node.free_cpu and pod.memory <= node.free_memory and node.free_pods > 0
    ]
    if not empty:
        return False
    closing_cpu = min(node.free_cpu for node in empty) - pod.cpu + 1
    closing_memory = min(node.free_memory for node in empty) - pod.memory + 1
    closing_pods = min(node.free_pods for node in empty)

    def part(other: Pod) -> float:
        return max(other.cpu / closing_cpu, other.memory / closing_memory, 1 / closing_pods)

    closed = sum(part(other) * number for other, number in pods)
    return closed * (1 + ROUNDING) < len(empty)
