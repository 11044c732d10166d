"""Tags as a list, which is how most of AWS's services take them."""

from collections.abc import Mapping


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Each tag as an object of its own, with the service's names for key and value."""
    return [{key: name, value: text} for name, text in tags.items()]
