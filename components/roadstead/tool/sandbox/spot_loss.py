"""What happens when EC2 takes spot capacity back: nodes get two minutes' notice, are drained, and are gone."""

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from kubernetes.client import CoreV1Api

from roadstead.tool.sandbox.drain import drain, evictable_pods

SPOT = "eks.amazonaws.com/capacityType=SPOT"
NOTICE_SECONDS = 120.0
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html"""


@dataclass(frozen=True)
class LostNode:
    """A spot node that was taken away."""

    name: str
    in_time: bool
    """Whether its pods had moved before it went."""


def chosen(nodes: Iterable[str], fraction: float) -> list[str]:
    """The nodes that go: a fraction of all, rounded up, so that more than nothing of a few is never nothing."""
    names = sorted(nodes)
    return names[: math.ceil(round(fraction * len(names), 9))]


def take_away(
    core: CoreV1Api,
    fraction: float,
    notice_seconds: float = NOTICE_SECONDS,
    on_wait: Callable[[str], None] = lambda _: None,
) -> list[LostNode]:
    """Takes a fraction of the spot nodes away, all at once, as a lack of capacity does."""
    spot_nodes: list[Any] = core.list_node(label_selector=SPOT).items
    names = chosen((node.metadata.name for node in spot_nodes), fraction)
    # All are closed before the first is emptied: no pod moves from one lost node to the next.
    for name in names:
        core.patch_node(name, {"spec": {"unschedulable": True}})
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        emptied = list(pool.map(lambda name: drain(core, name, notice_seconds, on_wait), names))
    for name in names:
        for pod in evictable_pods(core, name):
            core.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)
        core.delete_node(name)
    return [LostNode(name, in_time) for name, in_time in zip(names, emptied, strict=True)]
