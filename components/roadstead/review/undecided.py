"""Which rules cannot be decided, because what they look at is only known after creation."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.offline.graph import Graph, Resource, Unknown
from roadstead.report.tree import kind
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding
from roadstead.review.made_up import leaves
from roadstead.review.rules import Rule, access, capacity, lock_out, spot, workload
from roadstead.review.stacks import APP, CLUSTER, TEAM
from roadstead.review.workloads import ENDING, SERVING

NOT_DECIDED = "not decided in a preview, only known after creation"
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
_GRANTING = (access.WILDCARD, access.PASS_ROLE)
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
    _Look((workload.REGISTRY,), ("aws:ecr/repository:Repository",), "repositoryUrl"),
    _Look((workload.REGISTRY,), (APP,), "image"),
    _Look((workload.RELEASED,), (APP,), "digest"),
    _Look(
        (lock_out.LAST_ADMIN, lock_out.BREAK_GLASS),
        ("aws:eks/accessPolicyAssociation:AccessPolicyAssociation",),
        r"principalArn|policyArn|accessScope.*",
    ),
    _Look((lock_out.BREAK_GLASS,), (CLUSTER,), "break_glass"),
    _Look((lock_out.ROOT,), (lock_out.KEY,), "policy|bypassPolicyLockoutSafetyCheck"),
    _Look(_GRANTING, (*access.IDENTITY_POLICIES, "aws:iam/policy:Policy"), "policy"),
    _Look((*_GRANTING, access.FULL_ACCESS), access.ATTACHMENTS, "policyArn"),
    _Look((access.WILDCARD,), _kinds("Role", "ClusterRole"), r"rules.*"),
    _Look((access.ORGANISATION, access.ANYBODY), (access.ROLE,), "assumeRolePolicy"),
)
"""By rule what an unknown value of keeps it from being decided; a test makes every value of every rule's own case unknown."""


class Answers(NamedTuple):
    """What rules say of a stack of which some values are not known."""

    findings: tuple[Finding, ...]
    undecided: tuple[str, ...]
    """Sentences, each of which begins with the ids (or the family) that it is about."""


def asked(rules: Iterable[Rule], diff: StackDiff) -> Answers:
    """Asks rules. One that breaks on what is not known is told; where everything is known it is an error of ours."""
    found: list[Finding] = []
    broken = []
    unknown = list(_unknown(diff.head)) if diff.head else []
    for rule in rules:
        try:
            found.extend(rule(diff))
        except Exception:
            if not unknown:
                raise
            broken.append(_broken(rule))
    return Answers(tuple(found), (*broken, *_texts(unknown)))


def _broken(rule: Rule) -> str:
    family = rule.__module__.rpartition(".")[2].replace("_", "-")
    return f"{family}/…: {NOT_DECIDED}: something that these rules reckon with."


def _unknown(graph: Graph) -> Iterator[tuple[Resource, str]]:
    """Every value that is not known, by resource and path."""
    for resource in graph.resources.values():
        for path, value in leaves({**resource.computed, **resource.inputs}):
            if isinstance(value, Unknown):
                yield resource, path


def _texts(unknown: Iterable[tuple[Resource, str]]) -> list[str]:
    """One sentence for all rules that miss the same."""
    missing: dict[str, list[tuple[Resource, str]]] = {}
    for resource, path in unknown:
        rules = {
            rule
            for look in LOOKS
            if any(fnmatchcase(resource.type, type_) for type_ in look.types) and re.fullmatch(look.path, path)
            for rule in look.rules
        }
        for rule in rules:
            missing.setdefault(rule, []).append((resource, path))
    alike: dict[str, list[str]] = {}
    for rule in sorted(missing):
        alike.setdefault(_listed(missing[rule]), []).append(rule)
    return [f"{', '.join(rules)}: {NOT_DECIDED}: {what}." for what, rules in alike.items()]


def _listed(values: Iterable[tuple[Resource, str]]) -> str:
    """`policy of Key data, payments, storefront; image of 6 Deployment: …`."""
    names: Mapping[tuple[str, str], dict[str, None]] = {}
    for resource, path in values:
        key = (re.sub(r"\[.*?\]", "[]", path), kind(resource.type))
        names.setdefault(key, {})[resource.name] = None  # type: ignore[attr-defined]
    return "; ".join(f"{path} of {of} {_named(list(those))}" for (path, of), those in sorted(names.items()))


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
