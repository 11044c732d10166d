"""A stand-in for a provider of plain resources, `aws` or `kubernetes`: the real engine asks it instead of the plugin."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2
from tests.engine.attached import Attached
from tests.engine.faults import Faults, RefusedError
from tests.engine.objects import AlreadyExistsError, Object, Objects
from tests.engine.properties import unknown_properties

from roadstead.tool.offline import wire
from roadstead.tool.offline.placeholders import EXAMPLE_REGION, Place, computed
from roadstead.tool.sandbox.apply import Cluster, Reference

FIXED = {
    "aws:eks/nodeGroup:NodeGroup": (
        "amiType", "capacityType", "clusterName", "instanceTypes", "nodeGroupNamePrefix", "nodeRoleArn", "subnetIds",
    ),
}  # fmt: skip
"""What AWS cannot change of an object, so that another one takes its place (of the types whose changes are tested)."""


class PlainProvider(Attached):
    """Makes, changes and deletes objects as the provider would, but of its own: nothing reaches AWS.

    Kubernetes objects are put on an API server too, where there is one.
    """

    def __init__(
        self,
        version: str,
        objects: Objects,
        faults: Faults,
        cluster: Cluster | None = None,
        answers: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """`answers` are computed values that are given instead of made-up ones, by type."""
        super().__init__(version)
        self._objects = objects
        self._faults = faults
        self._cluster = cluster
        self._answers = answers or {}
        self._place = Place()

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        self._place = Place.of_provider(wire.to_python(request.args), EXAMPLE_REGION)
        # Without secrets: the engine hands them over in clear, as to AWS, and keeps what comes back encrypted.
        return provider_pb2.ConfigureResponse(acceptResources=True, acceptOutputs=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        failures = [
            provider_pb2.CheckFailure(property=path, reason=f"{request.type} has no such property")
            for path in unknown_properties(request.type, wire.to_python(request.news))
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        before, after = wire.to_python(request.old_inputs), wire.to_python(request.news)
        fixed = [key for key in FIXED.get(request.type, ()) if before.get(key) != after.get(key)]
        if fixed:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_SOME, replaces=fixed, diffs=fixed)
        # The engine then compares the inputs itself.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        with self._changing(context):
            made = self._new(request)
            self._objects.add(made)
            self._apply(made)
        return provider_pb2.CreateResponse(id=made.id, properties=wire.to_struct(made.state))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        found = self._objects.get(request.type, request.id)
        if found is None or (self._cluster and self._cluster.get(Reference.of(found.state)) is None):
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, properties=wire.to_struct(found.state), inputs=wire.to_struct(found.inputs)
        )

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        before = self._there(request.type, request.id, context)
        after = self._object(request.type, request.urn, before.seed, request.news)
        if not request.preview:
            with self._changing(context):
                self._objects.replace(after)
                self._apply(after)
        return provider_pb2.UpdateResponse(properties=wire.to_struct(after.state))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        with self._changing(context):
            made = self._there(request.type, request.id, context)
            if made.inputs.get("deletionProtection"):
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{made.urn} is protected from deletion")
            if users := self._objects.users_of(made):
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{made.urn} is still needed by {', '.join(users)}")
            if self._cluster:
                self._cluster.prune([Reference.of(made.state)])
            self._objects.remove(made)
        return empty_pb2.Empty()

    def _new(self, request: provider_pb2.CreateRequest) -> Object:
        """The object to make: under the name that it is given, or under one that nothing else has."""
        made = self._object(request.type, request.urn, request.urn, request.properties)
        for attempt in count(2):
            if self._objects.get(made.type, made.id) is None:
                return made
            other = self._object(made.type, made.urn, f"{made.urn} {attempt}", request.properties)
            if other.id == made.id:
                raise AlreadyExistsError(f"already exists: {made.type} {made.id}")
            made = other
        raise AssertionError("unreachable")

    def _object(self, type_: str, urn: str, seed: str, properties: struct_pb2.Struct) -> Object:
        inputs = wire.to_python(properties)
        id_, added = computed(type_, urn.rpartition("::")[2], seed, inputs, self._place)
        return Object(type_, id_, urn, seed, inputs, {**inputs, **added, **self._answers.get(type_, {})})

    def _apply(self, made: Object) -> None:
        if self._cluster:
            self._cluster.apply([made.state])

    def _there(self, type_: str, id_: str, context: grpc.ServicerContext) -> Object:
        found = self._objects.get(type_, id_)
        if found is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"there is no {type_} {id_}")
        return found

    @contextmanager
    def _changing(self, context: grpc.ServicerContext) -> Iterator[None]:
        """An operation that changes something; what is refused is an error of the provider."""
        try:
            with self._faults.operation(context):
                yield
        except (AlreadyExistsError, RefusedError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
