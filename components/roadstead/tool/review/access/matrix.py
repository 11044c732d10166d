"""Who may do what in an environment: the matrix of people, CI and pods against what is whose.

Computed from what the graph declares: RBAC objects, EKS access entries and policies, IAM roles, and the policies of keys
and image repositories. Who may take on a role is not part of it: that is in `trusts.py`.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from roadstead.identity.boundary import TEAM_TAG
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.account import Account
from roadstead.tool.review.access.iam import acts, principals, statements
from roadstead.tool.review.access.rbac import Grant, Subject, access_policy, allowed_names, bindings
from roadstead.tool.review.access.rights import (
    ADMINISTER,
    IN_ACCOUNT,
    IN_CLUSTER,
    OF_NO_NAMESPACE,
    ON_KEYS,
    ON_REPOSITORIES,
)
from roadstead.tool.review.access.strangers import strangers
from roadstead.tool.review.views.access_entry import associations, entries
from roadstead.tool.review.views.guarded import Guarded
from roadstead.tool.review.views.namespace import teams
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.policy import Document
from roadstead.tool.review.views.principal import Principal
from roadstead.tool.review.views.reading import Unread, once_for_both

SYSTEM_NAMESPACE, WHOLE_CLUSTER = "kube-system", "the whole cluster"
ENTRY_OF = "access entry"
"""Begins the name of somebody of whom nothing but their access entry can be read."""
CONTEXT_PREFIX = "kms:EncryptionContext:"


class Cell(NamedTuple):
    """One thing that somebody may do."""

    who: str
    """Name of the IAM role, of the Kubernetes group where no role has it, or ARN of what the graph only names."""
    right: str
    team: str
    """Whose it is; nothing for the platform's own."""
    what: str
    """The namespace, key or image repository; with the name of a single object in it where the right is about that one."""

    @property
    def thing(self) -> str:
        """The namespace, key or image repository alone."""
        return self.what.partition(": ")[0]

    @property
    def name(self) -> str | None:
        """The single object, if it is about one."""
        return self.what.partition(": ")[2] or None


@once_for_both(makes_no_pods)
def matrix(graph: Graph) -> frozenset[Cell]:
    """Everything that anybody may do."""
    account = Account.of(graph)
    return frozenset([*_in_cluster(graph), *_on_targets(account), *_in_account(account)])


def things(graph: Graph) -> frozenset[str]:
    """Everything that a cell can be about, whether anybody may do anything with it or not."""
    account = Account.of(graph)
    return frozenset(
        [
            SYSTEM_NAMESPACE,
            WHOLE_CLUSTER,
            *IN_ACCOUNT,
            *teams(graph),
            *(f"key {name}" for name in account.keys),
            *(f"images {name}" for name in account.repositories),
        ]
    )


def widened(base: frozenset[Cell], head: frozenset[Cell], known: frozenset[str]) -> list[Cell]:
    """The cells that are new, but for what follows from something being new.

    A new namespace, key or repository of a team is no widening for whoever has that right on the team's other ones, nor
    for whoever has it on every one of several teams'. Nor is it one to have a right for single names that one had for all.
    `known` are the things that there were at the base.
    """
    had = {(cell.who, cell.right, cell.team) for cell in base}
    exactly = {(cell.who, cell.right, cell.what) for cell in base}
    everywhere = {(cell.who, cell.right) for cell in base if cell.what == WHOLE_CLUSTER}
    teams = {cell.team for cell in base if cell.team}
    on_all = {
        (who, right) for who, right, _ in had if len(teams) > 1 and all((who, right, team) in had for team in teams)
    }
    return sorted(
        cell
        for cell in head - base
        # What somebody could do with a thing is not new where it becomes another team's.
        if not {(cell.who, cell.right, cell.what), (cell.who, cell.right, cell.thing)} & exactly
        if cell.thing in known
        or ((cell.who, cell.right, cell.team) not in had and (cell.who, cell.right) not in everywhere | on_all)
    )


@once_for_both(makes_no_pods)
def subjects(graph: Graph) -> dict[str, list[Grant]]:
    """What everybody that the API server lets in has: by access entry, and by binding where no entry has the group.

    Who cannot be told is known by their entry: no two are taken for one.
    """
    bound = bindings(graph)
    names = {arn: role.name for arn, role in Account.of(graph).roles.items()}

    def who(principal: str | Unread) -> str:
        return (
            f"{ENTRY_OF} {principal.resource.name}"
            if isinstance(principal, Unread)
            else names.get(principal, principal)
        )

    found: dict[str, list[Grant]] = {}
    seen: set[tuple[str, str]] = set()
    for entry in entries(graph):
        groups = [] if isinstance(entry.groups, Unread) else entry.groups
        user = entry.user if isinstance(entry.user, str) else str(entry.principal)
        seen |= {("User", user), *(("Group", group) for group in groups)}
        grants = bound.to(Subject(user, frozenset([*groups, "system:authenticated"])))
        found.setdefault(who(entry.principal), []).extend(grants)
    for association in associations(graph):
        found.setdefault(who(association.principal), []).extend(access_policy(association))
    for (kind, name), grants in bound.grants.items():
        if (kind, name) not in seen:
            found.setdefault(f"{kind} {name}" if kind != "Group" else name, []).extend(grants)
    return found


