"""Keys and image repositories: what has a policy of its own that says who may use it."""

from collections.abc import Mapping
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.policy import NOTHING, Document, Statement, document
from roadstead.tool.review.views.principal import ROLE, USER
from roadstead.tool.review.views.reading import Place, Unread, once_for_both
from roadstead.tool.review.views.reference import arn_of, named, text_of

KEY, REPOSITORY = "aws:kms/key:Key", "aws:ecr/repository:Repository"


@dataclass(frozen=True)
class Guarded:
    """Something with a policy of its own."""

    resource: Resource
    arn: str
    policy: Document
    tags: Mapping[str, str]
    unread: tuple[Unread, ...]
    """What of its policy and its tags cannot be read."""


@once_for_both(makes_no_pods)
def keys(graph: Graph) -> dict[str, Guarded]:
    """The keys of a graph by the program's name."""
    return {made.name: _guarded(made, key_policy(graph, made)) for made in graph.of_type(KEY)}


@once_for_both(makes_no_pods)
def repositories(graph: Graph) -> dict[str, Guarded]:
    """The image repositories of a graph by the program's name."""
    policies = {
        name: document(Place.of(made).at("policy"))
        for made in graph.of_type("aws:ecr/repositoryPolicy:RepositoryPolicy")
        if isinstance(name := text_of(Place.of(made).at("repository"), graph, REPOSITORY), str)
    }
    return {
        made.name: _guarded(made, next((policies[name] for name in sorted(named(made)) if name in policies), NOTHING))
        for made in graph.of_type(REPOSITORY)
    }


def key_policy(graph: Graph, key: Resource) -> Document:
    """The policy of a key: its own or one beside it, with the grants on it; AWS's default without any.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    called = named(key) | {str(key.computed.get("keyId"))}
    beside = [
        document(Place.of(made).at("policy"))
        for made in graph.of_type("aws:kms/keyPolicy:KeyPolicy")
        if text_of(Place.of(made).at("keyId"), graph, KEY) in called
    ]
    own = Place.of(key).at("policy")
    policy = beside[0] if beside else _by_default(key) if own.is_absent else document(own)
    grants = [
        _grant(graph, Place.of(made))
        for made in graph.of_type("aws:kms/grant:Grant")
        if text_of(Place.of(made).at("keyId"), graph, KEY) in called
    ]
    return Document(
        (*policy.statements, *(statement for grant in grants for statement in grant.statements)),
        (*policy.unread, *(unread for grant in grants for unread in grant.unread)),
    )


def _by_default(key: Resource) -> Document:
    parts = [*arn_of(key).split(":"), "", "", "", "", ""]
    root = ":".join([*parts[:2], "iam:", parts[4], "root"])
    return Document(({"Effect": "Allow", "Principal": {"AWS": [root]}, "Action": ["kms:*"], "Resource": ["*"]},))


def _grant(graph: Graph, grant: Place) -> Document:
    who, operations = text_of(grant.at("granteePrincipal"), graph, ROLE, USER), grant.at("operations").texts()
    if isinstance(who, Unread) or isinstance(operations, Unread) or who is None:
        return Document(unread=tuple(each for each in (who, operations) if isinstance(each, Unread)))
    given: Statement = {
        "Effect": "Allow",
        "Principal": {"AWS": [who]},
        "Action": [f"kms:{operation}" for operation in operations],
        "Resource": ["*"],
    }
    return Document((given,))


def _guarded(made: Resource, policy: Document) -> Guarded:
    tags = Place.of(made).at("tags").labels()
    if isinstance(tags, Unread):
        return Guarded(made, arn_of(made), policy, {}, (*policy.unread, tags))
    return Guarded(made, arn_of(made), policy, tags, policy.unread)
