"""Policy documents of IAM: their statements in one form, however they are written, and what of them cannot be read.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.reading import Place, Unread

KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_TEXTS = ("Action", "NotAction", "Resource", "NotResource")


class Statement(TypedDict, total=False):
    """One statement: what may be alone or in a list is a list, and numbers and truth values are texts."""

    Sid: str
    Effect: str
    """`Allow` or `Deny`."""
    Action: list[str]
    NotAction: list[str]
    Resource: list[str]
    NotResource: list[str]
    Principal: Mapping[str, list[str]]
    """By kind; everybody is everybody of each kind."""
    NotPrincipal: Mapping[str, list[str]]
    Condition: Mapping[str, Mapping[str, list[str]]]
    """By operator and key."""


@dataclass(frozen=True)
class Document:
    """What a document says, as far as it can be read."""

    statements: tuple[Statement, ...] = ()
    unread: tuple[Unread, ...] = ()


NOTHING = Document()


def document(place: Place) -> Document:
    """What the document at a place says; nothing where none is there."""
    text = place.text()
    if text is None:
        return NOTHING
    if isinstance(text, Unread):
        return Document(unread=(text,))
    statements, problems = _read(text)
    return Document(statements, tuple(place.malformed(expected) for expected in problems if isinstance(expected, str)))


def of_text(text: str | None) -> Document:
    """What a text says that nothing hides; what in it is no statement says nothing."""
    return Document(_read(text)[0]) if text else NOTHING


def allowing(actions: list[str]) -> Document:
    """A document that allows some actions on everything."""
    return Document(({"Effect": "Allow", "Action": actions, "Resource": ["*"]},))


def documents(graph: Graph) -> Iterator[tuple[Resource, str, Document]]:
    """Every policy document of a graph: whose it is, under which property, and what it says."""
    for resource in graph.resources.values():
        for key, value in resource.inputs.items():
            is_text = isinstance(value, str) and value.startswith("{") and '"Statement"' in value
            if is_text or (key in ("policy", "assumeRolePolicy") and resource.type.startswith("aws:iam/")):
                yield resource, key, document(Place.of(resource).at(key))
        for inline in inline_policies(resource):
            yield resource, "inlinePolicies", inline


def inline_policies(role: Resource) -> list[Document]:
    """The policies that a role carries in itself."""
    items = Place.of(role).at("inlinePolicies").items()
    return [Document(unread=(items,))] if isinstance(items, Unread) else [document(item.at("policy")) for item in items]


@cache
def _read(text: str) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """The statements of a text, and for each part that is none what it should be."""
    try:
        said = json.loads(text)
    except ValueError:
        return (), ("JSON",)
    found = said.get("Statement") if isinstance(said, Mapping) else None
    if found is None:
        return (), ("a document with statements",)
    read = [_statement(one) for one in listed(found)]
    return tuple(each for each in read if each is not None), ("statements",) if None in read else ()


def _statement(said: Any) -> Statement | None:
    if not isinstance(said, Mapping) or said.get("Effect") not in ("Allow", "Deny"):
        return None
    try:
        read: dict[str, Any] = {key: _texts(said[key]) for key in _TEXTS if key in said}
        read |= {key: _principals(said[key]) for key in ("Principal", "NotPrincipal") if key in said}
        conditions = {
            str(operator): {str(key): _texts(values) for key, values in keys.items()}
            for operator, keys in (said.get("Condition") or {}).items()
        }
    except (TypeError, AttributeError):
        return None
    made: Statement = {"Effect": said["Effect"], **read}  # type: ignore[typeddict-item]
    if conditions:
        made["Condition"] = conditions
    if "Sid" in said:
        made["Sid"] = str(said["Sid"])
    return made


def _principals(said: Any) -> dict[str, list[str]]:
    return (
        {kind: ["*"] for kind in KINDS} if said == "*" else {str(kind): _texts(named) for kind, named in said.items()}
    )


def _texts(value: Any) -> list[str]:
    texts = [json.dumps(item) if isinstance(item, bool | int | float) else item for item in listed(value)]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError
    return texts


def listed(value: Any) -> list[Any]:
    """A value that IAM takes alone or in a list, as a list."""
    return list(value) if isinstance(value, list) else [value]
