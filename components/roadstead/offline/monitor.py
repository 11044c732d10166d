"""The other end of the SDK's resource monitor and engine: records what it is told, and answers at once.

The SDK calls these methods (named as in Pulumi's protocol) from worker threads, as it would call the real engine.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import RLock
from typing import Any, TypeVar

from google.protobuf import empty_pb2
from pulumi.runtime.proto import alias_pb2, callback_pb2, engine_pb2, provider_pb2, resource_pb2

from roadstead.offline import eks_component, wire
from roadstead.offline.answers import Answers
from roadstead.offline.errors import ProgramError
from roadstead.offline.graph import Graph, Message, Resource, Unknown, ordered
from roadstead.offline.placeholders import EXAMPLE_ACCOUNT_ID, EXAMPLE_REGION, Place, computed
from roadstead.offline.project import Project
from roadstead.offline.registration import Registration, urn
from roadstead.offline.transforms import transformed

FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
]
ResponseT = TypeVar("ResponseT", resource_pb2.ResourceInvokeResponse, provider_pb2.CallResponse)
STACK = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:"
_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class Monitor:
    """Records one run of one program."""

    def __init__(
        self, project: Project, answers: Answers, *, unknown: bool, progress: Callable[[int], None] | None = None
    ) -> None:
        self._project = project
        self._answers = answers
        self._known = not unknown
        self._progress = progress
        self._lock = RLock()
        self._registrations: dict[str, Registration] = {}
        self._resources: dict[str, Resource] = {}
        self._messages: list[Message] = []
        self._stack_transforms: list[callback_pb2.Callback] = []

    def graph(self) -> Graph:
        """What has been recorded."""
        return Graph(
            project=self._project.name,
            stack=self._project.stack,
            resources=ordered(self._resources),
            outputs=next((made.outputs or {} for made in self._resources.values() if made.type == STACK), {}),
            messages=tuple(sorted(self._messages, key=lambda message: (message.severity, message.text))),
        )

    # The monitor.

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        registration = self._register(request)
        if request.remote:
            registration.state = self._construct(registration)
        response = resource_pb2.RegisterResourceResponse(urn=registration.urn, id=registration.id)
        if request.remote:
            response.object.CopyFrom(wire.to_struct(registration.state))
        elif request.custom and registration.state:
            response.object.CopyFrom(request.object)
            response.object.MergeFrom(wire.to_struct(registration.computed))
        return response

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        with self._lock:
            made = self._resources[request.urn]
            self._resources[request.urn] = replace(made, outputs=wire.to_python(request.outputs))
        return empty_pb2.Empty()

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        state = self._answers.read(request.type, request.id)
        read = resource_pb2.RegisterResourceRequest(
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=True,
            object=request.properties,
            provider=request.provider,
            version=request.version,
            dependencies=request.dependencies,
        )
        registration = self._register(read, read_id=request.id)
        return resource_pb2.ReadResourceResponse(urn=registration.urn, id=request.id, properties=wire.to_struct(state))

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        arguments = wire.to_python(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            found = self._registrations[arguments["urn"]]
            result = {"urn": found.urn, "id": found.id, "state": found.state}
        else:
            result = self._answers.call(request.tok, arguments)
        return _returning(resource_pb2.ResourceInvokeResponse(), result)

    def Call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        arguments = wire.to_python(request.args)
        if request.tok != eks_component.GET_KUBECONFIG:
            result = self._answers.call(request.tok, {key: arguments[key] for key in arguments if key != "__self__"})
        else:
            component = self._registrations[arguments["__self__"]]
            kubeconfig = eks_component.get_kubeconfig(component, arguments, self._engine(component))
            result = {} if kubeconfig is None else {"result": kubeconfig}
        return _returning(provider_pb2.CallResponse(), result)

    def RegisterStackTransform(self, request: callback_pb2.Callback) -> empty_pb2.Empty:
        self._stack_transforms.append(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, _request: callback_pb2.Callback) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def RegisterResourceHook(self, _request: resource_pb2.RegisterResourceHookRequest) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def RegisterErrorHook(self, _request: resource_pb2.RegisterErrorHookRequest) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> resource_pb2.RegisterPackageResponse:
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    # The engine.

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:
        if request.severity in _SEVERITIES:
            self._say(_SEVERITIES[request.severity], request.message)
        return empty_pb2.Empty()

    # What both share.

    def _say(self, severity: str, text: str) -> None:
        with self._lock:
            self._messages.append(Message(severity, text))

    def _register(self, request: resource_pb2.RegisterResourceRequest, read_id: str = "") -> Registration:
        """Records a resource, after the transforms of the resource, of its ancestors and of the stack."""
        parent = self._registrations.get(request.parent)
        ancestors = [parent, *parent.ancestors] if parent else []
        inherited = [callback for ancestor in ancestors for callback in ancestor.request.transforms]
        transformed(request, [*request.transforms, *inherited, *self._stack_transforms])

        own_urn = urn(self._project.stack, self._project.name, parent, request.type, request.name)
        with self._lock:
            if own_urn in self._resources:
                raise ProgramError(f"two resources have one name and type: {own_urn}; expected different names")
            provider = self._provider(request) if request.custom else None
            inputs = wire.to_python(request.object)
            made = Registration(request, own_urn, ancestors, id=read_id, state=dict(inputs))
            if self._unconfigured(provider):
                made.state = {}
            elif request.custom and self._known and not read_id:
                made.id, made.computed = computed(request.type, request.name, own_urn, inputs, self._place(provider))
                made.state |= made.computed
            self._registrations[own_urn] = made
            self._resources[own_urn] = _resource(made, inputs, provider, external=bool(read_id))
            count = len(self._resources)
        if self._progress:
            self._progress(count)
        return made

    def _construct(self, registration: Registration) -> dict[str, Any]:
        """The outputs of a component whose children a plugin makes."""
        request = registration.request
        if request.type == eks_component.TYPE:
            return eks_component.make(registration, self._engine(registration))
        self._say(
            "warning", f"{request.type} {request.name}: a plugin makes its children, they and its outputs are not known"
        )
        return {}

    def _engine(self, component: Registration) -> eks_component.Engine:
        provider = component.request.providers.get("aws", "").rpartition("::")[0] or None
        return eks_component.Engine(
            register=self._register,
            find=self._registrations.__getitem__,
            region=self._place(provider).region,
            known=self._known,
            say=lambda text: self._say("warning", text),
        )

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

    def _place(self, provider: str | None) -> Place:
        inputs = self._resources[provider].inputs if provider else {}
        region = inputs.get("region", self._project.config.get("aws:region", EXAMPLE_REGION))
        # The SDK hands a provider its lists as JSON.
        accounts = json.loads(inputs.get("allowedAccountIds", "[]"))
        return Place(accounts[0] if accounts else EXAMPLE_ACCOUNT_ID, region)


def _returning(response: ResponseT, result: Mapping[str, Any]) -> ResponseT:
    getattr(response, "return").CopyFrom(wire.to_struct(result))
    return response


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
