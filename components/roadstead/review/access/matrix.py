"""Who may do what in an environment: the matrix of people, CI and pods against what is whose.

Computed from what the graph declares: RBAC objects, EKS access entries and policies, IAM roles, and the policies of keys
and image repositories. Who may take on a role is not part of it: that is `trusts`.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from roadstead.identity.boundary import TEAM_TAG
from roadstead.offline.graph import Graph
from roadstead.review.access.iam import Account, Role, Target, acts, listed, principals, statements
from roadstead.review.access.rbac import Grant, Subject, access_policy, allows, bindings
from roadstead.review.workloads import objects, teams

DEPLOY, EXEC, READ_SECRETS, DECRYPT, PUSH, PULL, ADMINISTER = RIGHTS = (
    "deploy",
    "exec",
    "read secrets",
    "decrypt",
    "push",
    "pull",
    "administer",
)
_RBAC = "rbac.authorization.k8s.io"
_BINDING = ("create", "update", "patch", "bind", "escalate")
IN_CLUSTER: Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    DEPLOY: (("apps", "deployments", ("create", "update", "patch")),),
    EXEC: (("", "pods/exec", ("create", "get")),),
    READ_SECRETS: (("", "secrets", ("get", "list", "watch")),),
    ADMINISTER: tuple(
        (_RBAC, kind, _BINDING) for kind in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")
    ),
}
"""What makes each right: any of these verbs on any of these resources."""
ON_KEYS = {DECRYPT: "kms:Decrypt", ADMINISTER: "kms:PutKeyPolicy"}
ON_REPOSITORIES = {PUSH: "ecr:PutImage", PULL: "ecr:BatchGetImage"}
SYSTEM_NAMESPACE, WHOLE_CLUSTER = "kube-system", "the whole cluster"
EVERYBODY = "everybody"
CONTEXT_PREFIX = "kms:EncryptionContext:"


class Cell(NamedTuple):
    """One thing that somebody may do."""

    who: str
    """Name of the IAM role, of the Kubernetes group where no role has it, or ARN of what the graph only names."""
    right: str
    team: str
    """Whose it is; nothing for the platform's own."""
    what: str
    """The namespace, key or image repository."""


def matrix(graph: Graph) -> frozenset[Cell]:
    """Everything that anybody may do."""
    account = Account.of(graph)
    return frozenset([*_in_cluster(graph, account), *_on_keys(account), *_on_repositories(account)])


def things(graph: Graph) -> frozenset[str]:
    """Everything that a cell can be about, whether anybody may do anything with it or not."""
    account = Account.of(graph)
    return frozenset(
        [
            SYSTEM_NAMESPACE,
            WHOLE_CLUSTER,
            *(body["metadata"]["name"] for _, body in objects(graph, "Namespace")),
            *(f"key {name}" for name in account.keys),
            *(f"images {name}" for name in account.repositories),
        ]
    )


def widened(base: frozenset[Cell], head: frozenset[Cell], known: frozenset[str]) -> list[Cell]:
    """The cells that are new, but for what follows from something being new.

    A new namespace, key or repository of a team is no widening for whoever has that right on the team's other ones, nor
    for whoever has it on every one of several teams'. `known` are the things that there were at the base.
    """
    had = {(cell.who, cell.right, cell.team) for cell in base}
    everywhere = {(cell.who, cell.right) for cell in base if cell.what == WHOLE_CLUSTER}
    teams = {cell.team for cell in base if cell.team}
    on_all = {
        (who, right) for who, right, _ in had if len(teams) > 1 and all((who, right, team) in had for team in teams)
    }
    return sorted(
        cell
        for cell in head - base
        if cell.what in known
        or ((cell.who, cell.right, cell.team) not in had and (cell.who, cell.right) not in everywhere | on_all)
    )


def trusts(graph: Graph) -> dict[str, frozenset[str]]:
    """Who may take on each role, in words: one for each principal and each set of conditions."""
    return {
        role.name: frozenset(
            text
            for statement in statements(role.trust)
            if statement["Effect"] == "Allow"
            for text in _trusted(statement)
        )
        for role in Account.of(graph).roles.values()
    }


def _trusted(statement: Mapping[str, object]) -> Iterator[str]:
    named = [principal for kind in ("AWS", "Federated", "Service") for principal in principals(statement, kind)]
    conditions: Mapping[str, Mapping[str, object]] = statement.get("Condition", {})  # type: ignore[assignment]
    choices = [
        [f"{key} {operator} {value}" for value in listed(values)]
        for operator, keys in sorted(conditions.items())
        for key, values in sorted(keys.items())
    ]
    for principal, *met in product(sorted(set(named)), *choices):
        yield " and ".join([f"{principal} where {met[0]}", *met[1:]] if met else [principal])


