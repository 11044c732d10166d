"""What the types of specs and arguments say: their fields, the type that a path leads to, and the shape of a value."""

import types
from collections.abc import Awaitable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, NotRequired, Required, TypeGuard, Union, get_args, get_origin

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict, is_typeddict

Path = tuple[int | str, ...]

strict = with_config(ConfigDict(extra="forbid", strict=True))
"""Decorator of a `TypedDict`: unknown keys are refused, and no value is bent to fit."""

MOST = 2**53 - 1
"""The largest whole number that survives JSON and Pulumi's protocol, whose numbers are doubles (and so are JavaScript's)."""
_Whole = Annotated[int, Field(ge=-MOST, le=MOST)]
_Text = Annotated[str, Field(max_length=2**31)]
"""Only where it has a length to look at does pydantic see whether a text is made of whole characters."""
_CHECKED = {int: _Whole, str: _Text}
_SIMPLE = {str: "text", int: "a whole number", bool: "true or false", date: "a date"}


def fields(hint: Any) -> Mapping[str, Any]:
    """The fields of a `TypedDict` with their types; nothing of any other type."""
    return hint.__annotations__ if is_typeddict(hint) else {}


def required(hint: Any) -> frozenset[str]:
    """The fields that a `TypedDict` cannot do without."""
    return frozenset(hint.__required_keys__) if is_typeddict(hint) else frozenset()


def bare(hint: Any) -> Any:
    """A type without what is said of its presence, of nothing, and of outputs: `NotRequired[Input[str]]` as `str`."""
    while get_origin(hint) in (NotRequired, Required):
        (hint,) = get_args(hint)
    if get_origin(hint) in (types.UnionType, Union):
        hint = next(arg for arg in get_args(hint) if arg is not types.NoneType)
    return hint


def at(hint: Any, path: Path) -> Any:
    """The type that a path leads to: `("groups", "spot", "min_size")` through `dict[str, Spec]` to `int`."""
    for part in path:
        hint = bare(hint)
        hint = fields(hint).get(str(part)) if is_typeddict(hint) else (get_args(hint) or (None,))[-1]
    return bare(hint)


def takes_outputs(hint: Any, path: Path) -> bool:
    """Whether a value at a path, or one that it is a part of, may be known only while resources are made."""
    for part in (*path, None):
        while get_origin(hint) in (NotRequired, Required):
            (hint,) = get_args(hint)
        if any(get_origin(arg) is Awaitable for arg in get_args(hint)):
            return True
        hint = bare(hint)
        hint = fields(hint).get(str(part)) if is_typeddict(hint) else (get_args(hint) or (None,))[-1]
    return False


@cache
def plain(hint: Any) -> Any:
    """The type of the same values in which nothing is an output and no unknown key is allowed."""
    presence = get_origin(hint)
    if presence in (NotRequired, Required):
        return presence[plain(get_args(hint)[0])]
    may_be_nothing = types.NoneType in get_args(hint)
    hint = bare(hint)
    if hint in _CHECKED:
        hint = _CHECKED[hint]
    if is_typeddict(hint):
        inner = {key: plain(field) for key, field in fields(hint).items()}
        hint = strict(TypedDict(hint.__name__, inner))  # type: ignore[operator]
    elif get_origin(hint) in (list, dict):
        hint = get_origin(hint)[tuple(plain(arg) for arg in get_args(hint))]
    return hint | None if may_be_nothing else hint


def is_whole(value: object) -> TypeGuard[int]:
    """A whole number that can be reckoned with. To Python `True` is one too."""
    return isinstance(value, int) and not isinstance(value, bool) and -MOST <= value <= MOST


def is_text(value: object) -> TypeGuard[str]:
    """Text that can be sent: half a character, a lone surrogate, cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def noun(hint: Any) -> str:
    """A type in a word: `text`, `a whole number`, `a list`."""
    hint = bare(hint)
    return _SIMPLE.get(hint, "a list" if get_origin(hint) is list else "a mapping")


def described(hint: Any) -> str:
    """What a value of a type looks like: a word, and the shape of a mapping or a list."""
    hint = bare(hint)
    if hint is date:
        return "a date without quotes, e.g. 2027-03-31"
    if is_typeddict(hint) and not required(hint):
        return f"{noun(hint)} with any of {', '.join(fields(hint))}"
    shape = "" if hint in _SIMPLE else _shape(hint)
    return f"{noun(hint)}: {shape}" if shape else noun(hint)


def _shape(hint: Any) -> str:
    hint = bare(hint)
    if hint is Any:
        return "…"
    if hint in _SIMPLE:
        return noun(hint)
    if is_typeddict(hint):
        needed = [f"{key}: {_shape(field)}" for key, field in fields(hint).items() if key in required(hint)]
        return "{" + ", ".join(needed or ["…"]) + "}"
    if get_origin(hint) is list:
        return f"[{_shape(get_args(hint)[0])}, …]"
    return f"{{<name>: {_shape(get_args(hint)[1])}, …}}" if get_args(hint) else ""
