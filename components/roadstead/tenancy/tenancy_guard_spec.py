"""How strictly a cluster's guard works, without Pulumi."""

from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core.problems import not_one_of, spec

ENFORCE, WARN = "enforce", "warn"
ACTIONS = {ENFORCE: ("Deny", "Audit"), WARN: ("Warn", "Audit")}
"""What the API server does with what breaks a rule. To deny and to warn at once is not allowed."""


@spec
class TenancyGuardSpec(TypedDict):
    """What happens to what the rules of a team's namespace do not admit."""

    isolation: NotRequired[str]
    """"enforce" refuses it; "warn" tells whoever asked, and the audit log. Default: "enforce"."""


def problems(guard: TenancyGuardSpec) -> list[str]:
    """What the types cannot say about it."""
    return not_one_of("isolation", "no such way", guard.get("isolation", ENFORCE), tuple(ACTIONS))
