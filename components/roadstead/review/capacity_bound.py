"""Whether every pod has a place in whatever order they come: a bound that spares most stacks the trial of orders.

A pod is left out only when every node that it may go to is too full for it. Filling a node so far takes others' CPU, memory
or number of pods; where all others together have not enough of them to do that to all nodes, no order can.
"""

from collections.abc import Iterable, Sequence

from roadstead.review.capacity_pods import Demand, Filled, Pod, pod_of


def fits_in_any_order(nodes: Sequence[Filled], demands: Sequence[Demand]) -> bool:
    """Whether all pods are sure to find a place on nodes on which nothing but daemons is yet."""
    workloads = [demand.workload for demand in demands]
    pods = [(pod_of(demand, nodes, workloads), demand.pods) for demand in demands if demand.pods]
    groups = {pod.key: {node.node.group.name for node in pod.candidates} for pod, _ in pods}
    for pod, _ in pods:
        neighbours = [(other, number) for other, number in pods if groups[other.key] & groups[pod.key]]
        cpu = sum(other.cpu * number for other, number in neighbours) - pod.cpu
        memory = sum(other.memory * number for other, number in neighbours) - pod.memory
        number = sum(number for _, number in neighbours) - 1
        choices = _choices(pod, nodes)
        if choices is None or not all(_some_stays_open(pod, choice, cpu, memory, number) for choice in choices):
            return False
    return True


def _choices(pod: Pod, nodes: Sequence[Filled]) -> list[list[Filled]] | None:
    """The sets of nodes of which each must keep one open; nothing where constraints are more than this can follow.

    A pod that must spread evenly may always go to a domain with the fewest: each domain has to keep a node open.
    """
    hard = [spread for spread in pod.spreads if spread.hard]
    if not hard:
        return [list(pod.candidates)]
    if len(hard) > 1 or hard[0].min_domains:
        return None
    key = hard[0].key
    counted = {node.node.labels[key] for node in nodes if node.node.name in hard[0].domains}
    return [[node for node in pod.candidates if node.node.labels.get(key) == domain] for domain in counted] or None


def _some_stays_open(pod: Pod, choice: Iterable[Filled], cpu: int, memory: int, number: int) -> bool:
    """Whether others with so much CPU, memory and pods cannot close every node of a choice for a pod."""
    empty = [node for node in choice if node.fits(pod)]
    if not empty:
        return False
    spare = (
        (cpu, min(node.cpu - node.used_cpu for node in empty) - pod.cpu),
        (memory, min(node.memory - node.used_memory for node in empty) - pod.memory),
        (number, min(node.pods - node.used_pods for node in empty) - 1),
    )
    closed = sum(_closed(load, margin, len(empty)) for load, margin in spare)
    return closed < len(empty)


def _closed(load: int, margin: int, nodes: int) -> int:
    """How many nodes a load can close at most, when each takes more than the margin."""
    return min(load // (margin + 1), nodes)
