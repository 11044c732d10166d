"""A small evaluator of IAM: would AWS let this principal do this? Over the documents that a graph declares.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for one account:
identity policies, permissions boundaries, and the policies of keys, image repositories and roles. What it does not know (a
condition's operator, the content of a policy of AWS's own) it takes for allowed rather than forbidden, but for a policy of
AWS's that is not in `MANAGED`: that one grants nothing here.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from roadstead.offline.graph import Graph, Resource

Context = Mapping[str, str]
Statement = Mapping[str, Any]
_PULL = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
]
_PUSH = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
MANAGED: Mapping[str, list[str]] = {
    "AdministratorAccess": ["*"],
    "PowerUserAccess": ["ecr:*", "eks:*", "kms:*"],
    "AmazonEC2ContainerRegistryFullAccess": ["ecr:*"],
    "AmazonEC2ContainerRegistryPowerUser": _PULL + _PUSH,
    "AmazonEC2ContainerRegistryPullOnly": _PULL,
    "AmazonEC2ContainerRegistryReadOnly": _PULL,
}
"""What AWS's own policies allow on every resource, as far as keys and images are concerned.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, 2026-11-21
"""


def listed(value: Any) -> list[Any]:
    """A value that IAM takes alone or in a list, as a list."""
    return list(value) if isinstance(value, list | tuple) else [value]


@cache
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    regex = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile(regex, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)


def like(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text is one that a pattern with `*` and `?` means."""
    return _pattern(pattern, ignore_case).fullmatch(text) is not None


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "ArnEquals": like,
    "StringLike": like,
    "ArnLike": like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}


def condition_holds(operator: str, key: str, allowed: Any, context: Context) -> bool | None:
    """Whether a condition holds; nothing for an operator that is not known here."""
    value = context.get(key)
    wanted = [str(item) for item in listed(allowed)]
    if operator == "Null":
        return (value is None) is (wanted == ["true"])
    name = operator.removesuffix("IfExists")
    positive = name.replace("Not", "", 1)
    if positive not in _OPERATORS:
        return None
    if value is None:
        return name != positive or operator != name
    return any(_OPERATORS[positive](item, value) for item in wanted) is (name == positive)


