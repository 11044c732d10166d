"""What a program declares: resources, how they hang together, and stack outputs. Plain data, no Pulumi."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from hashlib import sha256
from typing import Any

UNKNOWN = "[unknown]"
"""In JSON: a value that only exists once the resource does."""
SECRET = "[secret]"
"""In JSON: a value that must not be shown."""
MADE_UP_DIGITS = 7
"""How many hexadecimal digits of its URN tell the made-up values of one resource from another's."""


class Unknown:
    """A value that only exists once a resource does."""

    def __repr__(self) -> str:
        return UNKNOWN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(Unknown)


@dataclass(frozen=True)
class Secret:
    """A value that is not kept: only what tells it from another one."""

    digest: str
    is_written: bool = field(default=False, compare=False)
    """Whether the program alone made it, without a resource or an encrypted setting: it is in Git, or in what runs the program."""

    @classmethod
    def of(cls, value: object, *, is_written: bool = False) -> "Secret":
        """The secret of a value that is forgotten at once."""
        return cls(sha256(repr(value).encode()).hexdigest(), is_written)

    def __repr__(self) -> str:
        return SECRET


@dataclass(frozen=True)
class Resource:
    """One declared resource."""

    urn: str
    type: str
    name: str
    parent: str | None
    """URN of the parent; nothing for the stack itself."""
    custom: bool
    """Whether a provider manages it; components are not custom."""
    provider: str | None
    """URN of the provider that manages it."""
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] | None = None
    """What a component (or the stack) registered when it was done; nothing if it never did."""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool = False
    aliases: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    retain_on_delete: bool = False
    external: bool = False
    """Whether the program only reads it: it exists already."""
    id: str = ""
    """What its provider calls it: made up, nothing where that is not known."""
    computed: Mapping[str, Any] = field(default_factory=dict)
    """What its provider would answer beside its inputs: made up, nothing where that is not known."""

    @cached_property
    def plain_inputs(self) -> Mapping[str, Any]:
        """Its inputs as plain values, made once: not to be changed."""
        made: Mapping[str, Any] = plain(self.inputs)
        return made

    @property
    def is_default_provider(self) -> bool:
        """Whether it is a provider that nobody declared."""
        return self.type.startswith("pulumi:providers:") and self.name.startswith("default")


EXAMPLE_ACCOUNT_ID = "123456789012"
"""The account of what is made up where nothing says in which account it would be made."""


def made_up_name(name: str, urn: str) -> str:
    """The name that a resource would get, made up as Pulumi makes them up; every other made-up value of it carries it."""
    return f"{name}-{sha256(urn.encode()).hexdigest()[:MADE_UP_DIGITS]}"


@dataclass(frozen=True)
class Message:
    """Something that the program, or the engine about it, has to say."""

    severity: str
    """`info`, `warning` or `error`."""
    text: str


@dataclass(frozen=True)
class Graph:
    """A stack as its program declares it."""

    project: str
    stack: str
    resources: Mapping[str, Resource]
    """By URN, each after everything that it needs."""
    outputs: Mapping[str, Any]
    messages: tuple[Message, ...] = ()

    def of_type(self, *types: str) -> list[Resource]:
        """All resources of these types."""
        if len(types) == 1:
            return list(self._by_type.get(types[0], ()))
        return [resource for resource in self.resources.values() if resource.type in types]

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources.values():
            found.setdefault(resource.type, []).append(resource)
        return found

    def one(self, type_: str, name: str | None = None) -> Resource:
        """The only resource of a type (and name); an error that says what there is otherwise."""
        found = [resource for resource in self.of_type(type_) if name in (None, resource.name)]
        if len(found) != 1:
            names = [resource.name for resource in self.of_type(type_)]
            raise LookupError(f"{len(found)} resources are {type_} {name or ''}; of that type there are: {names}")
        return found[0]

    def children(self, urn: str | None) -> list[Resource]:
        """The resources whose parent this is."""
        return self._children.get(urn, [])

    @cached_property
    def _children(self) -> dict[str | None, list[Resource]]:
        found: dict[str | None, list[Resource]] = {}
        for resource in self.resources.values():
            found.setdefault(resource.parent, []).append(resource)
        return found

    def counts(self) -> dict[str, int]:
        """How many resources there are of each type."""
        return dict(sorted(Counter(resource.type for resource in self.resources.values()).items()))

    def to_json(self) -> dict[str, Any]:
        """The graph as plain JSON values; secrets and unknown values as markers."""
        return {
            "project": self.project,
            "stack": self.stack,
            "resources": [
                {
                    "urn": resource.urn,
                    "type": resource.type,
                    "name": resource.name,
                    "parent": resource.parent,
                    "custom": resource.custom,
                    "provider": resource.provider,
                    "protect": resource.protect,
                    "dependencies": list(resource.dependencies),
                    "inputs": plain(resource.inputs),
                }
                for resource in self.resources.values()
            ],
            "outputs": plain(self.outputs),
        }


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Unknown | Secret):
        return repr(value)
    return value


def holds_hidden(value: Any) -> bool:
    """Whether a part of a value is secret, or only known after creation."""
    if isinstance(value, str | int | float | None):  # As most are: soon seen.
        return False
    if isinstance(value, dict | Mapping):
        return any(map(holds_hidden, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_hidden, value))
    return isinstance(value, Unknown | Secret)


def ordered(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """Each resource after its parent, its provider and what it depends on; by URN where nothing else decides.

    The order in which a program happens to register them depends on timing, this one does not.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for urn in sorted(resources):
        resource = resources[urn]
        needs = {resource.parent, resource.provider, *resource.dependencies} & resources.keys()
        sorter.add(urn, *sorted(str(need) for need in needs))
    sorter.prepare()
    in_order: dict[str, Resource] = {}
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        for urn in ready:
            in_order[urn] = resources[urn]
            sorter.done(urn)
    return in_order
