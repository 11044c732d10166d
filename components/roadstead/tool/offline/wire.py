"""Between the SDK's protobuf structs and plain Python values."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from roadstead.core.credentials import is_secret_text
from roadstead.tool.offline.graph import Secret, Unknown

_SIGNATURE = rpc._special_sig_key
_RESOURCE = rpc._special_resource_sig


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The values of a struct, by sorted key: unknown ones as `Unknown`, secret ones as `Secret`, whole numbers as `int`."""
    return {key: _value(struct.fields[key]) for key in sorted(struct.fields)}


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return Unknown() if value.string_value == rpc.UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _object(to_python(value.struct_value))
    return None


def _object(value: dict[str, Any]) -> Any:
    signature = value.get(_SIGNATURE)
    if signature == rpc._special_secret_sig:
        return _secret(value.get("value"))
    if signature == _RESOURCE:
        return value["urn"]
    if signature == rpc._special_output_value_sig:
        inner = value.get("value", Unknown())
        return _secret(inner) if value.get("secret") else inner
    if signature in (rpc._special_asset_sig, rpc._special_archive_sig):
        return {key: item for key, item in value.items() if key != _SIGNATURE}
    return value


def _secret(value: Any) -> Secret:
    return Secret.of(value, is_written=_is_written(value))


def _is_written(value: Any) -> bool:
    """Whether text of a value is known, and none of it comes from an encrypted setting."""
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list):
        said = [_is_written(item) for item in value if not isinstance(item, Unknown | Secret)]
        return any(said)
    return isinstance(value, str) and is_secret_text(value)


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """A struct of plain values; `Unknown` becomes the engine's own sentinel."""
    struct = struct_pb2.Struct()
    struct.update(_plain(values))
    return struct


def resource_reference(urn: str, id_: str | Unknown, version: str) -> dict[str, Any]:
    """A value that stands for a resource."""
    return {_SIGNATURE: _RESOURCE, "urn": urn, "id": id_, "packageVersion": version}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return rpc.UNKNOWN if isinstance(value, Unknown) else value
