"""Credentials that stand in clear where everybody can read them: in Git, in the state, in the cluster or the account."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from roadstead.core.names import some
from roadstead.tool.report.tree import kind
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.in_clear import in_clear, written

(IN_CLEAR,) = IDS = ("secrets/in-clear",)
NAMED = 3
DO = "Change it where it is used, since whoever reads Git has it, and let the program read it from a Secret."
_OF_CONTAINER = re.compile(
    r"(?:^|.*\.)\w*[cC]ontainers\[(?P<container>[^]]*)]\.(?P<list>env|command|args)\[(?P<name>[^]]*)].*"
)


class _Place(NamedTuple):
    """Where in a resource there is one, as a sentence says it."""

    where: str
    name: str
    """What of it; nothing where that says it all."""
    keys: tuple[str, ...]
    """What a team file calls it."""


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What looks like a credential in what providers are given. The value itself is in no text."""
    if diff.head is None:
        return
    found = in_clear(diff.head)
    for urn, made in diff.head.resources.items():
        paths = dict.fromkeys([*(each.path for each in found.get(urn, ())), *written(made)])
        # A component is given the same as what it makes of it. A policy is not told of everything who manages it.
        if not paths or made.external or (not made.custom and diff.head.children(urn)):
            continue
        by_where: dict[str, list[_Place]] = {}
        for place in map(_place, paths):
            by_where.setdefault(place.where, []).append(place)
        for where, those in by_where.items():
            names = list(dict.fromkeys(place.name for place in those if place.name))
            what = f"{kind(made.type)} {made.name} has what looks like a credential in clear in {where}{some(names, NAMED)}."
            keys = those[0].keys if len(names) == 1 else those[0].keys[:1]
            yield finding(diff.head, made, IN_CLEAR, Severity.WARNING, what, DO, *keys)


def _place(path: str) -> _Place:
    """`spec.template.spec.containers[app].env[DATABASE_URL].value`: variable DATABASE_URL of container app."""
    found = _OF_CONTAINER.fullmatch(path)
    if found is None:
        return _Place("", path, ())
    of = f"container {found['container']}"
    if found["list"] == "env":
        return _Place(f"{of}, variable ", found["name"], ("env", found["name"]))
    return _Place(f"{of}, {found['list']}", "", (found["list"],))
