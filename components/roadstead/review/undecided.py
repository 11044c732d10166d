"""Which rules cannot be decided, because what they look at is only known after creation, or secret."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.report.names import some
from roadstead.report.tree import kind
from roadstead.review.difference.made_up import leaves
from roadstead.review.finding import Undecided
from roadstead.review.rules import capacity, spot, upgrade, workload
from roadstead.review.stacks import APP, CLUSTER, TEAM
from roadstead.review.upgrade import versions
from roadstead.review.views.reading import Unread, Why
from roadstead.review.workloads import ENDING, SERVING

NAMED = 3
"""How many resources a text names before it only counts."""


class _Look(NamedTuple):
    """What some rules look at."""

    rules: tuple[str, ...]
    types: tuple[str, ...]
    """Patterns of types."""
    path: str
    """Pattern of paths in inputs and in what the provider answers."""


def _kinds(*names: str) -> tuple[str, ...]:
    return tuple(f"kubernetes:*:{name}" for name in names)


_PODS = _kinds(*SERVING, *ENDING)
_ON_NODES = (capacity.NO_NODE, capacity.REPLICAS, capacity.ZONE, spot.SINGLE, spot.STATEFUL, spot.GRACE, spot.FLOOR)
_BUDGETS = (workload.DRAIN, workload.BUDGETS)
_WHERE = r"metadata(\.(name|namespace|labels).*)?"
_NOT_THERE = r"(image|imagePullPolicy|serviceAccountName|env\[.*|envFrom\[.*|command\[.*|args\[.*)"
"""Of a pod's `spec`, what has nothing to do with where it may run, when it is ready and how it goes."""
LOOKS: tuple[_Look, ...] = (
    _Look(
        (*capacity.IDS, *spot.IDS),
        (NODE_GROUP,),
        r"(instanceTypes|scalingConfig|labels|taints|capacityType|subnetIds)\b.*",
    ),
    _Look((*capacity.IDS, spot.ZONES), ("aws:ec2/subnet:Subnet",), "availabilityZone"),
    _Look((*capacity.IDS, spot.FLOOR), (APP, CLUSTER, TEAM), "tier"),
    _Look(capacity.IDS, ("aws:eks/addon:Addon",), "addonName|configurationValues"),
    _Look((*_ON_NODES, capacity.QUOTAS), _kinds("Namespace"), _WHERE),
    _Look((*_ON_NODES, *_BUDGETS, workload.LIMIT), _PODS, _WHERE),
    _Look((*_ON_NODES, *_BUDGETS, workload.LIMIT, workload.PROBE), _PODS, rf"spec(?!.*\.{_NOT_THERE}$).*"),
    _Look((*_ON_NODES, *_BUDGETS), _kinds("HorizontalPodAutoscaler"), rf"{_WHERE}|spec.*"),
    _Look((*_ON_NODES, workload.LIMIT), _kinds("LimitRange"), rf"{_WHERE}|spec.*"),
    _Look(capacity.IDS, _kinds("ResourceQuota"), rf"{_WHERE}|spec.*"),
    _Look(
        capacity.IDS,
        _kinds("PersistentVolumeClaim", "PersistentVolume", "StorageClass"),
        rf"{_WHERE}|spec.*|allowedTopologies.*|volumeBindingMode",
    ),
    _Look(_BUDGETS, _kinds("PodDisruptionBudget"), rf"{_WHERE}|spec.*"),
    _Look((workload.REGISTRY, workload.PINNED, workload.RELEASED), _PODS, r".*\.image"),
    _Look((workload.REGISTRY, workload.RELEASED), ("aws:ecr/repository:Repository",), "repositoryUrl"),
    _Look((workload.REGISTRY, workload.RELEASED), (APP,), "image"),
    _Look((workload.RELEASED,), (APP,), "digest"),
    _Look((upgrade.SKEW, upgrade.REMOVED, upgrade.DEPRECATED), (versions.CLUSTER,), "version"),
    _Look((upgrade.SKEW,), (NODE_GROUP,), "releaseVersion|version"),
    _Look((upgrade.SKEW,), (versions.ADDON,), "addonName|addonVersion"),
)
"""By rule what an unknown value of keeps it from being decided; a test makes every value of every rule's own case unknown."""


def hidden(graph: Graph | None) -> list[Undecided]:
    """Every value of a stack that cannot be seen, with the rules that look at it."""
    return [
        Undecided(_that_look(resource, path), Unread(resource, path, _why(value)))
        for resource in (graph.resources.values() if graph else ())
        for path, value in leaves({**resource.computed, **resource.inputs})
        if isinstance(value, Unknown | Secret)
    ]


def _why(value: Unknown | Secret) -> Why:
    return Why.SECRET if isinstance(value, Secret) else Why.UNKNOWN


def _that_look(resource: Resource, path: str) -> tuple[str, ...]:
    return tuple(rule for look in LOOKS if _is_seen(look, resource, path) for rule in look.rules)


def _is_seen(look: _Look, resource: Resource, path: str) -> bool:
    return any(fnmatchcase(resource.type, type_) for type_ in look.types) and bool(re.fullmatch(look.path, path))


def texts(undecided: Iterable[Undecided]) -> list[str]:
    """One sentence for all rules that miss the same."""
    missing: dict[str, list[Unread]] = {}
    for each in undecided:
        for rule in each.rules:
            missing.setdefault(rule, []).append(each.unread)
    alike: dict[str, list[str]] = {}
    for rule in sorted(missing):
        alike.setdefault(_listed(missing[rule]), []).append(rule)
    return [f"{', '.join(rules)}: not decided: {what}." for what, rules in alike.items()]


def _listed(values: Iterable[Unread]) -> str:
    """`policy of Key data, payments (only known after creation); spec of Deployment api (secret)`."""
    names: dict[tuple[str, str, str], dict[str, None]] = {}
    for value in values:
        why = f"{value.why}: expected {value.expected}" if value.expected else str(value.why)
        key = (re.sub(r"\[.*?\]", "[]", value.path), kind(value.resource.type), why)
        names.setdefault(key, {})[value.resource.name] = None
    return "; ".join(
        f"{path} of {of} {some(list(those), NAMED)} ({why})" for (path, of, why), those in sorted(names.items())
    )
