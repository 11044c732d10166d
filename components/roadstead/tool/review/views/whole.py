"""Makes one thing of several values of which any may be unread: then the first that is comes of it, and nothing else is lost."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from roadstead.tool.review.views.reading import Place, Unread

Made = TypeVar("Made")
Given = ParamSpec("Given")


class _UnseenError(Exception):
    """Ends the making of a thing; it never leaves `whole`."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread)
        self.unread = unread


def whole(make: Callable[Given, Made]) -> Callable[Given, Made | Unread]:
    """Lets a function that makes a thing give the first value that it cannot read (`seen`, `needed`) in its place."""

    @wraps(make)
    def made(*args: Given.args, **kwargs: Given.kwargs) -> Made | Unread:
        try:
            return make(*args, **kwargs)
        except _UnseenError as stopped:
            return stopped.unread

    return made


def seen(value: Made | Unread) -> Made:
    """A value that can be read. Only within a function that is `whole`."""
    if isinstance(value, Unread):
        raise _UnseenError(value)
    return value


def needed(place: Place, value: Made | Unread | None, expected: str) -> Made:
    """A value that can be read and that has to be there. Only within a function that is `whole`."""
    if value is None:
        raise _UnseenError(place.malformed(expected))
    return seen(value)


def text(place: Place) -> str:
    """Text that has to be there. Only within a function that is `whole`."""
    return seen(place.required_text())


def number(place: Place, default: int | None = None) -> int:
    """A whole number of 0 or more; one that has to be there where it has no default. Only within a function that is `whole`."""
    value = place.number()
    found = default if value is None else value
    if isinstance(found, int) and found < 0:
        raise _UnseenError(place.malformed("0 or more"))
    return needed(place, found, "a whole number")


def one_of(place: Place, allowed: tuple[str, ...], default: str | None = None) -> str:
    """One of some words. Only within a function that is `whole`."""
    value = seen(place.text())
    found = default if value is None or (value == "" and default is not None) else value
    if found is None or found not in allowed:
        raise _UnseenError(place.malformed(f"one of {', '.join(allowed)}"))
    return found


@whole
def count(place: Place, default: int | None = None) -> int:
    """A whole number of 0 or more, as a value of its own."""
    return number(place, default)
