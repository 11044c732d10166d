"""What to write instead of a value of the wrong type or form: only what is accepted, and means what was meant.

`memory: 512` in quotes would be 512 bytes: nobody meant that, so the advice is `512Mi`.
"""

import re
import shlex
from datetime import date
from typing import Any, get_args, get_origin

from typing_extensions import is_typeddict

from roadstead.core.spec_types import MOST, Path, at, bare, fields, is_whole, required

LEAST_MEMORY_MIB = 16
"""No container that does anything runs in less."""
_MOST_CORES_OF_A_POD = 64
_LEAST_MIB_OF_A_NAMESPACE = 512
"""A smaller number was meant in GiB."""
_MEMORY = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?([mgt])i?b?", re.IGNORECASE | re.ASCII)
_THOUSANDTHS = re.compile(r"(\d{1,6}) ?[mM]", re.ASCII)
_TRUTH = {"true": True, "yes": True, "on": True, "y": True, "false": False, "no": False, "off": False, "n": False}
_UNITS = {"_seconds": "s|sec|seconds?", "_days": "d|days?", "_gib": "Gi?B?"}
UNSURE = object()
"""The answer where nothing can be said of what was meant."""


def meant(spec_type: Any, path: Path, value: object) -> Any:
    """The value of the right type that somebody most likely meant who wrote this one at a path."""
    hint = at(spec_type, path)
    if hint is str:
        is_field = bool(path) and is_typeddict(at(spec_type, path[:-1]))
        return _text(str(path[-1]) if is_field else "", "quota" not in path, value)
    if get_origin(hint) is list:
        return _list(bare(get_args(hint)[0]), value)
    if is_typeddict(hint):
        return _mapping(hint, value)
    if hint is int and path and isinstance(value, str):
        value = _without_unit(str(path[-1]), value)
    return _OTHERS[hint](value) if hint in _OTHERS else UNSURE


def memory(amount: object, *, of_pod: bool = True) -> str | None:
    """An amount of memory without a unit, or with one that Kubernetes does not know, as Kubernetes writes it."""
    if isinstance(amount, str):
        if match := _MEMORY.fullmatch(amount.strip()):
            unit = match[2].upper()
            mib = float(match[1]) * 1024 ** "MGT".index(unit)
            return f"{match[1]}{unit}i" if mib >= LEAST_MEMORY_MIB else None
        amount = _number(amount)
    if not isinstance(amount, int | float) or isinstance(amount, bool) or not 0 < amount < 1024**5:
        return None
    if amount < (LEAST_MEMORY_MIB if of_pod else _LEAST_MIB_OF_A_NAMESPACE):
        return f"{amount:g}Gi" if amount >= 0.02 else None
    if amount <= 1024**2 and float(amount).is_integer():
        return f"{amount:.0f}Mi"
    return f"{amount:.0f}" if amount >= LEAST_MEMORY_MIB * 1024**2 else None


def cpu(amount: object, *, of_pod: bool = True) -> str | None:
    """An amount of CPU as Kubernetes writes it: more cores than a pod ever has were thousandths."""
    if isinstance(amount, str):
        if match := _THOUSANDTHS.fullmatch(amount.strip()):
            return f"{int(match[1])}m" if int(match[1]) else None
        amount = _number(amount)
    if not isinstance(amount, int | float) or isinstance(amount, bool) or not 0.001 <= amount < 1e7:
        return None
    amount = int(amount) if float(amount).is_integer() else amount
    most = _MOST_CORES_OF_A_POD if of_pod else 10 * _MOST_CORES_OF_A_POD
    return f"{amount}m" if amount >= most and is_whole(amount) else f"{amount}"


def _number(text: str) -> int | float:
    if re.fullmatch(r"\d{1,15}", text, re.ASCII):
        return int(text)
    return float(text) if re.fullmatch(r"\d{1,15}\.\d{1,9}", text, re.ASCII) else 0


def _text(field: str, of_pod: bool, value: object) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if field in ("memory", "storage"):
        return memory(value, of_pod=of_pod) or UNSURE
    if field == "cpu":
        return cpu(value, of_pod=of_pod) or UNSURE
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) or is_whole(value) else UNSURE


def _without_unit(field: str, text: str) -> str:
    """The number of a text that says again what the name of the field says: `grace_seconds: 100s`."""
    units = next((units for name, units in _UNITS.items() if field.endswith(name)), "")
    return re.sub(rf"\s*(?:{units})$", "", text) if units else text


def _whole_number(value: object) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= MOST else UNSURE


def _truth(value: object) -> Any:
    return _TRUTH.get(value.lower(), UNSURE) if isinstance(value, str) else UNSURE


def _day(value: object) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else UNSURE
    except ValueError:
        return UNSURE


_OTHERS = {int: _whole_number, bool: _truth, date: _day}


def _mapping(hint: Any, value: object) -> Any:
    """The one thing that a mapping needs; or one number where it needs several, as the fewest and the most."""
    needed = [key for key in fields(hint) if key in required(hint)]
    types = {bare(fields(hint)[key]) for key in needed}
    fits = (types == {str} and isinstance(value, str) and len(needed) == 1) or (types == {int} and is_whole(value))
    return dict.fromkeys(needed, value) if fits else UNSURE


def _list(inner: Any, value: object) -> Any:
    """One item, or several in one text."""
    if isinstance(value, dict) and is_typeddict(inner) and required(inner) <= set(value) <= set(fields(inner)):
        return [value]
    if inner is int and is_whole(value):
        return [value]
    if is_typeddict(inner) and (item := _mapping(inner, value)) is not UNSURE:
        return [item]
    if inner is not str or not isinstance(value, str) or not value.strip():
        return UNSURE
    try:
        return [part.strip() for part in value.split(",") if part.strip()] if "," in value else shlex.split(value)
    except ValueError:
        return UNSURE
