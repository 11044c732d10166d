"""What policies of IAM and rules of RBAC no longer give. What policies only narrow is not taken away: a part of it remains."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.account import context_of
from roadstead.tool.review.access.boundaries import ANOTHER, circumstances
from roadstead.tool.review.access.iam import Context, effect, like
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.access.rbac import Grant, allowed_names
from roadstead.tool.review.views.policy import Statement
from roadstead.tool.review.views.principal import MANAGED, Principal
from roadstead.tool.review.views.reference import arn_of

EVERY_VERB = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
"""What `*` is to most resources. https://kubernetes.io/docs/reference/access-authn-authz/authorization/#request-verb-resource"""
NAMELESS = ""
"""For a rule about all objects, not about single names."""


class Verb(NamedTuple):
    """One thing that a rule of RBAC lets somebody do."""

    namespace: str
    """Nothing for the whole cluster."""
    api_group: str
    resource: str
    verb: str
    name: str

    def __str__(self) -> str:
        group = f".{self.api_group}" if self.api_group else ""
        return f"{self.verb} {self.resource}{group}{f' {self.name}' if self.name else ''}"


def verbs_taken(before: Iterable[Grant], after: Iterable[Grant], gone: set[str]) -> dict[Verb, frozenset[Verb]]:
    """What grants gave and no longer do, but in namespaces that go, each with the parts of it that are left."""
    left = list(after)
    parts = {verb: None for grant in left for verb in _verbs(grant)}
    return {
        verb: frozenset(other for other in parts if _is_narrowed(verb, other))
        for grant in before
        for verb in _verbs(grant)
        if verb.namespace not in gone and not _is_left(verb, left)
    }


def _verbs(grant: Grant) -> Iterator[Verb]:
    if grant.unknown:
        yield Verb(grant.namespace or "", "", grant.unknown, "use", NAMELESS)
    for rule in grant.rules:
        for group, resource, verb, name in product(
            rule.api_groups, rule.resources, rule.verbs, rule.names or (NAMELESS,)
        ):
            yield Verb(grant.namespace or "", group, resource, verb, name)


def _is_left(verb: Verb, grants: list[Grant]) -> bool:
    if any(grant.unknown == verb.resource and grant.reaches(verb.namespace) for grant in grants if grant.unknown):
        return True
    names = allowed_names(grants, verb.namespace, verb.api_group, verb.resource, verb.verb)
    if {None, verb.name} & names:
        return True
    return verb.verb == "*" and all(_is_left(verb._replace(verb=each), grants) for each in EVERY_VERB)


def _is_narrowed(verb: Verb, other: Verb) -> bool:
    """Whether something is a part of what a rule with `*`, for all names or in every namespace let somebody do."""
    return all(
        own in (part, every) for own, part, every in zip(verb, other, ("", "*", "*", "*", NAMELESS), strict=True)
    )


class Right(NamedTuple):
    """An action on resources, as a policy names them."""

    action: str
    resource: str


class Taken(NamedTuple):
    """What a role's policies no longer let it do."""

    rights: frozenset[Right]
    managed: frozenset[str]
    """Names of AWS's own policies that it no longer has, of those whose actions are not known here."""
    is_by_boundary: bool
    """Whether its own policies still allow it all."""


def rights_taken(before: Principal, after: Principal, gone: set[str]) -> Taken:
    """What a role's own policies gave within its boundary and no longer do, but on resources that go."""
    managed = frozenset(before.managed - after.managed - MANAGED.keys())
    if (before.policies, before.boundary, before.tags) == (after.policies, after.boundary, after.tags):
        return Taken(frozenset(), managed, False)
    documents = [*([before.boundary] if before.boundary else []), *([after.boundary] if after.boundary else [])]
    own = {f"aws:resourcetag/{key}".lower(): value for key, value in before.tags.items()}
    around = [
        tags
        for tags in circumstances([*documents, *before.policies, *after.policies])
        # Of resources without a tag and of the role's own team's: to lose others' is no loss.
        if all(value == own.get(key, value) and value != ANOTHER for key, value in tags.items())
    ]
    named = _rights(before)
    taken = {
        right
        for right in named
        if not any(right.resource.startswith(arn) for arn in gone)
        for tags in around
        if _may(before, right, tags) and not any(_may(after, part, tags) for part in _parts(right, after))
    }
    is_by_boundary = bool(taken) and all(_allows(after, right) for right in taken)
    return Taken(frozenset(taken), managed, is_by_boundary)


def _rights(role: Principal) -> set[Right]:
    return {right for policy in role.policies for each in policy.statements for right in _named(each)}


def _named(statement: Statement) -> Iterator[Right]:
    if statement["Effect"] == "Allow":
        for action, resource in product(statement.get("Action", ["*"]), statement.get("Resource", ["*"])):
            yield Right(action, resource)


def _parts(right: Right, role: Principal) -> Iterator[Right]:
    """The right itself, and what of it a role's policies name."""
    yield right
    for other in _rights(role):
        action = _narrower(right.action, other.action, ignore_case=True)
        resource = _narrower(right.resource, other.resource)
        if action and resource:
            yield Right(action, resource)


def _narrower(one: str, other: str, *, ignore_case: bool = False) -> str:
    """Which of two patterns means a part of what the other one does; nothing where neither does."""
    if covered(one, [other], ignore_case=ignore_case):
        return one
    return other if covered(other, [one], ignore_case=ignore_case) else ""


def _may(role: Principal, right: Right, tags: Context) -> bool:
    known = {**context_of(role, {}), **tags}
    effects = {effect(policy, right.action, right.resource, known) for policy in role.policies}
    if role.boundary is not None and effect(role.boundary, right.action, right.resource, known) != "Allow":
        return False
    return "Allow" in effects and "Deny" not in effects


def _allows(role: Principal, right: Right) -> bool:
    return any(
        like(other.action, right.action, ignore_case=True) and like(other.resource, right.resource)
        for other in _rights(role)
    )


def arns_that_go(base: Graph, head: Graph) -> set[str]:
    """The ARNs of what is not made any more."""
    there = {arn_of(made) for made in head.resources.values()}
    return {arn for made in base.resources.values() if (arn := arn_of(made)).startswith("arn:") and arn not in there}
