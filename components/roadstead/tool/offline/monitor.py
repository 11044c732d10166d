"""The other end of the SDK's resource monitor and engine: answers its calls at once, out of what is recorded.

The SDK calls these methods (named as in Pulumi's protocol) from worker threads, as it would call the real engine.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from google.protobuf import empty_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, provider_pb2, resource_pb2

from roadstead.tool.offline import eks_component, wire
from roadstead.tool.offline.answers import Answers
from roadstead.tool.offline.recorder import Recorder
from roadstead.tool.offline.registration import Registration

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
_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class Monitor:
    """One run of one program."""

    def __init__(self, recorder: Recorder, answers: Answers) -> None:
        self._recorder = recorder
        self._answers = answers

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        registration = self._recorder.register(request)
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
        self._recorder.outputs(request.urn, request.outputs)
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
        registration = self._recorder.register(read, read_id=request.id)
        return resource_pb2.ReadResourceResponse(urn=registration.urn, id=request.id, properties=wire.to_struct(state))

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        arguments = wire.to_python(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            found = self._recorder.find(arguments["urn"])
            result = {"urn": found.urn, "id": found.id, "state": found.state}
        else:
            result = self._answers.call(request.tok, arguments)
        return _returning(resource_pb2.ResourceInvokeResponse(), result)

    def Call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        arguments = wire.to_python(request.args)
        if request.tok != eks_component.GET_KUBECONFIG:
            result = self._answers.call(request.tok, {key: arguments[key] for key in arguments if key != "__self__"})
        else:
            component = self._recorder.find(arguments["__self__"])
            kubeconfig = eks_component.get_kubeconfig(component, arguments, self._engine(component))
            result = {} if kubeconfig is None else {"result": kubeconfig}
        return _returning(provider_pb2.CallResponse(), result)

    def RegisterStackTransform(self, request: callback_pb2.Callback) -> empty_pb2.Empty:
        self._recorder.stack_transforms.append(request)
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
            self._recorder.say(_SEVERITIES[request.severity], request.message)
        return empty_pb2.Empty()

    def _construct(self, registration: Registration) -> dict[str, Any]:
        """The outputs of a component whose children a plugin makes."""
        request = registration.request
        if request.type == eks_component.TYPE:
            return eks_component.make(registration, self._engine(registration))
        self._recorder.say(
            "warning", f"{request.type} {request.name}: a plugin makes its children, they and its outputs are not known"
        )
        return {}

    def _engine(self, component: Registration) -> eks_component.Engine:
        provider = component.request.providers.get("aws", "").rpartition("::")[0] or None
        return eks_component.Engine(
            register=self._recorder.register,
            find=self._recorder.find,
            region=self._recorder.place(provider).region,
            known=self._recorder.known,
            say=lambda text: self._recorder.say("warning", text),
        )


def _returning(response: ResponseT, result: Mapping[str, Any]) -> ResponseT:
    getattr(response, "return").CopyFrom(wire.to_struct(result))
    return response
