"""The inputs of one resource, each of which has to be used: what nobody looks at would go unproved."""

import secrets
from collections.abc import Mapping
from typing import Any


class Inputs:
    """A resource's inputs while it is made, in Pulumi's own keys."""

    def __init__(self, values: Mapping[str, Any], logical_name: str, default_tags: Mapping[str, str]) -> None:
        self._left = dict(values)
        self._logical_name = logical_name
        self._default_tags = default_tags

    def take(self, key: str) -> Any:
        """An input, which counts as used from now on; nothing if the program does not give it."""
        return self._left.pop(key, None)

    def take_only(self, key: str) -> Any:
        """The only item of an input that Pulumi has as a list and AWS as one; nothing if the program gives none."""
        items = self.take(key) or [None]
        return items[0] if len(items) == 1 else items

    def name(self, key: str = "name") -> str:
        """The resource's name; where the program gives none, the logical one and seven digits, as Pulumi does it."""
        return str(self.take(key) or f"{self._logical_name}-{digits()}")

    def tags(self) -> dict[str, str]:
        """The resource's tags, upon those that its provider gives to everything."""
        return {**self._default_tags, **(self.take("tags") or {})}

    def left(self) -> list[str]:
        """The inputs that nobody has used."""
        return sorted(self._left)


def digits() -> str:
    """Seven hexadecimal digits, at random: never those that a preview makes up."""
    return secrets.token_hex(4)[:7]
