"""How the component `eks:index:Cluster` makes a child: what of its own options and inputs reaches it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pulumi.runtime.proto import resource_pb2

from roadstead.tool.offline import eks_inputs, wire
from roadstead.tool.offline.registration import Registration


class Engine(NamedTuple):
    """What the component needs of the engine."""

    register: Callable[[resource_pb2.RegisterResourceRequest], Registration]
    find: Callable[[str], Registration]
    region: str
    known: bool
    """Whether what only exists after creation has made-up values."""
    say: Callable[[str], None]


class Children:
    """The component's own name and inputs, and a way to make its children."""

    def __init__(self, component: Registration, engine: Engine) -> None:
        self.component = component
        self.engine = engine
        self.name = component.request.name
        self.given = wire.to_python(component.request.object)

    def on(self, key: str) -> bool:
        """Whether a boolean input counts as true. One that is given as an Output does, whatever its value."""
        field = self.component.request.object.fields.get(key)
        return field is not None and (field.HasField("struct_value") or field.bool_value)

    def child(
        self,
        type_: str,
        name: str,
        inputs: Mapping[str, Any],
        *,
        parent: Registration | None = None,
        custom: bool = True,
        needs: list[Registration | None] | list[Registration] | None = None,
        inputs_from: tuple[str, ...] = (),
        ignore_changes: tuple[str, ...] = (),
        retain_on_delete: bool = False,
        provider: Registration | None = None,
        version: str = eks_inputs.AWS_VERSION,
    ) -> Registration:
        """Makes one. `needs` are what it depends on, with whatever the component's inputs in `inputs_from` came from."""
        asked = self.component.request
        urns = {need.urn for need in needs or [] if need is not None}
        for key in inputs_from:
            urns.update(asked.propertyDependencies[key].urns if key in asked.propertyDependencies else ())
        request = resource_pb2.RegisterResourceRequest(
            type=type_,
            name=name,
            parent=(parent or self.component).urn,
            custom=custom,
            object=wire.to_struct({key: value for key, value in inputs.items() if value is not None}),
            dependencies=sorted(urns),
            ignoreChanges=ignore_changes,
            version=version if custom else "",
            # Of the component's own options, these two reach its children.
            protect=asked.protect or None,
            retainOnDelete=retain_on_delete or asked.retainOnDelete or None,
        )
        if provider is not None:
            request.provider = f"{provider.urn}::{provider.id}"
        elif type_.startswith("aws:") and "aws" in asked.providers:
            request.provider = asked.providers["aws"]
        return self.engine.register(request)
