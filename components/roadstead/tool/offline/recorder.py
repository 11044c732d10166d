"""What a program has registered so far: the engine's side of things, without its protocol."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import RLock
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2

from roadstead.tool.offline import wire
from roadstead.tool.offline.errors import ProgramError
from roadstead.tool.offline.graph import Graph, Message, Resource, Unknown, ordered
from roadstead.tool.offline.placeholders import EXAMPLE_REGION, Place, computed
from roadstead.tool.offline.project import Project
from roadstead.tool.offline.registration import Registration, urn
from roadstead.tool.offline.transforms import transformed

STACK, PROVIDER = "pulumi:pulumi:Stack", "pulumi:providers:"


class Recorder:
    """Records one run of one program. Called from many threads."""

    def __init__(self, project: Project, *, unknown: bool, progress: Callable[[int], None] | None) -> None:
        self.known = not unknown
        """Whether what only exists after creation has made-up values."""
        self.stack_transforms: list[callback_pb2.Callback] = []
        self._project = project
        self._progress = progress
        self._lock = RLock()
        self._registrations: dict[str, Registration] = {}
        self._resources: dict[str, Resource] = {}
        self._messages: list[Message] = []

    def graph(self) -> Graph:
        """What has been recorded, in an order that does not depend on timing."""
        return Graph(
            project=self._project.name,
            stack=self._project.stack,
            resources=ordered(self._resources),
            outputs=next((made.outputs or {} for made in self._resources.values() if made.type == STACK), {}),
            messages=tuple(sorted(self._messages, key=lambda message: (message.severity, message.text))),
        )

    def find(self, known_urn: str) -> Registration:
        """What was registered under a URN."""
        return self._registrations[known_urn]

    def say(self, severity: str, text: str) -> None:
        """Keeps something that the user is to read."""
        with self._lock:
            self._messages.append(Message(severity, text))

    def outputs(self, known_urn: str, outputs: struct_pb2.Struct) -> None:
        """Keeps what a component, or the stack, has at its end."""
        with self._lock:
            made = self._resources[known_urn]
            self._resources[known_urn] = replace(made, outputs=wire.to_python(outputs))

    def register(self, request: resource_pb2.RegisterResourceRequest, read_id: str = "") -> Registration:
        """Records a resource, after the transforms of the resource, of its ancestors and of the stack."""
        parent = self._registrations.get(request.parent)
        ancestors = [parent, *parent.ancestors] if parent else []
        inherited = [callback for ancestor in ancestors for callback in ancestor.request.transforms]
        transformed(request, [*request.transforms, *inherited, *self.stack_transforms])

        own_urn = urn(self._project.stack, self._project.name, parent, request.type, request.name)
        with self._lock:
            if own_urn in self._resources:
                raise ProgramError(f"two resources have one name and type: {own_urn}; expected different names")
            provider = self._provider(request) if request.custom else None
            inputs = wire.to_python(request.object)
            made = Registration(request, own_urn, ancestors, id=read_id, state=dict(inputs))
            if self._unconfigured(provider):
                made.state = {}
            elif request.custom and self.known and not read_id:
                made.id, made.computed = computed(request.type, request.name, own_urn, inputs, self.place(provider))
                made.state |= made.computed
            # Only a component of a plugin is asked later for what it was given.
            self._registrations[own_urn] = made if request.remote else replace(made, request=_without_inputs(request))
            self._resources[own_urn] = _resource(made, inputs, provider, external=bool(read_id))
            count = len(self._resources)
        if self._progress:
            self._progress(count)
        return made

    def _provider(self, request: resource_pb2.RegisterResourceRequest) -> str | None:
        """URN of the provider of a resource; a default one is recorded when it is first used, as the engine does."""
        if request.provider:
            return request.provider.rpartition("::")[0]
        package = request.type.partition(":")[0]
        if package == "pulumi":
            return None
        type_, name = f"{PROVIDER}{package}", "_".join(["default", *filter(None, request.version.split("."))])
        own_urn = urn(self._project.stack, self._project.name, None, type_, name)
        if own_urn not in self._resources:
            prefix = f"{package}:"
            config = self._project.config.items()
            inputs = {key.removeprefix(prefix): value for key, value in config if key.startswith(prefix)}
            self._resources[own_urn] = Resource(own_urn, type_, name, None, True, None, inputs)
        return own_urn

    def _unconfigured(self, provider: str | None) -> bool:
        """Whether a provider cannot work yet: the engine then knows nothing at all of what its resources become."""
        return provider is not None and _has_unknown(self._resources[provider].inputs)

    def place(self, provider: str | None) -> Place:
        """Where the resources of a provider would be made."""
        inputs = self._resources[provider].inputs if provider else {}
        return Place.of_provider(inputs, self._project.config.get("aws:region", EXAMPLE_REGION))


def _without_inputs(request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceRequest:
    """What later registrations need of one: thousands of requests with all their inputs take much memory."""
    return resource_pb2.RegisterResourceRequest(
        type=request.type, name=request.name, version=request.version, transforms=request.transforms
    )


def _resource(made: Registration, inputs: dict[str, Any], provider: str | None, *, external: bool) -> Resource:
    request = made.request
    needed_by = {key: tuple(sorted(needs.urns)) for key, needs in sorted(request.propertyDependencies.items())}
    return Resource(
        urn=made.urn,
        type=request.type,
        name=request.name,
        parent=request.parent or None,
        custom=request.custom,
        provider=provider,
        inputs=inputs,
        dependencies=tuple(sorted(set(request.dependencies))),
        property_dependencies={key: urns for key, urns in needed_by.items() if urns},
        protect=request.protect,
        aliases=tuple(sorted(_alias(alias) for alias in request.aliases)),
        ignore_changes=tuple(request.ignoreChanges),
        retain_on_delete=request.retainOnDelete,
        external=external,
        id=made.id,
        computed=made.computed,
    )


def _alias(alias: alias_pb2.Alias) -> str:
    """An alias as text: its URN, or what of the name differs."""
    if alias.HasField("urn"):
        return alias.urn
    spec = {field.name: value for field, value in alias.spec.ListFields()}
    return json.dumps(spec, sort_keys=True)


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_unknown(item) for item in value)
    return isinstance(value, Unknown)
