"""What the SDK works out anew for every resource, worked out once: a fifth of the time of a large program.

These are the SDK's own functions, private ones. Where a newer SDK does not have one, that shortcut is not taken; with all
or none of them the graph is the same, which a test compares. docs/adr/0006-recording-engine.md says why.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

import pulumi
from pulumi import _types
from pulumi.runtime import resource
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
