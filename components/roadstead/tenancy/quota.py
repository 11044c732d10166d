"""A namespace's ceiling, what follows from it, and what apps take of it: arithmetic without Pulumi."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NotRequired, cast

from typing_extensions import TypedDict

from roadstead.core import quantities
from roadstead.core.problems import problem, spec
from roadstead.core.quantities import MOST_PODS, Amount, cpu_problems, memory_problems, parse

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import (
        LimitRangeItemArgsDict,
        ResourceQuotaSpecArgsDict,
        ScopedResourceSelectorRequirementArgsDict,
    )

CPU_LIMIT_FACTOR = 2
"""A container may burst to twice the CPU that it asked for; memory cannot be taken back, so its limit is its request."""
DEFAULT_STORAGE = "100Gi"
TEMPORARY_OF_A_POD = "2Gi"
"""What a quota that does not say gives for each pod."""
TEMPORARY = "ephemeral-storage"
"""Kubernetes' name of what is written to a node's disk: temporary volumes, logs and what a container changes of its image."""
LEAST_TEMPORARY, DEFAULT_TEMPORARY, MOST_TEMPORARY = "128Mi", "1Gi", "10Gi"
"""What a container asks for, may have when it does not say, and may have at most: a fifth of the smallest disk that is usual."""
CONTAINER_DEFAULTS = {"cpu": "100m", "memory": "128Mi"}
"""What a container gets that asks for nothing."""
SYSTEM_PRIORITIES = ("system-cluster-critical", "system-node-critical")
"""Pods with these evict everybody's: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/"""
LARGEST_CONTAINER_SHARE = 2
"""No container takes more than a half of its namespace."""


@spec
class QuotaSpec(TypedDict):
    """The ceiling of one namespace."""

    cpu: str
    """Sum of CPU requests, in cores, e.g. "12". Limits may sum up to twice as much."""
    memory: str
    """Sum of memory requests and of memory limits, e.g. "24Gi"."""
    pods: int
    """Number of pods."""
    storage: NotRequired[str]
    """Sum of volume sizes, e.g. "200Gi". Default: "100Gi"."""
    temporary_storage: NotRequired[str]
    """Sum of what containers may leave on the nodes' disks: temporary volumes and logs. Default: "2Gi" for each pod."""


def problems(quota: QuotaSpec) -> list[str]:
    """What the types cannot say about a quota."""
    found = cpu_problems("cpu", quota["cpu"], of_pod=False)
    found += memory_problems("memory", quota["memory"], of_pod=False)
    found += memory_problems("storage", quota.get("storage", DEFAULT_STORAGE), of_pod=False)
    if "temporary_storage" in quota:
        found += memory_problems("temporary_storage", quota["temporary_storage"], of_pod=False)
    if not 1 <= quota["pods"] <= MOST_PODS:
        found.append(problem("pods", "no number of pods", quota["pods"], f"1 to {MOST_PODS}"))
    return found or _default_problems(quota)


def _default_problems(quota: QuotaSpec) -> list[str]:
    """Whether a container that asks for nothing may have what it is given: the API server refuses a LimitRange otherwise."""
    largest, found = largest_container(quota), []
    burst = parse(CONTAINER_DEFAULTS["cpu"]) * CPU_LIMIT_FACTOR
    for kind, given, most, written in (
        ("cpu", burst, largest.cpu, quantities.cpu),
        ("memory", parse(CONTAINER_DEFAULTS["memory"]), largest.memory, quantities.memory),
    ):
        if given > most:
            least = written(given * LARGEST_CONTAINER_SHARE / (CPU_LIMIT_FACTOR if kind == "cpu" else 1))
            expected = (
                f"{least} or more: a container that asks for nothing may have {written(given)}, half of it at most"
            )
            found.append(problem(kind, "too little for one container", quota.get(kind), expected))
    return found


def scaled(quota: QuotaSpec, factor: int) -> QuotaSpec:
    """The quota of a larger tier."""
    return {
        "cpu": quantities.cpu(parse(quota["cpu"]) * factor),
        "memory": quantities.memory(parse(quota["memory"]) * factor),
        "pods": quota["pods"] * factor,
        "storage": quantities.memory(parse(quota.get("storage", DEFAULT_STORAGE)) * factor),
        "temporary_storage": quantities.memory(temporary(quota) * factor),
    }


def temporary(quota: QuotaSpec) -> Fraction:
    """Bytes that the namespace's containers may leave on nodes' disks together."""
    given = quota.get("temporary_storage")
    return parse(TEMPORARY_OF_A_POD) * quota["pods"] if given is None else parse(given)


def hard_limits(quota: QuotaSpec) -> dict[str, str]:
    """The `hard` of a ResourceQuota. Load balancers come from ingress, and a node's own ports would be everybody's.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    return {
        "requests.cpu": quota["cpu"],
        "limits.cpu": quantities.cpu(parse(quota["cpu"]) * CPU_LIMIT_FACTOR),
        "requests.memory": quota["memory"],
        "limits.memory": quota["memory"],
        f"requests.{TEMPORARY}": quantities.memory(temporary(quota)),
        f"limits.{TEMPORARY}": quantities.memory(temporary(quota)),
        "requests.storage": quota.get("storage", DEFAULT_STORAGE),
        "pods": str(quota["pods"]),
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def no_priority(allowed: Sequence[str]) -> "ResourceQuotaSpecArgsDict":
    """A ResourceQuota of no pods with a priority class that a team must not have; of none at all where it may have none.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/#resource-quota-per-priorityclass
    """
    which: ScopedResourceSelectorRequirementArgsDict = {"scope_name": "PriorityClass", "operator": "Exists"}
    if allowed:
        which |= {"operator": "In", "values": list(SYSTEM_PRIORITIES)}
    return {"hard": {"pods": "0"}, "scope_selector": {"match_expressions": [which]}}


def ceiling(quota: QuotaSpec) -> Amount:
    """What the namespace's pods may ask for together."""
    return Amount(parse(quota["cpu"]), parse(quota["memory"]), quota["pods"])


def largest_container(quota: QuotaSpec) -> Amount:
    """The highest limits that one container may have."""
    limits = ceiling(quota)
    share = LARGEST_CONTAINER_SHARE
    return Amount(limits.cpu * CPU_LIMIT_FACTOR / share, limits.memory / share, 1)


def container_limits(quota: QuotaSpec) -> "LimitRangeItemArgsDict":
    """The item of a LimitRange: what a container gets when it asks for nothing, and the most it may ask for."""
    largest = largest_container(quota)
    burst = parse(CONTAINER_DEFAULTS["cpu"]) * CPU_LIMIT_FACTOR
    return {
        "type": "Container",
        "default_request": CONTAINER_DEFAULTS,
        "default": {**CONTAINER_DEFAULTS, "cpu": quantities.cpu(burst)},
        "max": {"cpu": quantities.cpu(largest.cpu), "memory": quantities.memory(largest.memory)},
    }


def with_temporary(item: "LimitRangeItemArgsDict") -> "LimitRangeItemArgsDict":
    """Such an item that also says what containers leave on their node's disk."""
    amounts = {"default_request": LEAST_TEMPORARY, "default": DEFAULT_TEMPORARY, "max": MOST_TEMPORARY}
    more = {key: {**cast(dict[str, str], item.get(key, {})), TEMPORARY: size} for key, size in amounts.items()}
    return cast("LimitRangeItemArgsDict", {**item, **more})
