"""The orders in which pods may come. Nobody knows which one it will be: those that waste most room are tried, and chance."""

from collections.abc import Callable, Sequence
from random import Random

from roadstead.tool.review.capacity.pods import Demand, Filled, Pod

Preference = Callable[[Pod, Sequence[Filled]], tuple[float, ...]]


def arrivals(demands: Sequence[Demand], pods: Sequence[Pod], nodes: Sequence[Filled], seed: int) -> list[int]:
    """The order in which all pods come, each as the index of its demand; what the cluster cannot do without comes first.

    The seed decides on the kind of order, each in its turn, and on all that the kind leaves open.
    """
    random = Random(seed)
    apps = list(range(len(demands)))
    random.shuffle(apps)
    kind = seed % (len(APP_BY_APP) + 1)
    order = [index for index in apps for _ in range(demands[index].pods)]
    if kind < len(APP_BY_APP):
        ranks = [APP_BY_APP[kind](pod, nodes) for pod in pods]
        order.sort(key=lambda index: ranks[index])
    else:
        random.shuffle(order)
    return sorted(order, key=lambda index: not demands[index].is_critical)


def _flexible_first(pod: Pod, nodes: Sequence[Filled]) -> tuple[float, ...]:
    """Those that may go anywhere take the few nodes that others must have."""
    return -len(pod.candidates), *_small_first(pod, nodes)


def _small_first(pod: Pod, nodes: Sequence[Filled]) -> tuple[float, ...]:
    """The small take a little of every node, and none is left whole for the large."""
    return (_size(pod, nodes),)


def _large_first(pod: Pod, nodes: Sequence[Filled]) -> tuple[float, ...]:
    return (-_size(pod, nodes),)


def _any_first(_pod: Pod, _nodes: Sequence[Filled]) -> tuple[float, ...]:
    return ()


APP_BY_APP: tuple[Preference, ...] = (_flexible_first, _small_first, _large_first, _any_first)
"""The kinds of order in which all pods of an app come together. One more kind mixes them."""


def _size(pod: Pod, nodes: Sequence[Filled]) -> float:
    """The part of all nodes' CPU or memory that a pod takes, whichever is more."""
    cpu, memory = sum(node.cpu for node in nodes), sum(node.memory for node in nodes)
    return max(pod.cpu / max(cpu, 1), pod.memory / max(memory, 1))
