"""Finds things by what they are called, where some may not say what that is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from roadstead.tool.review.views.reading import Unread

Made = TypeVar("Made")


@dataclass(frozen=True)
class Lookup(Generic[Made]):
    """Things of one kind."""

    named: Mapping[str, Made]
    unnamed: Unread | None
    """The name of the first of which nobody can read it: it may be any."""

    @classmethod
    def of(cls, things: "Iterable[tuple[str | Unread, Made]]") -> "Lookup[Made]":
        """Things, each with its name."""
        listed = list(things)
        unnamed = next((name for name, _ in listed if isinstance(name, Unread)), None)
        return cls({name: made for name, made in listed if isinstance(name, str)}, unnamed)

    def get(self, name: str | Unread, otherwise: Made) -> Made | Unread:
        """The one that is called so; where there is none for sure, something else."""
        if isinstance(name, Unread):
            return name if self.named or self.unnamed else otherwise
        if name in self.named:
            return self.named[name]
        return self.unnamed or otherwise
