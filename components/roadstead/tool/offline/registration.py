"""One request to register a resource, as the engine sees it: the request itself and where it came from."""

from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import resource_pb2


@dataclass
class Registration:
    """A resource about to be recorded. `request` may be changed by transforms before that."""

    request: resource_pb2.RegisterResourceRequest
    urn: str
    ancestors: list["Registration"] = field(default_factory=list)
    """Its parent first, the stack last: their transforms apply too."""
    id: str = ""
    """Nothing while it is not known."""
    state: dict[str, Any] = field(default_factory=dict)
    """What is known of it: inputs, and outputs beside them."""
    computed: dict[str, Any] = field(default_factory=dict)
    """The part of the state that its inputs do not give."""

    @property
    def qualified_type(self) -> str:
        """The types of its ancestors and its own, as its URN has them."""
        return self.urn.split("::")[2]


def urn(stack: str, project: str, parent: Registration | None, type_: str, name: str) -> str:
    """A URN as the engine makes it: the stack itself is not among the types."""
    if parent is None or parent.request.type == "pulumi:pulumi:Stack":
        return f"urn:pulumi:{stack}::{project}::{type_}::{name}"
    return f"urn:pulumi:{stack}::{project}::{parent.qualified_type}${type_}::{name}"
