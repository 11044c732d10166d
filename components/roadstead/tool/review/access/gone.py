"""Who would no longer get in at all: people whose roles or access entries go, and whom a role no longer trusts."""

from collections.abc import Iterator

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.administrators import administrators
from roadstead.tool.review.access.ci import by_token
from roadstead.tool.review.access.lost import LOST, NAMED
from roadstead.tool.review.access.taken_away import arns_that_go
from roadstead.tool.review.access.trusts import Trust, beyond, trusts
from roadstead.tool.review.access.whose import PEOPLE_AND_CI, about, kind_of, roles, team_of
from roadstead.tool.review.admission.pods import templates
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.access_entry import entries
from roadstead.tool.review.views.namespace import teams


def findings(base: Graph, head: Graph) -> Iterator[Finding | Undecided]:
    """One for each team, by name. A team that goes as a whole is told in one line, CI otherwise by `lock-out/ci-trust`."""
    left, staying = _people(head), set(teams(head).values()) | {""}
    known = {made.principal for made in entries(head)}
    told = administrators(base)
    by_team: dict[tuple[str, bool], list[str]] = {}
    for who, arn in _people(base).items():
        if who in left or who in roles(head) or arn in known or arn in told or _is_renamed(who, base, head):
            continue
        team = team_of(base, who)
        if team not in staying or not by_token(trusts(base).get(who, ())):
            by_team.setdefault((team, team in staying), []).append(who)
    for (team, stays), those in sorted(by_team.items()):
        yield _finding(base, team, stays, sorted(those))
    yield from _untrusted(base, head)


def _untrusted(base: Graph, head: Graph) -> Iterator[Finding | Undecided]:
    """Roles that stay, and that somebody or the pods of an app could no longer take on."""
    before, after, gone = trusts(base), trusts(head), arns_that_go(base, head)
    bereft = _bereft(base, head)
    for name, role in roles(head).items():
        left = after.get(name, frozenset())
        missing = [
            trust
            for trust in beyond(before.get(name, ()), left)
            if trust.subject is None and not _is_a_pods(trust) and trust.principal not in gone
            if not any(_is_of_one_service(trust, other) for other in left)
        ]
        # Where a part of it remains, somebody narrowed it on purpose.
        narrowed = [trust for trust in missing if any(trust.covers(other) for other in left)]
        lost = [trust for trust in missing if trust not in narrowed]
        pods = [trust for trust in before.get(name, ()) if _is_a_pods(trust)]
        lost += [trust for trust in pods if str(trust) in bereft] if any(map(_is_a_pods, left)) else pods
        if (lost or narrowed) and role.trust.unread:
            yield from (Undecided((LOST,), unread) for unread in role.trust.unread)
            continue
        if lost:
            what = f"Role {name} could no longer be taken on by {some(sorted(map(str, lost)), NAMED)}."
            do = "Confirm that they do not need it any more."
            yield finding(head, role.resource, LOST, Severity.WARNING, what, do)
        if narrowed:
            kept = [other for other in left if any(trust.covers(other) for trust in narrowed)]
            what = f"Role {name} could no longer be taken on by all of {some(sorted(map(str, narrowed)), NAMED)}, but by {some(sorted(map(str, kept)), NAMED)}."
            do = "Confirm with whoever has the role that nobody is left out who needs it."
            yield finding(head, role.resource, LOST, Severity.NOTE, what, do)


def _bereft(base: Graph, head: Graph) -> set[str]:
    """Of which pods that stay none has any role any more, as trusts call them: their association or their account is another."""
    given = {str(trust) for those in trusts(head).values() for trust in those if _is_a_pods(trust)}
    before, after = _accounts(base), _accounts(head)
    return {account for urn, account in before.items() if urn in after and after[urn] not in given}


def _accounts(graph: Graph) -> dict[str, str]:
    """Whose pods are under which service account, as trusts call it."""
    return {
        each.resource.urn: f"pods of {each.namespace}/{each.spec.at('serviceAccountName').value}"
        for each in templates(graph)
    }


def _finding(base: Graph, team: str, stays: bool, those: list[str]) -> Finding:
    names = some(those, NAMED)
    whose = f" of team {team}" if team else ""
    if stays:
        what = f"Nobody{whose} would get in as {names} any more: with their roles or access entries they lose all that they could do."
    else:
        what = f"Team {team} goes as a whole: nobody would get in as {names} any more."
    do = "Confirm that nobody needs it, or that they get in another way before this one goes."
    return finding(base, about(base, those[0]), LOST, Severity.WARNING, what, do, "people")


def _people(graph: Graph) -> dict[str, str]:
    """The roles of people and CI by name with their ARN, and the ARNs of entries of whose roles the graph knows nothing."""
    own = {name: role.arn for name, role in roles(graph).items() if kind_of(graph, name) == PEOPLE_AND_CI}
    arns = set(own.values())
    return own | {
        entry.principal: entry.principal
        for entry in entries(graph)
        if isinstance(entry.principal, str) and entry.principal not in arns
    }


def _is_renamed(who: str, base: Graph, head: Graph) -> bool:
    """Whether whoever took a role on may take on a new one instead."""
    had = [trust for trust in trusts(base).get(who, ()) if not _is_a_pods(trust)]
    new = (those for name, those in trusts(head).items() if name not in trusts(base))
    return bool(had) and any(not beyond(had, those) for those in new)


def _is_of_one_service(trust: Trust, other: Trust) -> bool:
    """Whether both are of one service of AWS's, which asks in circumstances of its own."""
    return trust.principal == other.principal and trust.principal.endswith(".amazonaws.com")


def _is_a_pods(trust: Trust) -> bool:
    return trust.principal.startswith("pods of ")
