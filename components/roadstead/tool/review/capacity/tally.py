"""How many pods are in each domain of each spread constraint, kept while pods are put on nodes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from roadstead.tool.review.capacity.pods import Filled, Pod, Spread

Counts = dict[str, int]
"""By domain: how many pods are there that count."""


class Tally:
    """The counts of every constraint of some pods on some nodes."""

    def __init__(self, pods: Sequence[Pod], nodes: Sequence[Filled]) -> None:
        self._of: Mapping[str, list[tuple[Spread, Counts]]] = {
            pod.key: [(spread, _counts(spread, nodes)) for spread in pod.spreads] for pod in pods
        }
        self._changed_by: dict[str, list[tuple[Spread, Counts]]] = defaultdict(list)
        for watching in self._of.values():
            for spread, counts in watching:
                for key in spread.counted:
                    self._changed_by[key].append((spread, counts))

    def spreads(self, pod: Pod) -> Iterable[tuple[Spread, Counts]]:
        """The constraints of a pod, each with its counts."""
        return self._of[pod.key]

    def put(self, pod: Pod, node: Filled) -> None:
        """Puts one pod on a node."""
        node.put(pod)
        for spread, counts in self._changed_by[pod.key]:
            if node.node.name in spread.domains:
                counts[node.node.labels[spread.key]] += 1


def _counts(spread: Spread, nodes: Sequence[Filled]) -> Counts:
    found: Counts = {}
    for node in nodes:
        if node.node.name in spread.domains:
            domain, placed = node.node.labels[spread.key], node.placed
            found[domain] = found.get(domain, 0) + sum(placed[key] for key in spread.counted & placed.keys())
    return found
