"""Which nodes are for which pods: taints, node selector, node affinity, and the zones of volumes."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from roadstead.tool.review.views.node_group import Node
from roadstead.tool.review.views.placement import Placement, SpreadConstraint
from roadstead.tool.review.views.storage import Zones

Verdict = TypeVar("Verdict")


def takes(node: Node, placement: Placement, zones: Zones) -> bool:
    """Whether a node is one for pods, however full it is."""
    return placement.tolerates(node.taints) and placement.wants(node.labels) and (zones is None or node.zone in zones)


class Match(NamedTuple):
    """What pods make of some nodes."""

    candidates: tuple[int, ...]
    """Those that are for them, by their position."""
    liking: Mapping[str, int]
    unwanted: Mapping[str, int]


class Matches:
    """What pods make of some nodes, found once for all that say the same of nodes."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._matches: dict[tuple[Placement, Zones], Match] = {}
        self._domains: dict[tuple[Placement, str, bool, bool], frozenset[str]] = {}

    def of(self, placement: Placement, zones: Zones) -> Match:
        """The nodes that are for pods, and how they like them."""
        key = placement, zones
        if key not in self._matches:
            taken = self._judged(placement, lambda node: takes(node, placement, zones))
            candidates = tuple(position for position, its in enumerate(taken) if its)
            here = [self._nodes[position] for position in candidates]
            self._matches[key] = Match(
                candidates,
                {node.name: placement.liking(node.labels) for node in here},
                {node.name: placement.unwanted(node.taints) for node in here},
            )
        return self._matches[key]

    def domains(self, placement: Placement, constraint: SpreadConstraint) -> frozenset[str]:
        """The names of the nodes that count for a constraint."""

        def honoured(node: Node) -> bool:
            by_affinity = constraint.ignores_affinity or placement.wants(node.labels)
            by_taints = not constraint.honours_taints or placement.tolerates(node.taints)
            return by_affinity and by_taints and constraint.key in node.labels

        key = placement, constraint.key, constraint.ignores_affinity, constraint.honours_taints
        if key not in self._domains:
            counted = self._judged(placement, honoured)
            self._domains[key] = frozenset(node.name for node, its in zip(self._nodes, counted, strict=True) if its)
        return self._domains[key]

    def _judged(self, placement: Placement, judge: Callable[[Node], Verdict]) -> list[Verdict]:
        """What pods make of each node, found once for all nodes of a kind; those that name hosts look at each."""
        if placement.names_hosts:
            return [judge(node) for node in self._nodes]
        known: dict[tuple[str, str, str], Verdict] = {}
        for node in self._nodes:
            if node.kind not in known:
                known[node.kind] = judge(node)
        return [known[node.kind] for node in self._nodes]
