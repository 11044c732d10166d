"""Whether somebody would get more rights than before, or has more than anybody should."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.offline.graph import EXAMPLE_ACCOUNT_ID, Graph, Resource
from roadstead.review.access.iam import acts, documents, listed, principals, statements
from roadstead.review.access.matrix import (
    ADMINISTER,
    EVERYBODY,
    IN_CLUSTER,
    PULL,
    WHOLE_CLUSTER,
    Cell,
    matrix,
    may,
    things,
    trusts,
    widened,
)
from roadstead.review.access.rbac import bindings
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import finding
from roadstead.review.workloads import objects, teams

WIDENED, TRUST_WIDENED, WILDCARD, PASS_ROLE, ORGANISATION, ANYBODY, FULL_ACCESS = IDS = (
    "access/widened",
    "access/trust-widened",
    "access/wildcard",
    "access/pass-role",
    "access/trust-of-organisation",
    "access/trust-of-anybody",
    "access/full-access-policy",
)
ROLE, KEY = "aws:iam/role:Role", "aws:kms/key:Key"
ATTACHMENTS = tuple(
    f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}"
    for kind in ("RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment")
)
IDENTITY_POLICIES = tuple(
    f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}" for kind in ("RolePolicy", "UserPolicy", "GroupPolicy")
)
FULL_ACCESS_POLICIES = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
NARROWING = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:SourceAccount", "aws:SourceArn")
"""Conditions that say who among everybody; any `sub` of a token does so too."""


def findings(diff: StackDiff) -> Iterator[Finding]:
    """What is wider than at the base, and what is too wide at the head. A new stack has no base to be wider than."""
    graph = diff.head
    if graph is None:
        return
    if diff.base is not None:
        yield from _widened(diff.base, graph)
        yield from _trust_widened(graph, trusts(diff.base), trusts(graph))
    yield from _cluster_wildcards(graph)
    yield from _policies(graph)
    for role in graph.of_type(ROLE):
        yield from _trust(graph, role)


def _widened(base: Graph, graph: Graph) -> Iterator[Finding]:
    before = matrix(base)
    known_people, known_teams = {cell.who for cell in before}, set(teams(base).values())
    roles = {str(role.inputs.get("name", role.name)): role for role in graph.of_type(ROLE)}
    nodes = _nodes(graph, roles)
    new = [cell for cell in widened(before, matrix(graph), things(base)) if not _is_no_news(cell, base, nodes)]
    whole = {(cell.who, cell.right) for cell in new if cell.what == WHOLE_CLUSTER}
    for who, group in groupby(sorted(new), key=lambda cell: cell.who):
        cells, own = list(group), _team_of(who, roles)
        is_own = all(cell.team == own for cell in cells) and not _is_of_another_account(who, graph)
        if is_own and own and who not in known_people and own not in known_teams:
            severity = Severity.NOTE
        elif not is_own or who == EVERYBODY or any(cell.right == ADMINISTER for cell in cells):
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
        yield finding(graph, _about(graph, who, roles), WIDENED, severity, what, do)


def _is_no_news(cell: Cell, base: Graph, nodes: set[str]) -> bool:
    """Whether it is nodes that pull what they run, or a group that had the right before, while it had members."""
    if cell.right == PULL:
        return cell.who in nodes
    granted = bindings(base).grants.get(("Group", cell.who), [])
    return cell.right in IN_CLUSTER and may(granted, cell.right, "" if cell.what == WHOLE_CLUSTER else cell.what)


def _nodes(graph: Graph, roles: Mapping[str, Resource]) -> set[str]:
    """The roles of nodes."""
    used = {str(group.inputs.get("nodeRoleArn")) for group in graph.of_type(NODE_GROUP)}
    return {name for name, role in roles.items() if role.computed.get("arn") in used}


def _is_of_another_account(who: str, graph: Graph) -> bool:
    """Whether it is an ARN of an account in which the graph makes nothing."""
    arns = [who, *(made.computed.get("arn") for made in graph.resources.values())]
    accounts = [arn.split(":")[4] for arn in arns if isinstance(arn, str) and arn.count(":") >= 5]
    own = set(accounts[1:])
    return who.startswith("arn:") and bool(own) and EXAMPLE_ACCOUNT_ID not in own and accounts[0] not in own


def _team_of(who: str, roles: Mapping[str, Resource]) -> str:
    if who in roles:
        return str((roles[who].inputs.get("tags") or {}).get("team", ""))
    parts = who.split(":")
    return parts[1] if parts[0] == "roadstead" and len(parts) == 3 else ""


def _about(graph: Graph, who: str, roles: Mapping[str, Resource]) -> Resource:
    """The resource that a finding about somebody is about: their role, their access entry, or their binding."""
    if who in roles:
        return roles[who]
    for entry in graph.of_type("aws:eks/accessEntry:AccessEntry"):
        if entry.inputs["principalArn"] == who:
            return entry
    for resource, body in objects(graph, "RoleBinding", "ClusterRoleBinding"):
        if any(str(subject["name"]) in who for subject in body.get("subjects") or []):
            return resource
    for resource, _, text in sorted(documents(graph), key=lambda found: found[0].urn):
        if who in text:
            return resource
    return next(iter(graph.resources.values()))


def _trust_widened(
    graph: Graph, base: Mapping[str, frozenset[str]], head: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    roles = {str(role.inputs.get("name", role.name)): role for role in graph.of_type(ROLE)}
    for name in head.keys() & base.keys():
        added = sorted(head[name] - base[name])
        if added:
            what = f"Role {name} may be taken on by more than before: {'; '.join(added)}."
            do = "Confirm that they are meant to have everything that the role may do."
            yield finding(graph, roles[name], TRUST_WIDENED, Severity.WARNING, what, do)


def _cluster_wildcards(graph: Graph) -> Iterator[Finding]:
    for resource, body in objects(graph, "Role", "ClusterRole"):
        for rule in body.get("rules") or []:
            starred = [part for part in ("apiGroups", "resources", "verbs") if "*" in (rule.get(part) or [])]
            if starred:
                what = f"{body['kind']} {body['metadata']['name']} has a rule with * in {', '.join(starred)}: whatever is added to Kubernetes later is allowed too."
                yield finding(
                    graph, resource, WILDCARD, Severity.ERROR, what, "Name the API groups, resources and verbs."
                )


def _policies(graph: Graph) -> Iterator[Finding]:
    """Identity policies that grant something: those of a role, and others where they are attached. A boundary grants nothing."""
    attachments = graph.of_type(*ATTACHMENTS)
    attached = {str(attachment.inputs.get("policyArn")) for attachment in attachments}
    for attachment in attachments:
        name = str(attachment.inputs.get("policyArn")).rpartition("/")[2]
        if name in FULL_ACCESS_POLICIES:
            what = f"{attachment.name} attaches {name}, which allows nearly everything in the account."
            yield finding(
                graph, attachment, FULL_ACCESS, Severity.ERROR, what, "Attach a policy of the actions that are needed."
            )
    for resource, _, text in documents(graph):
        grants = resource.type in IDENTITY_POLICIES or resource.computed.get("arn") in attached
        for statement in statements(text) if grants else ():
            yield from _statement(graph, resource, statement)


def _statement(graph: Graph, resource: Resource, statement: Mapping[str, Any]) -> Iterator[Finding]:
    if statement["Effect"] != "Allow" or "*" not in listed(statement.get("Resource", [])) or statement.get("Condition"):
        return
    if acts(statement, "iam:PassRole"):
        what = f"{resource.name} allows iam:PassRole on every role: whoever has it can work with the rights of any of them."
        yield finding(graph, resource, PASS_ROLE, Severity.ERROR, what, "Name the roles that may be passed.")
    broad = [action for action in listed(statement.get("Action", "*")) if action == "*" or action.endswith(":*")]
    if broad or "NotAction" in statement:
        what = f"{resource.name} allows {', '.join(broad) or 'all actions but a few'} on every resource."
        yield finding(graph, resource, WILDCARD, Severity.ERROR, what, "Name the actions and the resources.")


def _trust(graph: Graph, role: Resource) -> Iterator[Finding]:
    """Trust of everybody, of a whole AWS organisation, or of every repository of an owner on GitHub."""
    do = "Name the roles or repositories that may take it on."
    for statement in statements(role.inputs.get("assumeRolePolicy")):
        if statement["Effect"] != "Allow":
            continue
        conditions = {
            key: [str(value) for value in listed(values)]
            for keys in (statement.get("Condition") or {}).values()
            for key, values in keys.items()
        }
        for rule, whom in (*_everybody(statement, conditions), *_tokens(statement, conditions)):
            yield finding(graph, role, rule, Severity.ERROR, f"Role {role.name} trusts {whom}.", do)


def _everybody(statement: Mapping[str, Any], conditions: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    if "*" not in principals(statement) or set(NARROWING) & conditions.keys():
        return
    organisations = conditions.get("aws:PrincipalOrgID")
    if organisations:
        yield ORGANISATION, f"every principal of the organisation {', '.join(organisations)}"
    else:
        yield ANYBODY, "everybody in every AWS account"


def _tokens(statement: Mapping[str, Any], conditions: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    named = statement.get("Principal", {})
    providers = listed(named["Federated"]) if isinstance(named, dict) and "Federated" in named else []
    subjects = [value for key, values in conditions.items() if key.endswith(":sub") for value in values]
    wide = [subject for subject in subjects if _is_of_whole_owner(subject)]
    if wide:
        yield ORGANISATION, f"every repository that {', '.join(wide)} means"
    elif providers and not subjects:
        yield ANYBODY, f"every token of {', '.join(map(str, providers))}, whoever it was made for"


def _is_of_whole_owner(token: str) -> bool:
    """Whether a pattern of GitHub's or GitLab's subjects leaves the repository open; `owner@*/name` does not."""
    parts = token.split(":")
    if len(parts) < 2 or parts[0] not in ("repo", "project_path"):
        return token == "*"
    owner, _, name = parts[1].partition("/")
    return owner.split("@")[0] in ("", "*") or name.split("@")[0] in ("", "*")
