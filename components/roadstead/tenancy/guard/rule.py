"""A rule of the guard, and the policy that holds several of them: as data, without Pulumi.

A rule is written twice, side by side: in CEL, which the API server evaluates, and in Python, which says of a graph what the
API server would. tests/cluster holds both to the same answers on random objects.
https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from roadstead.tenancy.guard.allowed import Allowed

Body = Mapping[str, Any]

CHANGED_SPEC = "oldObject == null || object.spec != oldObject.spec"
"""What was there before the rules stays as it is, and can be taken away piece by piece: only what changes is judged."""


class Rule(NamedTuple):
    """What is wrong with an object, as a list of texts; nothing where it is admitted."""

    name: str
    cel: str
    """An expression for the list."""
    found: Callable[[Body, Allowed], list[str]]
    """The same list, of an object that is new."""
    do: str
    """What is expected instead, and what to do; no quotation marks."""

    @property
    def variable(self) -> str:
        """The variable of the policy that holds the list."""
        return "wrong_" + self.name.partition("/")[2].replace("-", "_")

    def says(self, wrong: Sequence[str]) -> str:
        """What somebody reads who is refused."""
        return f"{self.name}: got {', '.join(wrong)}; expected {self.do}"

    @property
    def says_in_cel(self) -> str:
        """The same, as the API server puts it together."""
        return f"'{self.name}: got ' + variables.{self.variable}.join(', ') + '; expected {self.do}'"


class Matched(NamedTuple):
    """Resources of one API group that a policy looks at."""

    group: str
    versions: tuple[str, ...]
    resources: tuple[str, ...]
    operations: tuple[str, ...] = ("CREATE", "UPDATE")


class Policy(NamedTuple):
    """A ValidatingAdmissionPolicy."""

    name: str
    matched: tuple[Matched, ...]
    kinds: tuple[str, ...]
    """The kinds of those resources."""
    changed: str
    """Whether a request changes anything that the rules read."""
    variables: tuple[tuple[str, str], ...]
    """Names and expressions that its rules share, each of those before it."""
    rules: tuple[Rule, ...]


def get(body: Any, *path: str) -> Any:
    """What stands at a path of an object; nothing where it is not there."""
    for key in path:
        body = body.get(key) if isinstance(body, Mapping) else None
    return body


def texts(body: Any, *path: str) -> list[str]:
    """The texts of the list that stands at a path of an object; none where it is not there."""
    found = get(body, *path)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def parts(body: Any, *path: str) -> list[Body]:
    """The mappings of the list that stands at a path of an object; none where it is not there."""
    found = get(body, *path)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def keys(body: Any, *path: str) -> list[str]:
    """The keys of the mapping that stands at a path of an object; none where it is not there."""
    found = get(body, *path)
    return [str(key) for key in found] if isinstance(found, Mapping) else []


def text(body: Any, *path: str) -> str:
    """The text that stands at a path of an object; an empty one where it is not there."""
    found = get(body, *path)
    return "" if found is None else str(found)
