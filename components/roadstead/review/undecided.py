"""Which rules cannot be decided, because what they look at is only known after creation, or secret."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from roadstead.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.report.names import some
from roadstead.report.tree import kind
from roadstead.review.access import too_wide
from roadstead.review.access.account import KEY, ROLE
from roadstead.review.difference.made_up import leaves
from roadstead.review.finding import Undecided
from roadstead.review.rules import lock_out
from roadstead.review.stacks import CLUSTER
from roadstead.review.views.reading import Unread, Why

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


_GRANTING = (too_wide.WILDCARD, too_wide.PASS_ROLE)
LOOKS: tuple[_Look, ...] = (
    _Look(
        (lock_out.LAST_ADMIN, lock_out.BREAK_GLASS),
        ("aws:eks/accessPolicyAssociation:AccessPolicyAssociation",),
        r"principalArn|policyArn|accessScope.*",
    ),
    _Look((lock_out.BREAK_GLASS,), (CLUSTER,), "break_glass"),
    _Look((lock_out.ROOT,), (KEY,), "policy|bypassPolicyLockoutSafetyCheck"),
    _Look(_GRANTING, (*too_wide.IDENTITY_POLICIES, "aws:iam/policy:Policy"), "policy"),
    _Look((*_GRANTING, too_wide.FULL_ACCESS), too_wide.ATTACHMENTS, "policyArn"),
    _Look((too_wide.WILDCARD,), _kinds("Role", "ClusterRole"), r"rules.*"),
    _Look((too_wide.ORGANISATION, too_wide.ANYBODY), (ROLE,), "assumeRolePolicy"),
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
