"""From made-up texts to real ones: what the recording engine called a resource, and what AWS calls it. Pure functions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from roadstead.tool.offline.graph import Resource

Path = tuple[str | int, ...]


class MadeUpTextError(LookupError):
    """A text that the recording engine made up is used, and nobody said what AWS calls it."""


def real_texts(resource: Resource, answer: Mapping[str, Any]) -> dict[str, str | None]:
    """Every text that was made up for a resource, with the one that AWS answered in its place; nothing where none did.

    The answer has `id` and the keys of the resource's `computed`, nested as they are there. A text that the inputs hold
    too was not made up.
    """
    given = {text for _, text in _texts(resource.inputs)}
    answered = dict(_texts(answer))
    found: dict[str, str | None] = {}
    for path, text in _texts({**resource.computed, "id": resource.id}):
        if text and text not in given:
            found[text] = answered.get(path) or found.get(text)
    return found


def replaced(value: Any, real: Mapping[str, str | None]) -> Any:
    """A value with every made-up text replaced, also within longer texts and in keys, but never within an identifier.

    Raises `MadeUpTextError` for a made-up text without a real one.
    """
    if isinstance(value, str):
        return _replaced_text(value, real)
    if isinstance(value, Mapping):
        return {replaced(key, real): replaced(item, real) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(item, real) for item in value]
    return value


def _replaced_text(text: str, real: Mapping[str, str | None]) -> str:
    within = sorted((made_up for made_up in real if made_up in text), key=len, reverse=True)
    if not within:
        return text
    return re.sub(
        rf"(?<![\w.-])(?:{'|'.join(map(re.escape, within))})(?![\w-]|\.\w)", lambda m: _real(m[0], real), text
    )


def _real(made_up: str, real: Mapping[str, str | None]) -> str:
    answer = real[made_up]
    if answer is None:
        raise MadeUpTextError(
            f"{made_up!r} is made up, and its resource's function in the sandbox does not say the real one"
        )
    return answer


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
