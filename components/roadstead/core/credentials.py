"""What looks like a credential, by its form or by the name that it stands under, and how it is hidden from what is printed.

The forms that services give their tokens are in `data/credential_forms.json`, each with its source. A name such as
`DB_PASSWORD` or `api_key` tells of the rest. References such as `$(VAR)`, ARNs, digests, paths, and names of things are no
credentials. docs/adr/0014 says why this is not a library.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote

from roadstead.facts import files

HIDDEN = "[looks like a credential]"
"""What is printed in its place."""
DATA = "credential_forms.json"
SHORTEST = 4
"""Nothing shorter is hidden: it would hide other words too."""


class _Telling(Enum):
    """What a name says of the value under it."""

    PASSWORD = "any text is one"
    TOKEN = "text is one where it looks made up"


_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_PASSWORD = re.compile(r"(?:password|passwd|passphrase|(?:^|_)(?:pwd|pass))\d*$")
_TOKEN = re.compile(
    r"(?:(?:^|_|client|shared)secret|(?:^|_|auth|access|api|bot|refresh|bearer|session)token|credentials?|webhook"
    r"|(?:^|_)(?:api|access|secret|private|signing|encryption|auth|account|master|license|service)_?key)\d*$"
)
_NO_TOKEN = re.compile(
    r"(?:client_request|request|client|next|page|continue|continuation|idempotency)_token$|existing_\w*$"
)
_REFERENCE = re.compile(
    r"\$\(.*|\$\{.*|\$[A-Za-z_]\w*|\{\{.*|<.*|\[(?:looks|secret|unknown).*|%.*%|\*+|[xX]+|\.+"
    r"|(?:arn|vault|ssm|op|env|file|secretsmanager|sha\d+):.*|ref\+.*|ENC\[.*|[A-Za-z][A-Za-z0-9+.-]*://.*"
    r"|(?:~|\.{1,2})?(?:/[a-z0-9._-]+)+/?|(?i:true|false|yes|no|null|none|required|optional|enabled|disabled)",
    re.DOTALL,
)
_NAME = re.compile(r"[a-z]+(?:[-./_:][a-z]+)*(?:[-./_]?v?\d{1,3})?|[A-Z]+(?:_[A-Z]+)*|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*|\d+")
"""What people call things: a Secret, a variable, a path, a number of seconds."""
_ASSIGNED = re.compile(
    r"((?:passw(?:or)?d|passphrase|pwd|pass|secret|token|key|credentials?|webhook)\d*)"
    r"[\"']?(?:\s*=\s*|\s*:\s+|\s*:(?=[\"'])|\s+(?=[^\s=:]))[\"']?([^\s\"'&;,|)}\]]+)",
    re.IGNORECASE,
)
"""The end of a name, and a value after it within a text: `password=…`, `token: …`, `--api-key …`."""
_HIDDEN = re.compile(r"\[(?:looks like a credential|secret|unknown)\]")
_PUBLIC = ("-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC KEY", "ssh-")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


def hidden(value: Any, name: str = "", told: Callable[[str, str], None] | None = None) -> Any:
    """A value with every credential in it hidden; the very same where there is none.

    `name` is what it stands under. `told` is called with the path and the text of each credential.
    """
    return _hidden(value, name, None, told or _nobody)


def _nobody(_path: str, _credential: str) -> None:
    """Is told, and keeps nothing."""


def credentials(text: str, name: str = "") -> tuple[str, ...]:
    """The parts of a text that look like credentials, or what was hidden before: by the name above it the whole may be one."""
    if HIDDEN in text:
        return (HIDDEN,)
    if len(text) < SHORTEST:
        return ()
    telling = _telling(name)
    if telling and _is_one(text, telling):
        return (text,)
    return _within(text)


def is_secret_text(text: str) -> bool:
    """Whether a text that is a secret by where it stands is one in clear: no reference, no certificate, nothing made of what is hidden."""
    for each in (text, *_of_base64(text)):
        if len(each.strip()) < SHORTEST or _HIDDEN.search(each) or each.lstrip().startswith(_PUBLIC):
            return False
        if _REFERENCE.fullmatch(each) and not _within(each):
            return False
    return True


def tells(name: str) -> bool:
    """Whether what stands under a name is a credential by that name."""
    return _telling(name) is not None


def hidden_text(text: str) -> str:
    """A text of which nothing is known, such as a message, without the credentials in it."""
    return _replaced(text, credentials(text))


def _replaced(text: str, found: tuple[str, ...]) -> str:
    for credential in sorted(found, key=len, reverse=True):
        text = text.replace(credential, HIDDEN)
    return text


Way = tuple["Way", str | int, Any] | None
"""To a value: the way to what holds it, its key or number in there, and itself. Few of them become a path."""


def _hidden(value: Any, name: str, way: Way, told: Callable[[str, str], None]) -> Any:
    if isinstance(value, str):
        found = credentials(value, name)
        for credential in found:
            told(_path(way), credential)
        return _replaced(value, found) if found else value
    if isinstance(value, int):
        if not _is_secret_number(value, name):
            return value
        told(_path(way), str(value))
        return HIDDEN
    # To ask whether it is a `dict` is much faster than whether it is a `Mapping`.
    if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101
        own = _name_in(value)
        items = {
            key: _hidden(item, own if own and key in ("value", "Value") else str(key), (way, str(key), item), told)
            for key, item in value.items()
        }
        return items if any(items[key] is not item for key, item in value.items()) else value
    if isinstance(value, list | tuple):
        made = [
            _hidden(item, _flag(value, number) or name, (way, number, item), told) for number, item in enumerate(value)
        ]
        return made if any(new is not old for new, old in zip(made, value, strict=True)) else value
    return value


def _name_in(item: Mapping[str, Any]) -> str:
    """The name that an item of a list gives to its value, as variables and tags do."""
    if "value" not in item and "Value" not in item:
        return ""
    names = (item[key] for key in ("name", "key", "Name", "Key") if key in item)
    return next((name for name in names if isinstance(name, str)), "")


def _flag(items: list[Any] | tuple[Any, ...], number: int) -> str:
    """The option before an argument: `--password` before `…`."""
    before = items[number - 1] if number else None
    return before if isinstance(before, str) and before.startswith("-") and "=" not in before else ""


def _label(item: Any, number: int) -> str:
    names = [item.get(key) for key in ("name", "key", "Sid")] if isinstance(item, Mapping) else []
    return next((name for name in names if isinstance(name, str)), str(number))


def _path(way: Way) -> str:
    if way is None:
        return ""
    above, key, item = way
    path = _path(above)
    if isinstance(key, int):
        return f"{path}[{_label(item, key)}]"
    return f"{path}.{key}" if path else key


@cache
def _telling(name: str) -> _Telling | None:
    words = "_".join(filter(None, _WORD_STARTS.split(name))).lower()
    if _PASSWORD.search(words):
        return _Telling.PASSWORD
    return _Telling.TOKEN if _TOKEN.search(words) and not _NO_TOKEN.search(words) else None


def _is_secret_number(value: int, name: str) -> bool:
    """A password that was written without quotes; fewer digits are a length or a number of days."""
    return abs(value) >= 10_000 and _telling(name) is _Telling.PASSWORD


def _is_one(value: str, telling: _Telling) -> bool:
    if len(value) < SHORTEST or _REFERENCE.fullmatch(value):
        return False
    return telling is _Telling.PASSWORD or not (len(value) < 8 or _NAME.fullmatch(value) or re.search(r"\s", value))


@lru_cache(maxsize=100_000)
def _within(text: str) -> tuple[str, ...]:
    """The credentials in a text; all of it, where they are only seen once it is decoded."""
    found = dict.fromkeys([*_of_a_form(text), *_assigned(text)])
    if not found and any(_within(decoded) for decoded in _decoded(text)):
        return (text,)
    return tuple(found)


def _of_a_form(text: str) -> Iterator[str]:
    for parts, pattern in _forms():
        for match in pattern.finditer(text) if any(part in text for part in parts) else ():
            credential = match[match.lastindex or 0]
            if len(credential) >= SHORTEST and not _REFERENCE.fullmatch(credential):
                yield credential


@cache
def _forms() -> tuple[tuple[list[str], re.Pattern[str]], ...]:
    """Each form behind the parts of which a text of it has one: looking for those first is much faster."""
    return tuple((form["with"], re.compile(form["pattern"])) for form in files.read(DATA)["forms"].values())


def _assigned(text: str) -> Iterator[str]:
    for match in _ASSIGNED.finditer(text):
        start, (ending, value) = match.start(), match.groups()
        while start and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
            start -= 1
        name = text[start : match.start()] + ending
        between = text[match.end(1) : match.start(2)]
        telling = _telling(name) if name.startswith("-") or not between.isspace() else None
        if telling and not value.startswith("-") and _is_one(value, telling):
            yield value


def _decoded(text: str) -> Iterator[str]:
    if "%3A%2F%2F" in text.upper():
        yield unquote(text)
    if _BASE64.fullmatch(text) and len(text) % 4 == 0:
        yield from _of_base64(text)


def _of_base64(text: str) -> Iterator[str]:
    try:
        yield b64decode(text, validate=True).decode()
    except (NotBase64, UnicodeDecodeError, ValueError):
        return
