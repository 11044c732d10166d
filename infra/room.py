"""Whether there is room for apps: on some node, and in the quota of their namespace. Pure functions to problems."""

from collections.abc import Mapping
from fractions import Fraction

from roadstead.cluster import capacity
from roadstead.cluster.capacity import MIB
from roadstead.core import quantities
from roadstead.core.problems import problem, shown
from roadstead.core.quantities import NOTHING, parse
from roadstead.core.tiers import TIERS
from roadstead.tenancy.quota import QuotaSpec, ceiling, largest_container, temporary
from roadstead.workload.app_spec import (
    DEFAULT_CPU,
    DEFAULT_MEMORY,
    cpu_limit,
    pod_size,
    replicas,
    surge,
    temporary_limit,
)
from spec import StackSpec, TeamAppSpec


def node_problems(here: str, app: TeamAppSpec, stack: StackSpec) -> list[str]:
    """Whether some group of nodes could ever run a pod of the app."""
    if "node_groups" not in stack:
        return []
    spot = app.get("spot", TIERS[stack["tier"]].spot)
    rooms = {name: capacity.room(group) for name, group in stack["node_groups"].items() if capacity.takes(group, spot)}
    if any(pod_size(app).fits(room) for room in rooms.values()):
        return []
    got = f"cpu {app.get('cpu', DEFAULT_CPU)}, memory {app.get('memory', DEFAULT_MEMORY)}, spot {shown(spot)}"
    offers = [f"{name}: cpu {quantities.cpu(room.cpu)}, memory {room.memory // MIB}Mi" for name, room in rooms.items()]
    expected = f"at most what a node has free ({'; '.join(offers)})" if offers else "a node group that takes such pods"
    return [f"{here}: fits no node; got {got}; expected {expected}"]


def quota_problems(where: str, quota: QuotaSpec, apps: Mapping[str, TeamAppSpec], tier: str) -> list[str]:
    """Whether the namespace's quota holds all its apps at their most, while the largest of them is rolled out."""
    file, found = where.partition(":")[0], list[str]()
    largest = largest_container(quota)
    for key, app in apps.items():
        here = f"{file}: apps.{key}"
        burst, memory = cpu_limit(app), app.get("memory", DEFAULT_MEMORY)
        if parse(burst) > largest.cpu:
            expected = f"a CPU request whose double is at most half of the namespace's, {quantities.cpu(largest.cpu)}"
            found.append(
                problem(f"{here}.cpu", "larger than the quota lets a pod be", app.get("cpu", DEFAULT_CPU), expected)
            )
        if parse(memory) > largest.memory:
            expected = f"at most half of the namespace's memory, {quantities.memory(largest.memory)}"
            found.append(problem(f"{here}.memory", "larger than the quota lets a pod be", memory, expected))

    if found:
        return found  # Their sum is too much in any case.
    most = [(pod_size(app), replicas(app, tier)["max"]) for app in apps.values()]
    peak = NOTHING
    for pod, pods in most:
        peak = peak.plus(pod.times(pods))
    surges = [pod.times(surge(pods)) for pod, pods in most] or [NOTHING]
    what = "the apps at their most, one being rolled out, take more than the quota"
    expected = "fewer replicas, smaller pods or a larger quota"
    allowed = ceiling(quota)
    disk = [(parse(temporary_limit(app)), replicas(app, tier)["max"]) for app in apps.values()]
    on_disks = sum(size * pods for size, pods in disk) + max((size * surge(pods) for size, pods in disk), default=0)
    if on_disks > temporary(quota):
        got = f"{quantities.memory(Fraction(on_disks))} of {quantities.memory(temporary(quota))}"
        found.append(problem(f"{where}.quota.temporary_storage", what, got, expected))
    for kind, written in (("cpu", quantities.cpu), ("memory", quantities.memory), ("pods", str)):
        needed = getattr(peak, kind) + max(getattr(extra, kind) for extra in surges)
        if needed > getattr(allowed, kind):
            got = f"{written(needed)} of {written(getattr(allowed, kind))}"
            found.append(problem(f"{where}.quota.{kind}", what, got, expected))
    return found
