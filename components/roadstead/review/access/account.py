"""The roles, keys and image repositories that a graph declares, and what AWS would let them do.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for one account:
identity policies, permissions boundaries, and the policies of keys, image repositories and roles. A policy of AWS's own that
is not in `MANAGED` grants nothing here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from roadstead.offline.graph import Graph, Resource
from roadstead.review.access.iam import Context, acts, concerns, effect, listed, matches, principals, statements

_PULL = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
]
_PUSH = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
MANAGED: Mapping[str, list[str]] = {
    "AdministratorAccess": ["*"],
    "IAMFullAccess": ["iam:*"],
    "PowerUserAccess": ["ecr:*", "eks:*", "kms:*"],
    "AmazonEC2ContainerRegistryFullAccess": ["ecr:*"],
    "AmazonEC2ContainerRegistryPowerUser": _PULL + _PUSH,
    "AmazonEC2ContainerRegistryPullOnly": _PULL,
    "AmazonEC2ContainerRegistryReadOnly": _PULL,
}
"""What AWS's own policies allow on every resource, as far as keys, images, access entries and IAM are concerned.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, 2026-11-21
"""

ROLE, USER, KEY = "aws:iam/role:Role", "aws:iam/user:User", "aws:kms/key:Key"


@dataclass
class Role:
    """A role, or a user, as a graph declares it."""

    arn: str
    name: str
    """Its own name where it has one, else the program's name of it."""
    trust: str
    """Nothing for a user: nobody takes one on."""
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
        for made in graph.of_type(ROLE, USER):
            role = Role(
                _arn(made),
                str(made.inputs.get("name", made.name)),
                made.inputs.get("assumeRolePolicy", ""),
                [inline["policy"] for inline in made.inputs.get("inlinePolicies") or []],
                own.get(made.inputs.get("permissionsBoundary", "")),
                made.inputs.get("tags") or {},
            )
            role.policies += _documents(made.inputs.get("managedPolicyArns") or [], own)
            roles[role.arn] = by_name[made.type, role.arn.rpartition("/")[2]] = role
        for type_, name, document in _attached(graph, own):
            if (type_, name) in by_name:
                by_name[type_, name].policies.append(document)
        policies = {
            policy.inputs["repository"]: policy.inputs["policy"]
            for policy in graph.of_type("aws:ecr/repositoryPolicy:RepositoryPolicy")
        }
        return cls(
            roles=roles,
            keys={made.name: _target(made, key_policy(graph, made)) for made in graph.of_type(KEY)},
            repositories={
                made.name: _target(made, policies.get(made.inputs.get("name")))
                for made in graph.of_type("aws:ecr/repository:Repository")
            },
        )

    def role(self, ending: str) -> Role:
        """The only role whose name is this."""
        (found,) = [role for arn, role in self.roles.items() if arn.endswith(f"/{ending}")]
        return found

    def may(self, role: Role, action: str, target: Target, **context: str) -> bool:
        """Whether a role may do something to a key or an image repository."""
        known = _context(role, target.tags, **context)
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
        known = _context(role, other.tags)
        named, delegated = _resource_policy(other.trust, role.arn, "sts:AssumeRole", known)
        identity = [effect(policy, "sts:AssumeRole", other.arn, known) for policy in role.policies]
        outer = effect(role.boundary, "sts:AssumeRole", other.arn, known) if role.boundary else "Allow"
        if "Deny" in (*identity, outer, named) or outer != "Allow":
            return False
        return named == "Allow" or (delegated and "Allow" in identity)

    def may_somewhere(self, role: Role, action: str) -> bool:
        """Whether a role's own policies let it do something to whatever they name."""
        named = {
            str(resource)
            for policy in role.policies
            for statement in statements(policy)
            if statement["Effect"] == "Allow" and acts(statement, action)
            for resource in listed(statement.get("Resource", "*"))
        }
        return any(self.may(role, action, Target(resource, None, {})) for resource in named)


def key_policy(graph: Graph, key: Resource) -> str | None:
    """The policy of a key: its own or one beside it, with the grants on it; AWS's default without any.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    called = {key.id, _arn(key), key.computed.get("keyId")} - {"", None}
    beside = [made for made in graph.of_type("aws:kms/keyPolicy:KeyPolicy") if made.inputs.get("keyId") in called]
    policy = beside[0].inputs["policy"] if beside else key.inputs.get("policy")
    if policy is None:
        root = {"AWS": ":".join([*_arn(key).split(":")[:2], "iam:", *_arn(key).split(":")[4:5], "root"])}
        policy = json.dumps({"Statement": [{"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}]})
    grants = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": grant.inputs["granteePrincipal"]},
            "Action": [f"kms:{operation}" for operation in grant.inputs.get("operations") or []],
            "Resource": "*",
        }
        for grant in graph.of_type("aws:kms/grant:Grant")
        if grant.inputs.get("keyId") in called
    ]
    return json.dumps({"Statement": [*statements(policy), *grants]}) if grants else policy


def _attached(graph: Graph, own: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The documents that other resources add to roles and users: type and name of whose they are, and the text."""
    for type_, key in ((ROLE, "role"), (USER, "user")):
        kind = type_.rpartition(":")[2]
        for inline in graph.of_type(f"aws:iam/{key}Policy:{kind}Policy"):
            yield type_, str(inline.inputs[key]), inline.inputs["policy"]
        for made in graph.of_type(f"aws:iam/{key}PolicyAttachment:{kind}PolicyAttachment"):
            for document in _documents([made.inputs["policyArn"]], own):
                yield type_, str(made.inputs[key]), document
        for made in graph.of_type("aws:iam/policyAttachment:PolicyAttachment"):
            for name in made.inputs.get(f"{key}s") or []:
                for document in _documents([made.inputs["policyArn"]], own):
                    yield type_, str(name), document


def _documents(arns: Iterable[str], own: Mapping[str, str]) -> list[str]:
    """What policies say, those of the graph and those of AWS's own, as far as it is known."""
    return [document for arn in arns if (document := own.get(arn) or _managed(str(arn)))]


def _managed(arn: str) -> str | None:
    """What a policy of AWS's own says, as far as it is known."""
    actions = MANAGED.get(arn.rpartition("/")[2]) if ":iam::aws:policy/" in arn else None
    return json.dumps({"Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}}) if actions else None


def _context(role: Role, tags: Mapping[str, str], **more: str) -> Context:
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


def _resource_policy(document: str | None, principal: str, action: str, context: Context) -> tuple[str | None, bool]:
    """What a resource's policy says of the principal itself, and whether it leaves the matter to the account's IAM."""
    root, account = f"{principal.rpartition(':')[0]}:root", principal.split(":")[4]
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


def _target(made: Resource, policy: str | None) -> Target:
    return Target(_arn(made), policy, made.inputs.get("tags") or {})


def _arn(resource: Resource) -> str:
    """The ARN that the recording engine made up for a resource: other resources refer to it by that."""
    return str(resource.computed.get("arn", resource.urn))


def documents(graph: Graph) -> Iterator[tuple[Resource, str, str]]:
    """Every policy document of a graph: whose it is, under which property, and its text."""
    for resource in graph.resources.values():
        for key, value in resource.inputs.items():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield resource, key, value
        for inline in resource.inputs.get("inlinePolicies") or ():
            yield resource, "inlinePolicies", inline["policy"]
