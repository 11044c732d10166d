"""Which of AWS's own services could no longer use a key or an image repository: what they do with it stops."""

import re
from collections.abc import Iterator

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.iam import principals
from roadstead.tool.review.access.lost import LOST, NAMED
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.guarded import Guarded, keys, repositories


def findings(base: Graph, head: Graph) -> Iterator[Finding]:
    """One for each service and thing. What is narrowed by a condition is not lost."""
    for kind, of in (("key", keys), ("images", repositories)):
        there, left = of(base), of(head)
        for name in sorted(there.keys() & left.keys()):
            if there[name].unread or left[name].unread:
                continue
            after = _services(left[name])
            for service, actions in sorted(_services(there[name]).items()):
                kept = after.get(service, set())
                lost = sorted(action for action in actions if not covered(action, kept, ignore_case=True))
                if lost:
                    what = f"{service} could no longer use {some(lost, NAMED)} ({kind} {name})."
                    do = "Give it back, or confirm that the service needs it no more: it fails without it, and says so nowhere here."
                    yield finding(head, left[name].resource, LOST, Severity.WARNING, what, do)


def _services(thing: Guarded) -> dict[str, set[str]]:
    """What each service is allowed, be it the one of a region (`logs.eu-west-1.amazonaws.com`) or of all."""
    found: dict[str, set[str]] = {}
    for statement in thing.policy.statements:
        if statement["Effect"] == "Allow":
            for service in principals(statement, "Service"):
                name = re.sub(r"\.[a-z]{2}(-[a-z]+)+-\d(?=\.amazonaws\.)", "", service)
                found.setdefault(name, set()).update(statement.get("Action", []))
    return found
