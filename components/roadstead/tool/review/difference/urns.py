"""The parts of a URN: `urn:pulumi:<stack>::<project>::<types of its ancestors and its own>::<name>`.

https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from roadstead.tool.offline.graph import Resource

STACK = "pulumi:pulumi:Stack"


class Urn(NamedTuple):
    """A URN, taken apart."""

    stack: str
    project: str
    qualified_type: str
    """Types of the ancestors, without the stack's, and its own, with `$` between them."""
    name: str

    @classmethod
    def of(cls, text: str) -> "Urn":
        """The parts of a URN; `ValueError` for a text that is none."""
        head, project, qualified_type, name = text.split("::", 3)
        if not head.startswith("urn:pulumi:"):
            raise ValueError(f"no URN: {text!r}")
        return cls(head.removeprefix("urn:pulumi:"), project, qualified_type, name)

    def child(self, type_: str, name: str) -> "Urn":
        """The URN of a resource with this one as its parent."""
        own = type_ if self.qualified_type == STACK else f"{self.qualified_type}${type_}"
        return self._replace(qualified_type=own, name=name)

    def __str__(self) -> str:
        return f"urn:pulumi:{self.stack}::{self.project}::{self.qualified_type}::{self.name}"


def former_urns(resource: Resource, former_parent: str | None) -> Iterator[str]:
    """The URNs under which the engine looks for a resource that has no state under its own.

    Its aliases, and what it was called if its parent was `former_parent`: a child that begins with its parent's name is
    taken to be named after it.
    https://www.pulumi.com/docs/iac/concepts/options/aliases/
    """
    yield from (_resolved(resource, alias) for alias in resource.aliases)
    if former_parent is None or resource.parent is None:
        return
    parent, former = Urn.of(resource.parent), Urn.of(former_parent)
    for known in (resource.urn, *resource.aliases):
        whole = known if known == resource.urn else _resolved(resource, known)
        if not whole.startswith("urn:pulumi:"):
            continue
        _, _, types, name = Urn.of(whole)
        if name.startswith(parent.name):
            name = former.name + name.removeprefix(parent.name)
        yield str(former.child(types.rpartition("$")[2], name))


def _resolved(resource: Resource, alias: str) -> str:
    """The URN that an alias means: it is one, or says what of the URN differs. Another text means nothing to the engine."""
    if not alias.startswith("{"):
        return alias
    spec = json.loads(alias)
    own = Urn.of(resource.urn)
    parent = None if spec.get("noParent") else spec.get("parentUrn") or resource.parent
    above = Urn.of(parent) if parent else own._replace(qualified_type=STACK)
    there = above._replace(stack=spec.get("stack") or own.stack, project=spec.get("project") or own.project)
    return str(there.child(spec.get("type") or resource.type, spec.get("name") or resource.name))
