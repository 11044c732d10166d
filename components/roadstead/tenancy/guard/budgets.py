"""What a PodDisruptionBudget may be: one that lets every node be drained.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

import re

from roadstead.tenancy.guard.allowed import Allowed
from roadstead.tenancy.guard.rule import CHANGED_SPEC, Body, Matched, Policy, Rule, get, text

NAME_LABEL = "app.kubernetes.io/name"


def _blocks(body: Body, _: Allowed) -> list[str]:
    least, most = get(body, "spec", "minAvailable"), get(body, "spec", "maxUnavailable")
    if least is not None:
        return [f"minAvailable {least}"]
    return [] if most is not None and not re.fullmatch("0+%?", str(most)) else [f"maxUnavailable {most or 0}"]


def _unhealthy(body: Body, _: Allowed) -> list[str]:
    chosen = text(body, "spec", "unhealthyPodEvictionPolicy") or "IfHealthyBudget"
    return [] if chosen == "AlwaysAllow" else [chosen]


def _second(body: Body, _: Allowed) -> list[str]:
    named = text(body, "spec", "selector", "matchLabels", NAME_LABEL)
    return [] if named == text(body, "metadata", "name") else [named or "no such label"]


BUDGETS = Policy(
    "disruption-budgets",
    (Matched("policy", ("v1",), ("poddisruptionbudgets",)),),
    ("PodDisruptionBudget",),
    CHANGED_SPEC,
    (),
    (
        Rule(
            "disruption-budgets/blocks-drains",
            "has(object.spec.minAvailable) ? ['minAvailable ' + string(object.spec.minAvailable)]"
            " : [string(object.spec.?maxUnavailable.orValue('0'))].filter(most, most.matches('^0+%?$'))"
            ".map(most, 'maxUnavailable ' + most)",
            _blocks,
            "maxUnavailable of 1 or more, and no minAvailable, which holds every pod as soon as there are no more than that",
        ),
        Rule(
            "disruption-budgets/unhealthy-pods",
            "[object.spec.?unhealthyPodEvictionPolicy.orValue('IfHealthyBudget')].filter(chosen, chosen != 'AlwaysAllow')",
            _unhealthy,
            "unhealthyPodEvictionPolicy AlwaysAllow: else a pod that never gets ready holds its node",
        ),
        Rule(
            "disruption-budgets/second-budget",
            f"[object.spec.?selector.?matchLabels[?'{NAME_LABEL}'].orValue('')]"
            ".filter(name, name != object.metadata.name).map(name, name == '' ? 'no such label' : name)",
            _second,
            f"a selector with matchLabels {NAME_LABEL} of the budget its own name: a pod with two budgets cannot be evicted at all",
        ),
    ),
)
