"""Network policies that let everybody in, and did not before."""

from collections.abc import Iterator

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.exposure.opening import Opening
from roadstead.tool.review.exposure.reach import (
    Allowed,
    before,
    beyond,
    is_large,
    known,
    on,
    over,
    readable,
    rules_of,
    unread,
    where,
)
from roadstead.tool.review.views.network_policy import INGRESS, NetworkPolicy, Rule
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.selector import EVERYTHING


def newly_open(base: Graph | None, head: Graph) -> Iterator[Opening | Unread]:
    """The policies by which much of the internet, or every namespace, reaches pods that it did not reach."""
    yield from unread(head)
    for policy in readable(head):
        reached = _newly_reached(policy, base, head) if INGRESS in policy.rules else None
        if reached:
            whom = [where(reached.blocks)] if is_large(reached.blocks) else []
            whom += ["pods of every namespace"] if reached.every_namespace else []
            by = "anywhere" if whom[0] == "the whole internet" else " and ".join(whom)
            yield Opening(policy.resource, f"{policy} lets connections in from {by}{on(reached.ports)}")


def _newly_reached(policy: NetworkPolicy, base: Graph | None, head: Graph) -> Allowed | None:
    """What a policy opens of some pods; nothing where each of them was as open."""
    rules = policy.rules[INGRESS]
    if not _is_open(beyond(rules, [], head, base)):
        return None
    pods = [
        each
        for each in known(head).values()
        if each.namespace == policy.namespace and policy in over(head, each, INGRESS)
    ]
    for options in [before(base, head, each, INGRESS) for each in pods] or [[]]:
        opened = [beyond(rules, option, head, base) for option in [*options, _of_the_same(policy, base)]]
        if all(map(_is_open, opened)):
            return opened[0]
    return None


def _is_open(allowed: Allowed) -> bool:
    return is_large(allowed.blocks) or allowed.every_namespace


def _of_the_same(policy: NetworkPolicy, base: Graph | None) -> list[Rule]:
    """What was let in to all that a policy means, or to more: pods that come later follow from that."""
    old = [
        each
        for each in (readable(base) if base else [])
        if each.namespace == policy.namespace and each.pods in (policy.pods, EVERYTHING) and INGRESS in each.rules
    ]
    return rules_of(old, INGRESS)
