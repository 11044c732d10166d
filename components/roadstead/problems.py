"""What is wrong with a value, in words: `key.path: what; got …; expected …`.

Two kinds of problem, one form. `type_problems` finds what a type can say (unknown keys, missing keys, wrong types) with
pydantic, at every depth at once. What a type cannot say (ranges, patterns, what fits what) each component says itself in
a pure `problems` function, with `problem` below.
"""

import types
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, NotRequired, Required, TypeVar, cast, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails
from typing_extensions import get_type_hints, is_typeddict

from roadstead.credentials import hidden
from roadstead.errors import ArgsError

spec = with_config(ConfigDict(extra="forbid", strict=True))
"""Decorator of a `TypedDict` that people write in YAML: unknown keys are refused, and no value is bent to fit."""

ArgsT = TypeVar("ArgsT", bound=Mapping[str, Any])


def problem(path: str, what: str, got: object, expected: str) -> str:
    """One problem as a line. What looks like a credential is not in it: it would end up in a log."""
    return f"{path}: {what}; got {hidden(got, path.rpartition('.')[2])!r}; expected {expected}"


def within(path: str, problems: list[str]) -> list[str]:
    """The problems of a part, as problems of the whole that holds it at `path`."""
    return [f"{path}.{text}" for text in problems]


def not_one_of(path: str, what: str, got: object, allowed: tuple[str, ...]) -> list[str]:
    """A problem when `got` is outside a closed set."""
    return [] if got in allowed else [problem(path, what, got, f"one of {', '.join(allowed)}")]


def checked(component: type, name: str, args: ArgsT, spec_type: type, problems: Callable[[ArgsT], list[str]]) -> ArgsT:
    """The arguments as a component may use them, or one `ArgsError` with everything that is wrong.

    Whole numbers come back as `int`: a Python component that another language calls receives them as floats.
    """
    whole = cast(ArgsT, _whole_numbers(dict(args)))
    known = set(component.__init__.__annotations__["args"].__annotations__)  # type: ignore[misc]
    plain = {key: value for key, value in whole.items() if key in spec_type.__annotations__ or key not in known}
    found = type_problems(spec_type, plain) or problems(whole)
    if found:
        raise ArgsError(component.__name__, name, found)
    return whole


def type_problems(spec_type: type, value: object) -> list[str]:
    """Where `value` is not what `spec_type` says, each as `key.path: what; got …; expected …`."""
    try:
        _adapter(spec_type).validate_python(value)
    except ValidationError as error:
        return [_line(spec_type, detail) for detail in error.errors(include_url=False)]
    return []


@cache
def _adapter(spec_type: type) -> TypeAdapter[Any]:
    return TypeAdapter(spec_type)


_WHAT = {
    "string_type": ("not text", "text"),
    "invalid_key": ("a key that is not text", "text"),
    "int_type": ("not a whole number", "a whole number"),
    "bool_type": ("not true or false", "true or false"),
    "list_type": ("not a list", "a list"),
    "dict_type": ("not a mapping", "a mapping"),
    "date_type": ("not a date", "a date without quotes, e.g. 2027-03-31"),
}


def _line(spec_type: type, detail: ErrorDetails) -> str:
    *parents, last = detail["loc"] or ("",)
    path = ".".join(str(part) for part in detail["loc"])
    got = detail["input"]
    if detail["type"] == "extra_forbidden":
        allowed = sorted(_keys(spec_type, parents))
        close = get_close_matches(str(last), allowed, n=2, cutoff=0.75)
        hint = f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""
        return problem(path, f"unknown key{hint}", got, f"one of {', '.join(allowed)}")
    if detail["type"] == "missing":
        return f"{path}: missing key; expected {_describe(_type_at(spec_type, detail['loc']))}"
    what, expected = _WHAT.get(detail["type"], (detail["msg"], "another value"))
    is_number = isinstance(got, int | float) and not isinstance(got, bool)
    if detail["type"] in ("string_type", "invalid_key") and is_number and hidden(got, str(last)) is got:
        expected = f'text: write it in quotes, "{got}"'
    return problem(path, what, got, expected)


def _keys(spec_type: Any, path: list[int | str]) -> list[str]:
    found = _type_at(spec_type, tuple(path))
    return list(get_type_hints(found)) if is_typeddict(found) else []


def _type_at(spec_type: Any, path: tuple[int | str, ...]) -> Any:
    """The type that a path leads to: `("groups", "spot", "min_size")` through `dict[str, Spec]` to `int`."""
    for part in path:
        spec_type = _unwrapped(spec_type)
        if is_typeddict(spec_type):
            spec_type = get_type_hints(spec_type, include_extras=True).get(str(part))
        else:
            spec_type = (get_args(spec_type) or (None,))[-1]
    return _unwrapped(spec_type)


def _unwrapped(hint: Any) -> Any:
    while get_origin(hint) in (NotRequired, Required):
        (hint,) = get_args(hint)
    if get_origin(hint) is types.UnionType:
        hint = next(arg for arg in get_args(hint) if arg is not types.NoneType)
    return hint


def _describe(hint: Any) -> str:
    simple = {str: "text", int: "a whole number", bool: "true or false", date: "a date without quotes, e.g. 2027-03-31"}
    if hint in simple:
        return simple[hint]
    if is_typeddict(hint):
        return f"a mapping with {', '.join(get_type_hints(hint))}"
    return "a list" if get_origin(hint) is list else "a mapping"


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return value
