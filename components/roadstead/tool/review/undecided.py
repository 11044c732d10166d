"""What rules cannot decide, in sentences."""

import re
from collections.abc import Iterable

from roadstead.core.names import some
from roadstead.tool.report.tree import kind
from roadstead.tool.review.finding import Undecided
from roadstead.tool.review.views.reading import Unread

NAMED = 3
"""How many resources a text names before it only counts."""


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
