"""What AWS would let the roles of a graph do with its keys and image repositories.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for one account:
identity policies, permissions boundaries, and the policies of keys, image repositories and roles. A policy of AWS's own that
is not in `MANAGED` grants nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.iam import Context, acts, concerns, effect, matches, principals, statements
from roadstead.tool.review.views.guarded import Guarded, keys, repositories
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.policy import NOTHING, Document
from roadstead.tool.review.views.principal import Principal
from roadstead.tool.review.views.principal import principals as principals_of
from roadstead.tool.review.views.reading import once_for_both


@dataclass(frozen=True)
class Account:
    """The roles, keys and image repositories of a stack."""

    roles: Mapping[str, Principal]
    """By ARN."""
    keys: Mapping[str, Guarded]
    """By the program's name, as `repositories`."""
    repositories: Mapping[str, Guarded]

    @classmethod
    def of(cls, graph: Graph) -> "Account":
        """What a graph declares."""
        return _account(graph)

    def role(self, ending: str) -> Principal:
        """The only role whose name is this."""
        (found,) = [role for arn, role in self.roles.items() if arn.endswith(f"/{ending}")]
        return found

    def may(self, role: Principal, action: str, target: Guarded, **context: str) -> bool:
        """Whether a role may do something to a key or an image repository."""
        return self._may(role, action, target.arn, target.policy, context_of(role, target.tags, **context))

    def _may(self, role: Principal, action: str, arn: str, policy: Document, known: Context) -> bool:
        identity = [effect(policy, action, arn, known) for policy in role.policies]
        outer = effect(role.boundary, action, arn, known) if role.boundary else "Allow"
        named, delegated = _resource_policy(policy, role.arn, action, known)
        if "Deny" in (*identity, outer, named) or outer != "Allow":
            return False
        if action.startswith("kms:"):
            return named == "Allow" or (delegated and "Allow" in identity)
        return named == "Allow" or "Allow" in identity

    def may_assume(self, role: Principal, other: Principal) -> bool:
        """Whether a role may take on another one."""
        known = context_of(role, other.tags)
        named, delegated = _resource_policy(other.trust, role.arn, "sts:AssumeRole", known)
        identity = [effect(policy, "sts:AssumeRole", other.arn, known) for policy in role.policies]
        outer = effect(role.boundary, "sts:AssumeRole", other.arn, known) if role.boundary else "Allow"
        if "Deny" in (*identity, outer, named) or outer != "Allow":
            return False
        return named == "Allow" or (delegated and "Allow" in identity)

    def may_somewhere(self, role: Principal, action: str) -> bool:
        """Whether a role's own policies let it do something to whatever they name."""
        named = {
            resource
            for policy in role.policies
            for statement in statements(policy)
            if statement["Effect"] == "Allow" and acts(statement, action)
            for resource in statement.get("Resource", ["*"])
        }
        known = context_of(role, {})
        return any(self._may(role, action, resource, NOTHING, known) for resource in named)


@once_for_both(makes_no_pods)
def _account(graph: Graph) -> Account:
    return Account(principals_of(graph).by_arn, keys(graph), repositories(graph))


def context_of(role: Principal, tags: Mapping[str, str], **more: str) -> Context:
    """What holds when a role does something to what has these tags, with the keys of conditions in lower case."""
    account = role.arn.split(":")[4] if role.arn.startswith("arn:") else ""
    known = {
        "aws:PrincipalArn": role.arn,
        "aws:PrincipalAccount": account,
        "kms:CallerAccount": account,
        "aws:PrincipalIsAWSService": "false",
        "kms:GrantIsForAWSResource": "false",
        **{f"aws:PrincipalTag/{key}": value for key, value in role.tags.items()},
        **{f"aws:ResourceTag/{key}": value for key, value in tags.items()},
        **more,
    }
    return {key.lower(): value for key, value in known.items()}


def _resource_policy(document: Document, principal: str, action: str, context: Context) -> tuple[str | None, bool]:
    """What a resource's policy says of the principal itself, and whether it leaves the matter to the account's IAM."""
    parts = [*principal.split(":"), "", "", "", "", ""]
    root, account = f"{principal.rpartition(':')[0]}:root", parts[4]
    effects, delegated = set(), False
    for statement in statements(document):
        if not matches(statement, action, "*", context):
            continue
        if concerns(statement, principal):
            effects.add(statement["Effect"])
        if {root, account} & set(principals(statement)):
            if statement["Effect"] == "Deny":
                effects.add("Deny")  # Whoever denies an account something denies it everybody in there.
            else:
                delegated = True
    return ("Deny" if "Deny" in effects else "Allow" if effects else None), delegated
