"""A stand-in for the component provider `eks`: the model of the recording engine makes the children, on the real engine."""

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc
from tests.engine.attached import Attached

from roadstead.tool.offline import eks_component, wire
from roadstead.tool.offline.eks_children import Engine
from roadstead.tool.offline.placeholders import EXAMPLE_REGION
from roadstead.tool.offline.registration import Registration


class EksProvider(Attached):
    """Constructs `eks:index:Cluster`; any other component is an error."""

    def Construct(
        self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConstructResponse:
        if request.type != eks_component.TYPE:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no stand-in for {request.type}")
        with grpc.insecure_channel(request.monitorEndpoint) as channel:
            children = _Children(resource_pb2_grpc.ResourceMonitorStub(channel))
            component = children.register(
                resource_pb2.RegisterResourceRequest(
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    providers=request.providers,
                    protect=request.protect if request.HasField("protect") else None,
                    retainOnDelete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
                    aliases=request.aliases,
                    dependencies=request.dependencies,
                )
            )
            _give_inputs(component.request, request)
            engine = Engine(
                register=children.register,
                find=children.find,
                region=request.config.get("aws:region", EXAMPLE_REGION),
                known=not request.dryRun,
                say=lambda text: context.abort(grpc.StatusCode.UNIMPLEMENTED, text),
            )
            outputs, needs = eks_component.make(component, engine)
        depends = {
            key: provider_pb2.ConstructResponse.PropertyDependencies(urns=sorted(urns)) for key, urns in needs.items()
        }
        return provider_pb2.ConstructResponse(
            urn=component.urn, state=wire.to_struct(outputs), stateDependencies=depends
        )


class _Children:
    """What a component registers with the engine, and what it finds there."""

    def __init__(self, monitor: resource_pb2_grpc.ResourceMonitorStub) -> None:
        self._monitor = monitor
        self.made: dict[str, Registration] = {}

    def register(self, request: resource_pb2.RegisterResourceRequest) -> Registration:
        """Registers a resource; what the engine answers is its state."""
        request.acceptSecrets = request.acceptResources = request.supportsPartialValues = True
        response = self._monitor.RegisterResource(request)
        made = Registration(request, response.urn, id=response.id, state=wire.to_python(response.object))
        self.made[made.urn] = made
        return made

    def find(self, urn: str) -> Registration:
        """A resource that somebody else has registered."""
        arguments = struct_pb2.Struct()
        arguments.update({"urn": urn})
        asked = resource_pb2.ResourceInvokeRequest(
            tok="pulumi:pulumi:getResource", args=arguments, acceptResources=True
        )
        found = wire.to_python(getattr(self._monitor.Invoke(asked), "return"))
        return Registration(resource_pb2.RegisterResourceRequest(), urn, id=found["id"], state=found["state"])


def _give_inputs(component: resource_pb2.RegisterResourceRequest, asked: provider_pb2.ConstructRequest) -> None:
    """The inputs, for the model: the engine does not record them of a component that a plugin makes."""
    component.object.CopyFrom(asked.inputs)
    for key, needs in asked.inputDependencies.items():
        component.propertyDependencies[key].urns.extend(needs.urns)
