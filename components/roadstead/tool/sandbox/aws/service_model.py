"""What AWS's own service models, as botocore carries them, say about a call: names, types, enums, lengths, patterns."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.hooks import BaseEventHooks
from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

Parameters = Mapping[str, Any]
_PYTHON = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}
"""What Python's expressions say for the classes of characters of the models' own."""


class ServiceModelError(Exception):
    """A call that is not as AWS's service model has it; the text lists everything that is wrong."""


def watch(events: BaseEventHooks) -> None:
    """Has each call of a session checked before it is sent; parameters that are `None` are left out."""
    events.register("provide-client-params", _leave_out_nothing)
    events.register_last("before-parameter-build", lambda params, model, **_: require(params, model))


def _leave_out_nothing(params: dict[str, Any], **_: object) -> None:
    for key in [key for key, value in params.items() if value is None]:
        del params[key]


def require(parameters: Parameters, operation: OperationModel) -> None:
    """Raises `ServiceModelError` when an operation does not take these parameters."""
    found = problems(parameters, operation.input_shape)
    if found:
        raise ServiceModelError("\n  ".join([f"{operation.name}: not as AWS's service model has it:", *found]))


def problems(parameters: Parameters, shape: Shape | None) -> list[str]:
    """What is wrong with parameters.

    botocore's own validation sees names, types and what is missing; it leaves enums, patterns and upper limits to AWS.
    """
    if shape is None:
        return [f"{key}: unknown; the operation takes nothing" for key in parameters]
    report = ParamValidator().validate(parameters, shape)
    return report.generate_report().splitlines() if report.has_errors() else list(_finer(parameters, shape, ""))


def _finer(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for key, item in value.items():
            yield from _finer(item, shape.members[key], f"{path}.{key}".removeprefix("."))
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from _finer(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _finer(key, shape.key, f"{path} (key)")
            yield from _finer(item, shape.value, f"{path}.{key}")
    elif isinstance(shape, StringShape):
        yield from _text_problems(value, shape, path)
    yield from _limit_problems(value, shape, path)


def _text_problems(text: str, shape: StringShape, path: str) -> Iterator[str]:
    if shape.enum and text not in shape.enum:
        yield f"{path}: not one of its values; got {text!r}; expected one of {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern", "")
    for theirs, ours in _PYTHON.items():
        pattern = pattern.replace(theirs, ours)
    if pattern and not re.fullmatch(pattern, text):
        yield f"{path}: not of its form; got {text!r}; expected {pattern}"


def _limit_problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    limit = shape.metadata.get("max")
    size = value if isinstance(value, int | float) else len(value) if hasattr(value, "__len__") else 0
    if limit is not None and size > limit:
        yield f"{path}: too long or too large; got {value!r}; expected at most {limit}"
