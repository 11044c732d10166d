"""Where Kubernetes' scheduler would put pods: pod after pod, each on the node that it likes best of those that it fits.

Affinity between pods, ports of the host, extended resources and preemption are left out: no component of ours uses them.
https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

from roadstead.tool.review.capacity.matching import Matches
from roadstead.tool.review.capacity.orders import arrivals
from roadstead.tool.review.capacity.pods import Demand, Filled, Pod, fitting
from roadstead.tool.review.capacity.scores import scores
from roadstead.tool.review.capacity.tally import Tally


def run_daemons(nodes: Sequence[Filled], daemons: Iterable[Demand]) -> None:
    """Puts on each node what runs on every one that it tolerates."""
    matches = Matches([filled.node for filled in nodes])
    for daemon in daemons:
        pod = Pod.of(daemon.key, daemon.requests)
        for position in matches.of(daemon.placement, None).candidates:
            nodes[position].put(pod)


def schedule(nodes: Sequence[Filled], demands: Sequence[Demand], pods: Sequence[Pod], seed: int) -> Counter[str]:
    """Puts the pods of all demands on the nodes, in an order that the seed decides.

    How many find no place, by the key of their workload.
    """
    random, tally = Random(seed), Tally(pods, nodes)
    left: Counter[str] = Counter()
    for index in arrivals(demands, pods, nodes, seed):
        chosen = _choice(pods[index], nodes, tally, random)
        if chosen is None:
            left[pods[index].key] += 1
        else:
            tally.put(pods[index], chosen)
    return left


def _choice(pod: Pod, nodes: Sequence[Filled], tally: Tally, random: Random) -> Filled | None:
    """The best node for a pod, one of the best where there are several; nothing where it fits none."""
    left = fitting(pod, nodes)
    for spread, counts in tally.spreads(pod):
        if spread.hard:
            least = 0 if len(counts) < spread.min_domains else min(counts.values(), default=0)
            left = [
                node
                for node in left
                if spread.key in node.node.labels
                and counts.get(node.node.labels[spread.key], 0) + spread.itself - least <= spread.max_skew
            ]
    if len(left) < 2:
        return left[0] if left else None
    liked = scores(pod, left, tally)
    best = max(liked)
    return random.choice([node for node, score in zip(left, liked, strict=True) if score == best])
