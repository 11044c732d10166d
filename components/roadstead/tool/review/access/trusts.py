"""Who may take on each role of a graph, and whether that is more than before."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.access.account import Account
from roadstead.tool.review.access.iam import acts, principals
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.policy import Document, Statement
from roadstead.tool.review.views.principal import ROLE
from roadstead.tool.review.views.reading import Place, Unread, once_for_both
from roadstead.tool.review.views.reference import text_of

ASSUMES = {
    "AWS": ("sts:AssumeRole",),
    "Service": ("sts:AssumeRole",),
    "Federated": ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"),
}
"""With which actions each kind of principal takes on a role."""


class Condition(NamedTuple):
    """One value that a key of the circumstances may have."""

    key: str
    operator: str
    value: str

    def __str__(self) -> str:
        return " ".join(self)


class Trust(NamedTuple):
    """One principal that may take on a role, with one choice of the values that its conditions allow."""

    principal: str
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        where = " and ".join(map(str, self.conditions))
        return f"{self.principal} where {where}" if where else self.principal

    @property
    def subject(self) -> str | None:
        """The `sub` that a token must have, if it must have one."""
        return self._asked(":sub")

    @property
    def audience(self) -> str | None:
        """The `aud` that a token must have, if it must have one."""
        return self._asked(":aud")

    def _asked(self, ending: str) -> str | None:
        return next((condition.value for condition in self.conditions if condition.key.endswith(ending)), None)

    def covers(self, other: "Trust") -> bool:
        """Whether whoever may by the other one may by this one too."""
        return self.principal in (other.principal, "*") and all(
            any(_implied(own, met) for met in other.conditions) for own in self.conditions
        )


def _implied(own: Condition, met: Condition) -> bool:
    """Whether a condition holds wherever another one does."""
    if own.key.lower() != met.key.lower():
        return False
    if own[1:] == met[1:]:
        return True
    kinds = {own.operator.replace("Like", "Equals"), met.operator.replace("Like", "Equals")}
    if len(kinds) > 1 or not kinds <= {"StringEquals", "ArnEquals"}:
        return False
    # To ArnEquals `*` is a wildcard as well.
    if own.operator == "StringEquals":
        return own.value == met.value and not set("*?") & set(own.value)
    return covered(met.value, [own.value])


@once_for_both(makes_no_pods)
def trusts(graph: Graph) -> dict[str, frozenset[Trust]]:
    """Who may take on each role: what its own policy says, what others' policies make of it, and pods that are given it."""
    account = Account.of(graph)
    found = {role.arn: set(_trusted(role.trust)) for role in account.roles.values() if role.resource.type == ROLE}
    takers = [role for role in account.roles.values() if account.may_somewhere(role, "sts:AssumeRole")]
    for taker, arn in product(takers, found):
        if Trust(taker.arn) not in found[arn] and account.may_assume(taker, account.roles[arn]):
            found[arn].add(Trust(taker.arn))
    for given in graph.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation"):
        role_arn = text_of(Place.of(given).at("roleArn"), graph, ROLE)
        found.get(str(role_arn), set()).add(
            Trust(f"pods of {_text(given, 'namespace')}/{_text(given, 'serviceAccount')}")
        )
    return {account.roles[arn].name: frozenset(those) for arn, those in found.items()}


def refusals(graph: Graph) -> dict[str, frozenset[str]]:
    """What the policy of each role denies, in words."""
    return {
        role.name: frozenset(
            text
            for statement in role.trust.statements
            if statement["Effect"] == "Deny"
            for text in map(str, _choices(statement, _named(statement)))
        )
        for role in Account.of(graph).roles.values()
    }


def _text(given: Resource, key: str) -> str:
    """A text; what hides it, as something that no other one is."""
    text = Place.of(given).at(key).text()
    return f"{key} of {given.name}" if isinstance(text, Unread) else str(text)


def beyond(these: Iterable[Trust], those: Iterable[Trust]) -> list[Trust]:
    """Which of these none of those covers."""
    others = list(those)
    return sorted(trust for trust in these if not any(other.covers(trust) for other in others))


def _trusted(document: Document) -> Iterator[Trust]:
    denied = [
        trust
        for statement in document.statements
        if statement["Effect"] == "Deny"
        for trust in _choices(statement, _named(statement))
    ]
    for statement in document.statements:
        if statement["Effect"] == "Allow":
            yield from beyond(_choices(statement, _named(statement)), denied)


def _named(statement: Statement) -> list[str]:
    return [
        principal
        for kind, actions in ASSUMES.items()
        if any(acts(statement, action) for action in actions)
        for principal in principals(statement, kind)
    ]


def _choices(statement: Statement, named: Iterable[str]) -> Iterator[Trust]:
    choices = [
        [Condition(key, operator, value) for value in values]
        for operator, keys in sorted(statement.get("Condition", {}).items())
        for key, values in sorted(keys.items())
    ]
    for principal, met in product(sorted(set(named)), product(*choices)):
        yield Trust(_account_in_full(principal), met)


def _account_in_full(principal: str) -> str:
    """A principal; an account that is given by its number by its ARN, which means the same."""
    return f"arn:aws:iam::{principal}:root" if principal.isdigit() else principal