def matches(statement: Statement, action: str, resource: str, context: Context) -> bool:
    """Whether a statement is about an action on a resource under these circumstances."""
    concerns = _names(statement, "Resource", resource)
    conditions = [
        condition_holds(operator, key, allowed, context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, allowed in keys.items()
    ]
    unsure = statement["Effect"] == "Allow"
    return concerns and acts(statement, action) and all(unsure if held is None else held for held in conditions)


def acts(statement: Statement, action: str) -> bool:
    """Whether a statement is about an action, on whatever resource."""
    return _names(statement, "Action", action, ignore_case=True)


def _names(statement: Statement, element: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether an element names a text, or its opposite does not. A resource's own policy may leave the resource out."""
    if f"Not{element}" in statement:
        return not any(like(pattern, text, ignore_case=ignore_case) for pattern in listed(statement[f"Not{element}"]))
    return any(like(pattern, text, ignore_case=ignore_case) for pattern in listed(statement.get(element, "*")))


def effect(document: str | None, action: str, resource: str, context: Context) -> str | None:
    """`Deny`, `Allow` or nothing: what a document without principals says."""
    effects = {s["Effect"] for s in statements(document) if matches(s, action, resource, context)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


@cache
def statements(document: str | None) -> tuple[Statement, ...]:
    """The statements of a document; none of one that is not there or whose text is not known yet."""
    try:
        return tuple(listed(json.loads(document)["Statement"])) if document else ()
    except (ValueError, KeyError, TypeError):
        return ()


def principals(statement: Statement, kind: str = "AWS") -> list[str]:
    """The principals of a kind that a statement names; `*` for everybody."""
    named = statement.get("Principal", {})
    return [str(principal) for principal in listed(named if named == "*" else named.get(kind, []))]


@dataclass
class Role:
    """A role as a graph declares it."""

    arn: str
    name: str
    """Its own name where it has one, else the program's name of it."""
    trust: str
    policies: list[str] = field(default_factory=list)
    boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Target:
    """Something with a policy of its own."""

    arn: str
    policy: str | None
    tags: Mapping[str, str]


@dataclass
class Account:
    """The roles, keys and image repositories of a stack."""

    roles: dict[str, Role]
    """By ARN."""
    keys: dict[str, Target]
    """By the program's name, as `repositories`."""
    repositories: dict[str, Target]

    @classmethod
    def of(cls, graph: Graph) -> "Account":
        """What a graph declares."""
        own = {_arn(policy): policy.inputs["policy"] for policy in graph.of_type("aws:iam/policy:Policy")}
        roles, by_name = {}, {}
        for made in graph.of_type("aws:iam/role:Role"):
            role = Role(
                _arn(made),
                str(made.inputs.get("name", made.name)),
                made.inputs["assumeRolePolicy"],
                boundary=own.get(made.inputs.get("permissionsBoundary", "")),
                tags=made.inputs.get("tags") or {},
            )
            roles[role.arn] = by_name[role.arn.rpartition("/")[2]] = role
        for inline in graph.of_type("aws:iam/rolePolicy:RolePolicy"):
            if inline.inputs["role"] in by_name:
                by_name[inline.inputs["role"]].policies.append(inline.inputs["policy"])
        for attached in graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
            document = own.get(attached.inputs["policyArn"]) or _managed(str(attached.inputs["policyArn"]))
            if attached.inputs["role"] in by_name and document:
                by_name[attached.inputs["role"]].policies.append(document)
        policies = {
            policy.inputs["repository"]: policy.inputs["policy"]
            for policy in graph.of_type("aws:ecr/repositoryPolicy:RepositoryPolicy")
        }
        return cls(
            roles=roles,
            keys=_targets(graph, "aws:kms/key:Key", lambda key: key.inputs.get("policy")),
            repositories=_targets(
                graph, "aws:ecr/repository:Repository", lambda made: policies.get(made.inputs.get("name"))
            ),
        )

    def role(self, ending: str) -> Role:
        """The only role whose name is this."""
        (found,) = [role for arn, role in self.roles.items() if arn.endswith(f"/{ending}")]
        return found

    def may(self, role: Role, action: str, target: Target, **context: str) -> bool:
        """Whether a role may do something to a key or an image repository."""
        known = {"aws:PrincipalArn": role.arn, **{f"aws:ResourceTag/{k}": v for k, v in target.tags.items()}, **context}
        identity = [effect(policy, action, target.arn, known) for policy in role.policies]
        outer = effect(role.boundary, action, target.arn, known) if role.boundary else "Allow"
        named, delegated = _resource_policy(target.policy, role.arn, action, known)
        if "Deny" in (*identity, outer, named) or outer != "Allow":
            return False
        if action.startswith("kms:"):
            return named == "Allow" or (delegated and "Allow" in identity)
        return named == "Allow" or "Allow" in identity

    def may_assume(self, role: Role, other: Role) -> bool:
        """Whether a role may take on another one."""
        known = {"aws:PrincipalArn": role.arn, **{f"aws:ResourceTag/{k}": v for k, v in other.tags.items()}}
        named, delegated = _resource_policy(other.trust, role.arn, "sts:AssumeRole", known)
        identity = [effect(policy, "sts:AssumeRole", other.arn, known) for policy in role.policies]
        outer = effect(role.boundary, "sts:AssumeRole", other.arn, known) if role.boundary else "Allow"
        if "Deny" in (*identity, outer) or outer != "Allow":
            return False
        return named == "Allow" or (delegated and "Allow" in identity)


def _managed(arn: str) -> str | None:
    """What a policy of AWS's own says, as far as it is known."""
    actions = MANAGED.get(arn.rpartition("/")[2]) if ":iam::aws:policy/" in arn else None
    return json.dumps({"Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}}) if actions else None


def _resource_policy(document: str | None, principal: str, action: str, context: Context) -> tuple[str | None, bool]:
    """What a resource's policy says of the principal itself, and whether it leaves the matter to the account's IAM."""
    root, account = f"{principal.rpartition(':')[0]}:root", principal.split(":")[4]
    effects, delegated = set(), False
    for statement in statements(document):
        if not matches(statement, action, "*", context):
            continue
        named = principals(statement)
        if principal in named or "*" in named:
            effects.add(statement["Effect"])
        if statement["Effect"] == "Allow" and {root, account} & set(named):
            delegated = True
    return ("Deny" if "Deny" in effects else "Allow" if effects else None), delegated


def _targets(graph: Graph, type_: str, policy: Callable[[Resource], str | None]) -> dict[str, Target]:
    return {made.name: Target(_arn(made), policy(made), made.inputs.get("tags") or {}) for made in graph.of_type(type_)}


def _arn(resource: Resource) -> str:
    """The ARN that the recording engine made up for a resource: other resources refer to it by that."""
    return str(resource.computed.get("arn", resource.urn))


def documents(graph: Graph) -> Iterator[tuple[Resource, str, str]]:
    """Every policy document of a graph: whose it is, under which property, and its text."""
    for resource in graph.resources.values():
        for key, value in resource.inputs.items():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield resource, key, value
