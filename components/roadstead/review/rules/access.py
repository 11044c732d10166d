"""Whether somebody would get more rights than before, or has more than anybody should."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.offline.graph import EXAMPLE_ACCOUNT_ID, Graph, Resource
from roadstead.review.access import too_wide
from roadstead.review.access.account import KEY, ROLE, USER
from roadstead.review.access.matrix import (
    WHOLE_CLUSTER,
    Cell,
    matrix,
    names,
    things,
    unknown_rules,
    widened,
)
from roadstead.review.access.rbac import bindings
from roadstead.review.access.rights import ADMINISTER, IN_CLUSTER, PULL
from roadstead.review.access.strangers import EVERYBODY
from roadstead.review.access.trusts import beyond, refusals, trusts
from roadstead.review.change import StackDiff
from roadstead.review.difference.made_up import leaves
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import finding
from roadstead.review.workloads import objects, teams

WIDENED, TRUST_WIDENED = "access/widened", "access/trust-widened"
IDS = (WIDENED, TRUST_WIDENED, *too_wide.IDS)
ALL_WHO_ASK = ("system:authenticated", "system:unauthenticated", "system:serviceaccounts")
"""Kubernetes' own groups of everybody."""


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What is wider than at the base, and what is too wide at the head. A new stack has no base to be wider than."""
    graph = diff.head
    if graph is None:
        return
    if diff.base is not None:
        yield from _widened(diff.base, graph)
        yield from _unknown(diff.base, graph)
        yield from _trust_widened(diff.base, graph)
    yield from too_wide.findings(graph)


def _widened(base: Graph, graph: Graph) -> Iterator[Finding]:
    before = matrix(base)
    known_people, known_teams = {cell.who for cell in before}, set(teams(base).values())
    roles, nodes = _roles(graph), _nodes(graph)
    owners = teams(graph)
    new = [cell for cell in widened(before, matrix(graph), things(base)) if not _is_no_news(cell, base, nodes)]
    whole = {(cell.who, cell.right) for cell in new if cell.what == WHOLE_CLUSTER}
    for who, group in groupby(sorted(new), key=lambda cell: cell.who):
        cells, own = list(group), _team_of(who, roles, owners)
        is_own = all(cell.team == own for cell in cells) and not _is_of_another_account(who, graph)
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
        yield finding(graph, _about(graph, who, roles, cells), WIDENED, severity, what, do)


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
    roles = _roles(graph)
    for who, what in sorted(unknown_rules(graph) - unknown_rules(base)):
        text = f"{who} would have {what}, and what that allows is not known here."
        do = "Look it up, and confirm that this is meant."
        yield finding(graph, _about(graph, who, roles), WIDENED, Severity.WARNING, text, do)


def _roles(graph: Graph) -> dict[str, Resource]:
    """The roles and users by their names."""
    return {str(made.inputs.get("name", made.name)): made for made in graph.of_type(ROLE, USER)}


def _nodes(graph: Graph) -> set[str]:
    """The roles of nodes."""
    used = {str(group.inputs.get("nodeRoleArn")) for group in graph.of_type(NODE_GROUP)}
    return {name for name, role in _roles(graph).items() if role.computed.get("arn") in used}


def _is_of_another_account(who: str, graph: Graph) -> bool:
    """Whether it is an ARN of an account in which the graph makes nothing."""
    arns = [who, *(made.computed.get("arn") for made in graph.resources.values())]
    accounts = [arn.split(":")[4] for arn in arns if isinstance(arn, str) and arn.count(":") >= 5]
    own = set(accounts[1:])
    return who.startswith("arn:") and bool(own) and EXAMPLE_ACCOUNT_ID not in own and accounts[0] not in own


def _team_of(who: str, roles: Mapping[str, Resource], owners: Mapping[str, str]) -> str:
    """Whose somebody is: by the tag of a role, by our names of groups, by the namespace of a service account."""
    if who in roles:
        return str((roles[who].inputs.get("tags") or {}).get("team", ""))
    if who.startswith("ServiceAccount "):
        return owners.get(who.removeprefix("ServiceAccount ").partition("/")[0], "")
    parts = who.split(":")
    return parts[1] if parts[0] == "roadstead" and len(parts) == 3 else ""


def _about(graph: Graph, who: str, roles: Mapping[str, Resource], cells: Iterable[Cell] = ()) -> Resource:
    """The resource that a finding about somebody is about.

    Their role, their access entry, their binding, whatever names them, or the key or image repository that lets them in.
    """
    if who in roles:
        return roles[who]
    for entry in graph.of_type("aws:eks/accessEntry:AccessEntry"):
        if entry.inputs["principalArn"] == who:
            return entry
    for resource, body in objects(graph, "RoleBinding", "ClusterRoleBinding"):
        if any(str(subject["name"]) in who for subject in body.get("subjects") or []):
            return resource
    concerned = {cell.what for cell in cells}
    made = sorted((made for made in graph.resources.values() if made.custom), key=lambda made: made.urn)
    for resource in made:
        if any(who in text for _, text in leaves(resource.inputs) if isinstance(text, str)):
            return resource
    kinds = {KEY: "key", "aws:ecr/repository:Repository": "images"}
    return next((one for one in made if f"{kinds.get(one.type)} {one.name}" in concerned), made[0])


def _trust_widened(base: Graph, graph: Graph) -> Iterator[Finding]:
    """Roles that somebody new may take on; of new roles those that another account may."""
    before, after, denied, denies = trusts(base), trusts(graph), refusals(base), refusals(graph)
    roles = _roles(graph)
    for name in sorted(after):
        added = [
            str(trust)
            for trust in beyond(after[name], before.get(name, ()))
            if name in before or _is_of_another_account(trust.principal, graph)
        ]
        added += [f"what was denied, {text}" for text in sorted(denied.get(name, frozenset()) - denies[name])]
        if added:
            what = f"Role {name} may be taken on by more than before: {'; '.join(added)}."
            do = "Confirm that they are meant to have everything that the role may do."
            yield finding(graph, roles[name], TRUST_WIDENED, Severity.WARNING, what, do)