def unknown_rules(graph: Graph) -> frozenset[tuple[str, str]]:
    """Whoever has a role or an access policy whose rules nobody knows here, with what it is and where."""
    return frozenset(
        (who, f"{grant.unknown} ({grant.namespace or WHOLE_CLUSTER})")
        for who, grants in subjects(graph).items()
        for grant in grants
        if grant.unknown
    )


def names(grants: Iterable[Grant], right: str, namespace: str) -> frozenset[str | None]:
    """The names of objects for which grants give a right in a namespace (in the whole cluster for an empty one).

    Nothing in it stands for all of them.
    """
    grants = list(grants)
    return frozenset(
        name
        for api_group, resource, verbs in IN_CLUSTER[right]
        for verb in verbs
        for name in allowed_names(grants, "" if resource in OF_NO_NAMESPACE else namespace, api_group, resource, verb)
    )


def _in_cluster(graph: Graph) -> Iterator[Cell]:
    owners = teams(graph)
    every = sorted({*owners, SYSTEM_NAMESPACE})
    for who, grants in subjects(graph).items():
        reached = [name for name in every if any(grant.reaches(name) for grant in grants)]
        places = [*((name, name) for name in reached), ("", WHOLE_CLUSTER)]
        for right in IN_CLUSTER:
            for namespace, place in places:
                found = names(grants, right, namespace)
                for name in [None] if None in found else found:
                    what = place if name is None else f"{place}: {name}"
                    yield Cell(who, right, owners.get(namespace, ""), what)


def _on_targets(account: Account) -> Iterator[Cell]:
    for rights, targets, kind in ((ON_KEYS, account.keys, "key"), (ON_REPOSITORIES, account.repositories, "images")):
        for right, actions in rights.items():
            for action in actions:
                concerned = [role for role in account.roles.values() if _is_about(role, action)]
                for name, target in targets.items():
                    contexts = _contexts(target.policy) if kind == "key" else [{}]
                    for who in _allowed(account, action, target, concerned, contexts):
                        yield Cell(who, right, target.tags.get(TEAM_TAG, ""), f"{kind} {name}")


def _in_account(account: Account) -> Iterator[Cell]:
    for what, actions in IN_ACCOUNT.items():
        for role in account.roles.values():
            if any(_is_about(role, action) and account.may_somewhere(role, action) for action in actions):
                yield Cell(role.name, ADMINISTER, "", what)


def _allowed(
    account: Account, action: str, target: Guarded, concerned: list[Principal], contexts: list[dict[str, str]]
) -> set[str]:
    """Everybody who may: roles of the graph as IAM decides, and whomever else the policy names.

    Only a role that the policy names, or one of `concerned`, whose own policies are about the action, can be allowed.
    """
    granting = [s for s in statements(target.policy) if s["Effect"] == "Allow" and acts(s, action)]
    named = {principal for statement in granting for principal in principals(statement)}
    close = [*concerned, *(account.roles[arn] for arn in named & account.roles.keys())]
    if "*" in named:
        close = list(account.roles.values())
    found = {role.name for role in close if any(account.may(role, action, target, **context) for context in contexts)}
    # The account itself is everybody whom its IAM lets, and that has been asked. An ARN may not be known yet.
    own_account = target.arn.split(":")[4] if target.arn.startswith("arn:") else ""
    for principal in named - account.roles.keys() - {"*"}:
        if principal != own_account and not principal.endswith(f":{own_account}:root" if own_account else ":root"):
            found.add(principal)
    return found.union(*(strangers(statement, own_account) for statement in granting)) - account.roles.keys()


def _is_about(role: Principal, action: str) -> bool:
    return any(
        statement["Effect"] == "Allow" and acts(statement, action)
        for policy in role.policies
        for statement in statements(policy)
    )


def _contexts(policy: Document) -> list[dict[str, str]]:
    """The encryption contexts that a caller might give: none, and what each statement of the policy asks for."""
    found: list[dict[str, str]] = [{}]
    for statement in statements(policy):
        asked = {
            key: values[0]
            for keys in statement.get("Condition", {}).values()
            for key, values in keys.items()
            if key.startswith(CONTEXT_PREFIX) and values
        }
        if asked and asked not in found:
            found.append(asked)
    return found
