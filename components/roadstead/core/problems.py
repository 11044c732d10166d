"""What is wrong with a value, in words: `key.path: what; got …; expected …`.

Two kinds of problem, one form. `type_problems` finds what a type can say (unknown keys, missing keys, wrong types) with
pydantic, at every depth at once. What a type cannot say (ranges, patterns, what fits what) each component says itself in
a pure `problems` function, with `problem` below. `all_problems` says both at once.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

from roadstead.core.advice import UNSURE, meant
from roadstead.core.credentials import hidden
from roadstead.core.errors import ArgsError
from roadstead.core.mending import close, did_you_mean, mended
from roadstead.core.spec_types import MOST, Path, at, described, fields, is_text, noun, plain, strict, takes_outputs
from roadstead.core.yaml_words import in_quotes, in_yaml, inside, printable

ArgsT = TypeVar("ArgsT", bound=Mapping[str, Any])

spec = strict
"""Decorator of a `TypedDict` that people write in YAML: unknown keys are refused, and no value is bent to fit."""


def problem(path: str, what: str, got: object, expected: str) -> str:
    """One problem as a line. What looks like a credential is not in it: it would end up in a log."""
    return f"{printable(path)}: {what}; got {shown(got, path.rpartition('.')[2])}; expected {expected}"


def shown(value: object, name: str = "") -> str:
    """A value as a message shows it, in the words of YAML; `name` is what it stands under."""
    return in_yaml(masked(value, name))


def masked(value: object, name: str = "") -> object:
    """A value without what looks like a credential; the very same where all of it may be read. All messages go through here."""
    return hidden(value, name)


def within(path: str, problems: list[str]) -> list[str]:
    """The problems of a part, as problems of the whole that holds it at `path`."""
    return [f"{path}.{text}" for text in problems]


def not_one_of(path: str, what: str, got: object, allowed: tuple[str, ...]) -> list[str]:
    """A problem when `got` is outside a closed set."""
    return [] if got in allowed else [problem(path, what, got, f"one of {', '.join(allowed)}")]


def checked(component: type, name: str, args: ArgsT, problems: Callable[[ArgsT], list[str]]) -> ArgsT:
    """The arguments as a component may use them, or one `ArgsError` with everything that is wrong.

    Whole numbers come back as `int`: a Python component that another language calls receives them as floats.
    """
    args_type = component.__init__.__annotations__["args"]  # type: ignore[misc]
    whole = _whole_numbers(dict(args)) if isinstance(args, Mapping) else args
    if is_text(name) and name:
        found = all_problems(args_type, whole, problems)
    else:
        nameless = problem("(its name)", "no name", name, "text, e.g. 'main'")
        found = [nameless, *type_problems(args_type, whole)]
    if found:
        raise ArgsError(component.__name__, name, found)
    return cast(ArgsT, whole)


def all_problems(spec_type: type, value: object, problems: Callable[[Any], list[str]]) -> list[str]:
    """Everything that is wrong with a value: with its types, and with the values of those parts whose type is right."""
    details = _details(spec_type, value)
    if not details:
        return problems(value)
    first, second = (mended(spec_type, value, way) for way in (0, 1))
    said, also = problems(first.value), problems(second.value)
    # What is expected of a value whichever way it is filled is what is allowed there.
    either = set(map(_place_and_expected, also))
    allowed = dict(both for both in map(_place_and_expected, said) if both in either)
    beside = [text for text in said if text in also]
    lines = []
    for detail in details:
        of_meant = [text for text in beside if _is_about(text, detail, first.meant)]
        beside = [text for text in beside if text not in of_meant and not _lies_at(text, detail)]
        expected = _place_and_expected(of_meant[0])[1] if of_meant else allowed.get(_key(detail))
        if detail["type"] == "dict_type" and not of_meant and _path(detail) not in first.meant:
            expected = None  # What is said at a mapping's place is said of its name.
        lines.append(_line(spec_type, detail, expected))
    return lines + beside


def type_problems(spec_type: type, value: object) -> list[str]:
    """Where `value` is not what `spec_type` says, each as `key.path: what; got …; expected …`."""
    return [_line(spec_type, detail, None) for detail in _details(spec_type, value)]


@cache
def _adapter(spec_type: type) -> TypeAdapter[Any]:
    return TypeAdapter(plain(spec_type) if is_typeddict(spec_type) else spec_type)


def _details(spec_type: type, value: object) -> list[ErrorDetails]:
    try:
        _adapter(spec_type).validate_python(value)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A key that is only misspelt is not missing too.
        misspelt_keys = {
            (*place, near)
            for *place, key in (detail["loc"] for detail in found if detail["type"] == "extra_forbidden")
            for near in close(key, fields(at(spec_type, tuple(place))))
        }
        return [
            detail
            for detail in found
            if not (detail["type"] == "missing" and detail["loc"] in misspelt_keys)
            and not (_is_output(detail["input"]) and takes_outputs(spec_type, detail["loc"]))
        ]
    return []


def _is_output(value: object) -> bool:
    return inspect.isawaitable(value) or hasattr(value, "apply")


_WHAT = {
    "string_type": "not text",
    "int_type": "not a whole number",
    "bool_type": "not true or false",
    "list_type": "not a list",
    "dict_type": "not a mapping",
    "date_type": "not a date",
    "string_unicode": "half a character",
    "less_than_equal": "too large a number",
    "greater_than_equal": "too small a number",
}

_BOUNDS = {
    "string_unicode": " of whole characters",
    "less_than_equal": f", at most {MOST}",
    "greater_than_equal": f", at least {-MOST}",
}


def _path(detail: ErrorDetails) -> Path:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _key(detail: ErrorDetails) -> str:
    return ".".join(map(str, _path(detail)))


def _place_and_expected(text: str) -> tuple[str, str]:
    return text.partition(": ")[0], text.rpartition("; expected ")[2]


def _is_about(text: str, detail: ErrorDetails, instead: dict[Path, Any]) -> bool:
    """Whether a problem is one of the value that was meant: within it, or of a list that names it."""
    path, here, place = _path(detail), _key(detail), text.partition(": ")[0]
    if path not in instead:
        return False
    return place.startswith(f"{here}.") or (here.startswith(f"{place}.") and f"; got {shown(instead[path])};" in text)


def _lies_at(text: str, detail: ErrorDetails) -> bool:
    here, place = _key(detail), text.partition(": ")[0]
    return detail["type"] != "extra_forbidden" and (place == here or place.startswith(f"{here}."))


def _line(spec_type: type, detail: ErrorDetails, allowed: str | None) -> str:
    path, got, kind = _path(detail), detail["input"], detail["type"]
    here = _key(detail) or "(all of it)"
    if kind == "invalid_key" or "[key]" in detail["loc"]:
        here = ".".join(map(str, (*path[:-1], inside(got))))
    if kind in ("extra_forbidden", "invalid_key"):
        known = fields(at(spec_type, path[:-1]))
        return problem(here, f"unknown key{did_you_mean(path[-1], known)}", got, f"one of {', '.join(sorted(known))}")
    hint = at(spec_type, path)
    if kind == "missing":
        return f"{here}: missing key; expected {allowed or described(hint)}"
    if kind == "string_unicode" and ("[key]" in detail["loc"] or is_typeddict(at(spec_type, path))):
        return problem(here, "a key with half a character", got, "text of whole characters")
    if "[key]" in detail["loc"]:
        instead = f", {allowed}" if allowed else f": write it in quotes, {in_quotes(inside(got))}"
        return problem(here, "a key that is not text", got, f"text{instead}")
    if _is_output(got):
        return f"{here}: not known before it is made; got an output; expected {described(hint)} that is known at once"
    advice = _advice(spec_type, path, got, allowed)
    expected = f"{noun(hint)}{advice}" if advice else described(hint)
    if allowed is None:
        expected += _BOUNDS.get(kind, "")
    return problem(here, _WHAT.get(kind, detail["msg"]), got, expected)


def _advice(spec_type: type, path: Path, got: object, allowed: str | None) -> str:
    """What to write instead, where that is certain; else what is allowed of the values of the right type."""
    instead = meant(spec_type, path, got)
    if allowed is not None and not isinstance(instead, str):
        return f" with {allowed}" if isinstance(instead, list | dict) else f", {allowed}"
    if allowed is not None:
        return f" in quotes, {allowed}"
    if instead is UNSURE or masked(got, str(path[-1]) if path else "") is not got:
        return ""
    if not isinstance(instead, str):
        without = "it without quotes, " if isinstance(got, str) and not isinstance(instead, list | dict) else ""
        return f": write {without}{inside(instead)}"
    if instead != inside(got):
        return f": write {in_quotes(instead) if instead[-1].isdigit() else instead}"
    is_amount = path[-1:] in (("cpu",), ("memory",))
    lost = _may_have_lost_a_zero(got) and not is_amount
    zero = f' (or "{instead}0": without quotes, YAML drops a last zero)' if lost else ""
    return f": write it in quotes, {in_quotes(instead)}{zero}"


def _may_have_lost_a_zero(got: object) -> bool:
    return isinstance(got, float) and len(str(got).partition(".")[2]) == 1


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return value
