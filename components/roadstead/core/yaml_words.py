"""A value as a YAML file would say it: `true`, `null`, `{min: 3, max: 3}`; never in Python's words."""

import re
from collections.abc import Mapping
from datetime import date
from math import log10

_PLAIN = re.compile(
    r"[A-Za-z_/][\w./@+*-]*(?::[\w./@+*-]+)*|\d+(?:\.\d+){2,}[\w.-]*|\d[\w./]*[A-Za-z/][\w./-]*", re.ASCII
)
"""Text that needs no quotes anywhere: words, paths, ARNs, blocks, versions of three parts."""
_OTHER_THAN_TEXT = re.compile(r"(?i:true|false|null|yes|no|on|off|y|n)|0[xob]\w*|\d[\d_]*[eE]\d+|\d{4}-\d\d?-\d\d?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
LONGEST = 120
_LARGEST_BITS = 256
"""Of a number that is shown. Python refuses to write one of more than some thousand digits."""


def in_yaml(value: object) -> str:
    """One line of YAML; text in quotes, so that it is seen where it ends."""
    if isinstance(value, str):
        return cut(_quoted(value))
    return cut(_flow(value))


def in_quotes(text: str) -> str:
    """Text in double quotes, as the files of this project write a number that is text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{printable(escaped)}"'


def printable(text: str) -> str:
    """Text that every terminal and file takes."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def inside(value: object) -> str:
    """One line of YAML for what stands in a list or a mapping: text has quotes only where it needs them."""
    return _flow(value)


def _flow(value: object) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and not _OTHER_THAN_TEXT.fullmatch(value) else _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number(value)
    return value.isoformat() if isinstance(value, date) else f"a value of type {type(value).__name__}"


def _number(value: float) -> str:
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        fewest = int((value.bit_length() - 1) * log10(2)) + 1
        return f"a number of {fewest + (abs(value) >= 10**fewest):,} digits"
    return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(repr(value), repr(value))


def _quoted(text: str) -> str:
    if _UNPRINTABLE.search(text):
        return in_quotes(text)
    return "'" + text.replace("'", "''") + "'"


def cut(text: str) -> str:
    """Text of a length that a message can hold."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
