"""Whether somebody would get more rights than before, or has more than anybody should."""

from collections.abc import Iterator
from itertools import groupby

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access import boundaries, gone, lost, services, too_wide
from roadstead.tool.review.access.boundaries import BOUNDARY
from roadstead.tool.review.access.lost import LOST
from roadstead.tool.review.access.matrix import (
    WHOLE_CLUSTER,
    Cell,
    matrix,
    names,
    things,
    unknown_rules,
    widened,
)
from roadstead.tool.review.access.moved import moves, without_moved
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.access.rbac import bindings
from roadstead.tool.review.access.rights import ADMINISTER, IN_CLUSTER, PULL
from roadstead.tool.review.access.strangers import EVERYBODY
from roadstead.tool.review.access.trusts import Trust, beyond, refusals, trusts
from roadstead.tool.review.access.unseen import unseen
from roadstead.tool.review.access.whose import about, is_of_another_account, roles, team_of
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.review.views.namespace import owners, teams
from roadstead.tool.review.views.principal import ROLE
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.reference import text_of

WIDENED, TRUST_WIDENED = "access/widened", "access/trust-widened"
COMPARING = (WIDENED, TRUST_WIDENED, LOST, BOUNDARY)
IDS = (*COMPARING, *too_wide.IDS)
Said = Iterator[Finding | Undecided]
ALL_WHO_ASK = ("system:authenticated", "system:unauthenticated", "system:serviceaccounts")
"""Kubernetes' own groups of everybody."""
OF_IDENTITY_CENTER = "role/aws-reserved/sso.amazonaws.com/?*/AWSReservedSSO_?*"
"""The roles of everybody who signs in by way of Identity Center.

https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""


def findings(diff: StackDiff) -> Said:
    """What is wider or lost, and what is too wide at the head. A new stack has no base to be wider than."""
    graph = diff.head
    if graph is None:
        return
    if diff.base is not None:
        yield from _widened(diff.base, graph)
        yield from _unknown(diff.base, graph)
        yield from _trust_widened(diff.base, graph)
        yield from _given_away(diff.base, graph)
        yield from boundaries.findings(diff.base, graph)
        yield from gone.findings(diff.base, graph)
        yield from lost.findings(diff.base, graph)
        yield from services.findings(diff.base, graph)
    yield from too_wide.findings(graph)


def _widened(base: Graph, graph: Graph) -> Said:
    before, hidden = matrix(base), unseen(base, graph)
    known_people, known_teams = {cell.who for cell in before}, set(teams(base).values())
    nodes = _nodes(graph)
    yield from (Undecided((WIDENED,), unread) for unread in (*hidden.every, *unseen(graph, base).every))
    new = [
        cell
        for cell in widened(before, matrix(graph), things(base))
        if not hidden.hides(cell) and not _is_no_news(cell, base, nodes)
    ]
    whole = {(cell.who, cell.right) for cell in new if cell.what == WHOLE_CLUSTER}
    for who, group in groupby(sorted(new), key=lambda cell: cell.who):
        cells, own = list(group), team_of(graph, who)
        is_own = all(cell.team == own for cell in cells) and not is_of_another_account(who, graph)
        is_anybody = who.startswith(EVERYBODY) or who in ALL_WHO_ASK
        if is_own and own and who not in known_people and own not in known_teams:
            severity = Severity.NOTE
        elif not is_own or is_anybody or any(cell.right == ADMINISTER or cell.what == WHOLE_CLUSTER for cell in cells):
            severity = Severity.ERROR
        else:
            severity = Severity.WARNING
        # The whole cluster is every namespace.
        cells = [
            cell
            for cell in cells
            if cell.what == WHOLE_CLUSTER or (who, cell.right) not in whole or cell.right not in IN_CLUSTER
        ]
        rights = ", ".join(f"{cell.right} ({cell.what})" for cell in cells)
        whose = " and ".join(f"team {team}'s" if team else "the platform's" for team in sorted({c.team for c in cells}))
        what = f"{who} may do more than before with what is {whose}: {rights}."
        do = "Confirm that this is meant, with whoever owns it; otherwise take the rule, statement or binding back."
        yield finding(graph, about(graph, who, cells), WIDENED, severity, what, do)


def _is_no_news(cell: Cell, base: Graph, nodes: set[str]) -> bool:
    """Whether it is nodes that pull what they run, or a group that had the right before, while it had members."""
    if cell.right == PULL:
        return cell.who in nodes
    if cell.right not in IN_CLUSTER:
        return False
    granted = bindings(base).grants.get(("Group", cell.who), [])
    return bool({None, cell.name} & names(granted, cell.right, "" if cell.thing == WHOLE_CLUSTER else cell.thing))


def _unknown(base: Graph, graph: Graph) -> Iterator[Finding]:
    """Rights of which nobody here knows how far they go."""
    for who, what in sorted(unknown_rules(graph) - unknown_rules(base)):
        text = f"{who} would have {what}, and what that allows is not known here."
        do = "Look it up, and confirm that this is meant."
        yield finding(graph, about(graph, who), WIDENED, Severity.WARNING, text, do)


def _nodes(graph: Graph) -> set[str]:
    """The roles of nodes."""
    used = {text_of(Place.of(group).at("nodeRoleArn"), graph, ROLE) for group in graph.of_type(NODE_GROUP)}
    return {name for name, role in roles(graph).items() if role.arn in used}


def _trust_widened(base: Graph, graph: Graph) -> Said:
    """Roles that somebody new may take on; of new roles those that another account may."""
    before, after, denied, denies = trusts(base), trusts(graph), refusals(base), refusals(graph)
    had, moved = roles(base), list(moves(base, graph))
    for name in sorted(after):
        there = before.get(name, frozenset())
        hidden = [*roles(graph)[name].trust.unread, *(had[name].trust.unread if name in had else ())]
        if hidden and name in had and roles(graph)[name].trust != had[name].trust:
            yield from (Undecided((TRUST_WIDENED,), unread) for unread in hidden)
            continue
        added = [
            _in_words(trust)
            for trust in without_moved(beyond(after[name], there), there, after[name], moved)
            if name in before or is_of_another_account(trust.principal, graph)
        ]
        added += [
            f"what was denied, {text}" for text in sorted(denied.get(name, frozenset()) - denies.get(name, frozenset()))
        ]
        if added:
            what = f"Role {name} may be taken on by more than before: {'; '.join(added)}."
            do = "Confirm that they are meant to have everything that the role may do."
            yield finding(graph, roles(graph)[name].resource, TRUST_WIDENED, Severity.WARNING, what, do)


def _given_away(base: Graph, graph: Graph) -> Iterator[Finding]:
    """Namespaces that stay, and whose label names another team. Where the old name is gone and the new one is new, a team is renamed."""
    before, after = teams(base), teams(graph)
    for made in objects_of(graph, "Namespace"):
        name = str(made.name)
        old, new = before.get(name), after.get(name)
        is_renamed = old not in after.values() and new and new not in before.values()
        if (
            old
            and new is not None
            and old != new
            and not isinstance(owners(graph).get(name, ""), Unread)
            and not is_renamed
        ):
            whose = f"team {new}'s" if new else "no team's"
            what = f"Namespace {name} would be {whose} instead of team {old}'s: who answers for what runs there, and may change it, is another."
            do = f"Confirm it with team {old}, or keep the label."
            yield finding(graph, made.resource, WIDENED, Severity.WARNING, what, do)


def _in_words(trust: Trust) -> str:
    """A trust, and whether it is in everybody who signs in by way of Identity Center."""
    asked = [condition.value for condition in trust.conditions if condition.key.lower() == "aws:principalarn"]
    is_all = any(covered(OF_IDENTITY_CENTER, [value.split(":", 5)[-1]]) for value in asked)
    return f"{trust} (everybody of Identity Center)" if is_all else str(trust)
