"""Runs the transforms that a program put on a resource or on its ancestors, through the SDK's callback server."""

from collections.abc import Iterable
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from roadstead.tool.offline.errors import ProgramError

_SAME_NAME = {
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "additional_secret_outputs": "additionalSecretOutputs",
    "depends_on": "dependencies",
    "aliases": "aliases",
}
_SCALARS = {
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "import": "importId",
}


def transformed(
    request: resource_pb2.RegisterResourceRequest, callbacks: Iterable[callback_pb2.Callback]
) -> resource_pb2.RegisterResourceRequest:
    """The request as the callbacks leave it, in the order in which they are given."""
    for callback in callbacks:
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options(request),
        )
        answer = resource_pb2.TransformResponse.FromString(_invoke(callback, asked.SerializeToString()))
        request.object.CopyFrom(answer.properties)
        if answer.HasField("options"):
            _apply(answer.options, request)
    return request


def _invoke(callback: callback_pb2.Callback, request: bytes) -> bytes:
    with grpc.insecure_channel(callback.target) as channel:
        stub = callback_pb2_grpc.CallbacksStub(channel)
        try:
            answer = stub.Invoke(callback_pb2.CallbackInvokeRequest(token=callback.token, request=request))
        except grpc.RpcError as error:
            raise ProgramError(f"a transform failed: {error.details()}") from error
    response: bytes = answer.response
    return response


def _options(request: resource_pb2.RegisterResourceRequest) -> resource_pb2.TransformResourceOptions:
    options = resource_pb2.TransformResourceOptions(
        retain_on_delete=request.retainOnDelete, providers=request.providers, hooks=request.hooks
    )
    if request.HasField("protect"):
        options.protect = request.protect
    for ours, theirs in _SAME_NAME.items():
        getattr(options, ours).extend(getattr(request, theirs))
    for ours, theirs in _SCALARS.items():
        setattr(options, ours, getattr(request, theirs))
    return options


def _apply(options: resource_pb2.TransformResourceOptions, request: resource_pb2.RegisterResourceRequest) -> None:
    if options.HasField("protect"):
        request.protect = options.protect
    request.retainOnDelete = options.retain_on_delete
    for ours, theirs in _SAME_NAME.items():
        _replace(getattr(request, theirs), getattr(options, ours))
    for ours, theirs in _SCALARS.items():
        setattr(request, theirs, getattr(options, ours))


def _replace(target: Any, source: Any) -> None:
    values = list(source)
    del target[:]
    target.extend(values)
