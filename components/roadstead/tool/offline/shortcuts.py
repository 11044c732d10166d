"""What the SDK works out anew for every resource, worked out once, and one future where it makes five.

These are the SDK's own functions, private ones. Where a newer SDK does not have one, that shortcut is not taken; with all
or none of them the graph is the same, which a test compares. docs/adr/0006-recording-engine.md says why.
"""

import asyncio
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
from pulumi import _types, output
from pulumi.runtime import known_types, resource, rpc
from pulumi.runtime.proto import source_pb2

_ABOUT_CLASSES = (
    "input_type_py_to_pulumi_names",
    "input_type_types",
    "output_type_types",
    "resource_pulumi_to_py_names",
    "resource_py_to_pulumi_names",
    "resource_types",
)
"""What names and types the properties of a class have: the same for every instance."""
_SDK = Path(pulumi.__file__).parent.parent


@contextmanager
def shortcuts() -> Iterator[None]:
    """Takes the shortcuts while the block runs."""
    taken: list[tuple[ModuleType, str, Callable[..., object]]] = [
        (_types, name, cache(getattr(_types, name))) for name in _ABOUT_CLASSES if hasattr(_types, name)
    ]
    if hasattr(resource, "_get_stack_trace"):
        taken.append((resource, "_get_stack_trace", _callers_line))
    if hasattr(rpc, "transfer_properties") and hasattr(output, "_OutputData") and hasattr(pulumi.Output, "_from_data"):
        taken.append((rpc, "transfer_properties", _outputs))
    if hasattr(rpc, "contains_unknowns"):
        taken.append((rpc, "contains_unknowns", _contains_unknowns))
    own = [(module, name, getattr(module, name)) for module, name, _ in taken]
    try:
        for module, name, shortcut in taken:
            setattr(module, name, shortcut)
        yield
    finally:
        for module, name, function in own:
            setattr(module, name, function)


def _callers_line() -> source_pb2.StackTrace:
    """Where a resource is declared: one line instead of every caller of it."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_sdk(frame.f_code.co_filename):
        frame = frame.f_back
    position = source_pb2.SourcePosition(uri=f"file://{frame.f_code.co_filename}", line=frame.f_lineno)
    return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])


@cache
def _is_sdk(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(_SDK) and path.relative_to(_SDK).parts[0].startswith("pulumi")


def _outputs(made: pulumi.Resource, inputs: Iterable[str], custom: bool) -> dict[str, Callable[..., None]]:
    """Gives a resource the outputs that its inputs become, each a future; returns what is to be called with their values."""
    resolvers: dict[str, Callable[..., None]] = {}
    for name in inputs:
        if name != "urn" and not (name == "id" and custom):
            data: asyncio.Future[Any] = asyncio.Future()
            made.__dict__[name] = pulumi.Output._from_data(data)
            resolvers[name] = partial(_resolve, made, data)
    return resolvers


def _resolve(
    made: pulumi.Resource,
    data: asyncio.Future[Any],
    value: object,
    is_known: bool,
    is_secret: bool,
    dependencies: Collection[pulumi.Resource] | None,
    failed: Exception | None,
) -> None:
    if failed is not None:
        data.set_exception(failed)
    else:
        data.set_result(output._OutputData({*(dependencies or ()), made}, value, is_known, is_secret))


def _contains_unknowns(value: object) -> bool:
    """Asked several times of every output. The SDK's own makes a function that refers to itself: garbage each time."""
    left, seen = [value], set()
    while left:
        item = left.pop()
        if known_types.is_unknown(item):
            return True
        if isinstance(item, dict | list) and id(item) not in seen:
            seen.add(id(item))
            # A class of outputs may have an output that is called `values`.
            left += dict.values(item) if isinstance(item, dict) else item
    return False
