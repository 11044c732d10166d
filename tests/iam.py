"""A small evaluator of IAM: would AWS let this principal do this? Over the documents that a graph declares.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for one account:
identity policies, permissions boundaries, and the policies of keys, image repositories and roles.
"""

import json
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from roadstead.offline.graph import Graph, Resource

with warnings.catch_warnings():
    # It leaves its files open.
    warnings.simplefilter("ignore")
    import parliament  # type: ignore[import-untyped]

Context = Mapping[str, str]
Statement = Mapping[str, Any]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def like(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    regex = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch(regex, text, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL) is not None


def condition_holds(operator: str, key: str, allowed: Any, context: Context) -> bool:
    value = context.get(key)
    wanted = [str(item) for item in listed(allowed)]
    if operator == "Null":
        return (value is None) is (wanted == ["true"])
    if operator == "StringNotEquals":
        return value is None or value not in wanted
    if value is None:
        return False
    if operator == "StringEquals":
        return value in wanted
    if operator in ("StringLike", "ArnLike"):
        return any(like(pattern, value) for pattern in wanted)
    raise AssertionError(f"the evaluator does not know the operator {operator}")


def matches(statement: Statement, action: str, resource: str, context: Context) -> bool:
    acts = any(like(pattern, action, ignore_case=True) for pattern in listed(statement["Action"]))
    concerns = any(like(pattern, resource) for pattern in listed(statement.get("Resource", "*")))
    conditions = [
        condition_holds(operator, key, allowed, context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, allowed in keys.items()
    ]
    return acts and concerns and all(conditions)


def effect(document: str | None, action: str, resource: str, context: Context) -> str | None:
    """`Deny`, `Allow` or nothing: what a document without principals says."""
    effects = {s["Effect"] for s in statements(document) if matches(s, action, resource, context)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def statements(document: str | None) -> list[Statement]:
    return list(json.loads(document)["Statement"]) if document else []


@dataclass
class Role:
    """A role as a graph declares it."""

    arn: str
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
    keys: dict[str, Target]
    repositories: dict[str, Target]

    @classmethod
    def of(cls, graph: Graph) -> "Account":
        boundaries = {arn_of(policy): policy.inputs["policy"] for policy in graph.of_type("aws:iam/policy:Policy")}
        roles = {}
        by_name = {}
        for made in graph.of_type("aws:iam/role:Role"):
            role = Role(
                arn_of(made),
                made.inputs["assumeRolePolicy"],
                boundary=boundaries.get(made.inputs.get("permissionsBoundary", "")),
                tags=made.inputs.get("tags", {}),
            )
            roles[role.arn] = by_name[role.arn.rpartition("/")[2]] = role
        for policy in graph.of_type("aws:iam/rolePolicy:RolePolicy"):
            by_name[policy.inputs["role"]].policies.append(policy.inputs["policy"])
        policies = {
            policy.inputs["repository"]: policy.inputs["policy"]
            for policy in graph.of_type("aws:ecr/repositoryPolicy:RepositoryPolicy")
        }
        return cls(
            roles=roles,
            keys=_targets(graph, "aws:kms/key:Key", lambda key: key.inputs["policy"]),
            repositories=_targets(
                graph, "aws:ecr/repository:Repository", lambda made: policies.get(made.inputs["name"])
            ),
        )

    def role(self, ending: str) -> Role:
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
        known = {"aws:PrincipalArn": role.arn, **{f"aws:ResourceTag/{k}": v for k, v in other.tags.items()}}
        named, delegated = _resource_policy(other.trust, role.arn, "sts:AssumeRole", known)
        identity = [effect(policy, "sts:AssumeRole", other.arn, known) for policy in role.policies]
        outer = effect(role.boundary, "sts:AssumeRole", other.arn, known) if role.boundary else "Allow"
        if "Deny" in (*identity, outer) or outer != "Allow":
            return False
        return named == "Allow" or (delegated and "Allow" in identity)


def _resource_policy(document: str | None, principal: str, action: str, context: Context) -> tuple[str | None, bool]:
    """What a resource's policy says of the principal itself, and whether it leaves the matter to the account's IAM."""
    account = principal.split(":")[4]
    effects, delegated = set(), False
    for statement in statements(document):
        if not matches(statement, action, "*", context):
            continue
        principals = listed(statement["Principal"].get("AWS", []))
        if principal in principals:
            effects.add(statement["Effect"])
        if f"arn:aws:iam::{account}:root" in principals:
            delegated = True
    return ("Deny" if "Deny" in effects else "Allow" if effects else None), delegated


def _targets(graph: Graph, type_: str, policy: Any) -> dict[str, Target]:
    return {made.name: Target(arn_of(made), policy(made), made.inputs.get("tags", {})) for made in graph.of_type(type_)}


def arn_of(resource: Resource) -> str:
    """The ARN that the recording engine made up for a resource: other resources refer to it by that."""
    from roadstead.offline.placeholders import Place, computed

    place = Place("111122223333", "eu-west-1")
    return str(computed(resource.type, resource.name, resource.urn, resource.inputs, place)[1]["arn"])


def documents(graph: Graph) -> Iterable[tuple[str, str]]:
    """Every policy document of a graph: where it is, and its text."""
    for resource in graph.resources.values():
        for key, value in resource.inputs.items():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield f"{resource.type} {resource.name} {key}", value


OWN_RESOURCE = {
    "ecr:": "arn:aws:ecr:eu-west-1:111122223333:repository/some",
    "kms:": "arn:aws:kms:eu-west-1:111122223333:key/some",
    "sts:": "arn:aws:iam::111122223333:role/some",
}
"""What the policy of a resource is about, by its actions."""


def findings(text: str) -> list[Any]:
    """What the linter parliament has to say about a document.

    It knows identity policies. In a resource's own policy, a statement without a resource or with `*` is about the
    resource itself, and the root's `kms:*` is what AWS asks for. Of federated principals it knows four, GitHub is none:
    test_team_access.py says what those statements let in.
    """
    document = json.loads(text)
    own = []
    for statement in document["Statement"]:
        if "Principal" in statement and statement.get("Resource", "*") == "*":
            statement["Resource"] = OWN_RESOURCE[listed(statement["Action"])[0][:4]]
        if statement["Action"] != ["kms:*"] and "Federated" not in statement.get("Principal", {}):
            own.append(statement)
    if not own:
        return []
    found: list[Any] = parliament.analyze_policy_string(json.dumps({**document, "Statement": own})).findings
    return found
