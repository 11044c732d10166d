"""What the guard would refuse of objects that are about to be applied, without an API server."""

from collections.abc import Iterable
from typing import NamedTuple

from roadstead.tenancy.guard.allowed import Allowed, read
from roadstead.tenancy.guard.policies import POLICIES
from roadstead.tenancy.guard.rule import Body, get, text
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL

RULES = {kind: policy.rules for policy in POLICIES for kind in policy.kinds}
"""The rules of each kind of object."""


class Refusal(NamedTuple):
    """An object, and why it is refused."""

    kind: str
    namespace: str
    name: str
    says: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}: {self.says}"


def refusals(bodies: Iterable[Body]) -> list[Refusal]:
    """What is refused of objects, by what their namespaces, which are among them, may have.

    A namespace that is elsewhere is not known: nothing is said of what is in it.
    """
    objects = list(bodies)
    teams = {
        text(body, "metadata", "name"): read(get(body, "metadata", "annotations") or {})
        for body in objects
        if body["kind"] == "Namespace" and get(body, "metadata", "labels", TEAM_LABEL)
    }
    found = []
    for body in objects:
        namespace = text(body, "metadata", "namespace")
        if namespace in teams:
            kind, name = body["kind"], text(body, "metadata", "name")
            found += [Refusal(kind, namespace, name, says) for says in judged(body, teams[namespace])]
    return found


def judged(body: Body, allowed: Allowed) -> list[str]:
    """What is said against one object, by each rule of its kind."""
    found = ((rule, rule.found(body, allowed)) for rule in RULES.get(body["kind"], ()))
    return [rule.says(wrong) for rule, wrong in found if wrong]