def subjects(graph: Graph, account: Account) -> dict[str, list[Grant]]:
    """What everybody that the API server lets in has: by access entry, and by binding where no entry has the group."""
    bound = bindings(graph)
    names = {arn: role.name for arn, role in account.roles.items()}
    found: dict[str, list[Grant]] = {}
    seen: set[tuple[str, str]] = set()
    for entry in graph.of_type("aws:eks/accessEntry:AccessEntry"):
        arn, groups = str(entry.inputs["principalArn"]), entry.inputs.get("kubernetesGroups") or []
        subject = Subject(str(entry.inputs.get("userName") or arn), frozenset([*groups, "system:authenticated"]))
        seen |= {("User", subject.user), *(("Group", group) for group in groups)}
        found.setdefault(names.get(arn, arn), []).extend(bound.to(subject))
    for policy in graph.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation"):
        arn = str(policy.inputs["principalArn"])
        grants = access_policy(str(policy.inputs["policyArn"]), policy.inputs.get("accessScope") or {})
        found.setdefault(names.get(arn, arn), []).extend(grants)
    for (kind, name), grants in bound.grants.items():
        if (kind, name) not in seen:
            found.setdefault(f"{kind} {name}" if kind != "Group" else name, []).extend(grants)
    return found


def may(grants: list[Grant], right: str, namespace: str) -> bool:
    """Whether grants give a right in a namespace; in the whole cluster for an empty one."""
    return any(
        allows(grants, namespace, api_group, resource, verb)
        for api_group, resource, verbs in IN_CLUSTER[right]
        for verb in verbs
    )


def _in_cluster(graph: Graph, account: Account) -> Iterator[Cell]:
    owners = teams(graph)
    namespaces = {body["metadata"]["name"] for _, body in objects(graph, "Namespace")} | {SYSTEM_NAMESPACE}
    for who, grants in subjects(graph, account).items():
        reached = {grant.namespace for grant in grants}
        for right in IN_CLUSTER:
            for namespace in sorted(namespaces if None in reached else namespaces & reached):
                if may(grants, right, namespace):
                    yield Cell(who, right, owners.get(namespace, ""), namespace)
            if may(grants, right, ""):
                yield Cell(who, right, "", WHOLE_CLUSTER)


def _on_keys(account: Account) -> Iterator[Cell]:
    for right, action in ON_KEYS.items():
        concerned = [role for role in account.roles.values() if _is_about(role, action)]
        for name, key in account.keys.items():
            for who in _allowed(account, action, key, concerned, _contexts(key.policy)):
                yield Cell(who, right, key.tags.get(TEAM_TAG, ""), f"key {name}")


def _on_repositories(account: Account) -> Iterator[Cell]:
    for right, action in ON_REPOSITORIES.items():
        concerned = [role for role in account.roles.values() if _is_about(role, action)]
        for name, repository in account.repositories.items():
            for who in _allowed(account, action, repository, concerned, [{}]):
                yield Cell(who, right, repository.tags.get(TEAM_TAG, ""), f"images {name}")


def _allowed(
    account: Account, action: str, target: Target, concerned: list[Role], contexts: list[dict[str, str]]
) -> set[str]:
    """Everybody who may: roles of the graph as IAM decides, and whomever else the policy names.

    Only a role that the policy names, or one of `concerned`, whose own policies are about the action, can be allowed.
    """
    named = {
        principal
        for statement in statements(target.policy)
        if statement["Effect"] == "Allow" and acts(statement, action)
        for principal in principals(statement)
    }
    close = [*concerned, *(account.roles[arn] for arn in named & account.roles.keys())]
    if "*" in named:
        close = list(account.roles.values())
    found = {role.name for role in close if any(account.may(role, action, target, **context) for context in contexts)}
    # The account itself is everybody whom its IAM lets, and that has been asked. An ARN may not be known yet.
    own_account = target.arn.split(":")[4] if target.arn.startswith("arn:") else ""
    for principal in named - account.roles.keys():
        if principal == "*":
            found.add(EVERYBODY)
        elif principal != own_account and not principal.endswith(f":{own_account}:root" if own_account else ":root"):
            found.add(principal)
    return found


def _is_about(role: Role, action: str) -> bool:
    return any(
        statement["Effect"] == "Allow" and acts(statement, action)
        for policy in role.policies
        for statement in statements(policy)
    )


def _contexts(policy: str | None) -> list[dict[str, str]]:
    """The encryption contexts that a caller might give: none, and what each statement of the policy asks for."""
    found: list[dict[str, str]] = [{}]
    for statement in statements(policy):
        asked = {
            key: str(listed(value)[0])
            for keys in statement.get("Condition", {}).values()
            for key, value in keys.items()
            if key.startswith(CONTEXT_PREFIX)
        }
        if asked and asked not in found:
            found.append(asked)
    return found
