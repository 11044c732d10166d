"""Roles and users, as IAM knows them: who takes them on, what their policies say, and their boundary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.policy import Document, allowing, document, inline_policies
from roadstead.tool.review.views.reading import Place, Unread, once_for_both
from roadstead.tool.review.views.reference import arn_of, by_names, named, text_of

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

ROLE, USER, POLICY = "aws:iam/role:Role", "aws:iam/user:User", "aws:iam/policy:Policy"
ATTACHED_TO_SEVERAL = "aws:iam/policyAttachment:PolicyAttachment"


@dataclass
class Principal:
    """A role, or a user."""

    resource: Resource
    arn: str
    """Its URN while the ARN is not known."""
    name: str
    """Its own name where it has one, else the program's name of it."""
    trust: Document
    """Nothing for a user: nobody takes one on."""
    policies: list[Document]
    managed: set[str] = field(default_factory=set)
    """Names of AWS's own policies that it has."""
    boundary: Document | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    """What of its policies, its boundary and its tags cannot be read."""

    def attach(self, arn: str | Unread | None, own: Mapping[str, Document]) -> None:
        """Adds what a policy says: one of the graph, or one of AWS's own as far as it is known."""
        if isinstance(arn, Unread):
            self.unread.append(arn)
        elif arn is not None and arn in own:
            self.add(own[arn])
        elif arn is not None and ":iam::aws:policy/" in arn:
            self.managed.add(arn.rpartition("/")[2])
            if actions := MANAGED.get(arn.rpartition("/")[2]):
                self.add(allowing(actions))

    def add(self, policy: Document) -> None:
        """Adds what a document says."""
        self.policies.append(policy)
        self.unread += policy.unread


@dataclass(frozen=True)
class Principals:
    """All roles and users of a graph."""

    by_arn: Mapping[str, Principal]
    astray: tuple[Unread, ...]
    """What names the principal that a policy belongs to, and cannot be read: it could be any."""


@once_for_both(makes_no_pods)
def principals(graph: Graph) -> Principals:
    """The roles and users of a graph, with everything that is attached to them."""
    own = {name: document(Place.of(made).at("policy")) for made in graph.of_type(POLICY) for name in named(made)}
    found, by_name = dict[str, Principal](), dict[tuple[str, str], Principal]()
    for made in graph.of_type(ROLE, USER):
        principal = _principal(graph, made, own)
        found[principal.arn] = principal
        by_name |= {(made.type, name): principal for name in named(made)}
    astray = []
    for type_, name, policy in _attached(graph):
        if isinstance(name, Unread):
            astray.append(name)
        elif (owner := by_name.get((type_, name or ""))) is not None:
            owner.add(policy) if isinstance(policy, Document) else owner.attach(policy, own)
    return Principals(found, tuple(astray))


def _principal(graph: Graph, made: Resource, own: Mapping[str, Document]) -> Principal:
    inputs = Place.of(made)
    name, tags, managed = inputs.at("name").text(), inputs.at("tags").labels(), inputs.at("managedPolicyArns").items()
    boundary = text_of(inputs.at("permissionsBoundary"), graph, POLICY)
    principal = Principal(
        made,
        arn_of(made),
        name if isinstance(name, str) else made.name,
        document(inputs.at("assumeRolePolicy")),
        [],
        boundary=by_names(own, boundary),
        tags={} if isinstance(tags, Unread) else tags,
        unread=[value for value in (tags, boundary, managed) if isinstance(value, Unread)],
    )
    principal.unread += principal.boundary.unread if principal.boundary else ()
    for policy in inline_policies(made):
        principal.add(policy)
    for item in () if isinstance(managed, Unread) else managed:
        principal.attach(text_of(item, graph, POLICY), own)
    return principal


Addition = tuple[str, str | Unread | None, Document | str | Unread | None]


def _attached(graph: Graph) -> Iterator[Addition]:
    """What other resources add to roles and users: type and name of whose it is, and a document or its ARN."""
    for type_, key in ((ROLE, "role"), (USER, "user")):
        kind = type_.rpartition(":")[2]
        for made in graph.of_type(f"aws:iam/{key}Policy:{kind}Policy"):
            inputs = Place.of(made)
            yield type_, text_of(inputs.at(key), graph, type_), document(inputs.at("policy"))
        for made in graph.of_type(f"aws:iam/{key}PolicyAttachment:{kind}PolicyAttachment"):
            inputs = Place.of(made)
            yield type_, text_of(inputs.at(key), graph, type_), text_of(inputs.at("policyArn"), graph, POLICY)
        for made in graph.of_type(ATTACHED_TO_SEVERAL):
            names, arn = Place.of(made).at(f"{key}s").items(), text_of(Place.of(made).at("policyArn"), graph, POLICY)
            for name in [names] if isinstance(names, Unread) else names:
                yield type_, name if isinstance(name, Unread) else text_of(name, graph, type_), arn
