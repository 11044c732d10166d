"""Which things may be one although not all that they are known by can be read."""

import re
from collections.abc import Iterator

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.identity import Identity, identities
from roadstead.tool.review.views.reading import Unread


def perhaps_twice(graph: Graph) -> Iterator[Unread]:
    """The values on which it depends whether a thing is declared twice.

    What may be another one of its kind, because something of its name cannot be read; what is known tells most apart.
    """
    by_known: dict[tuple[object, ...], list[Identity]] = {}
    masks = {(one.kind, _known(one)) for one in identities(graph) if one.unread}
    for one in identities(graph):
        for of_kind, mask in masks:
            if of_kind == one.kind and mask <= _known(one):
                by_known.setdefault(_projected(one, mask), []).append(one)
    for one in identities(graph):
        alike = by_known.get(_projected(one, _known(one)), []) if one.unread else []
        if one.unread and any(other is not one and _may_be(graph, one.unread, other) for other in alike):
            yield one.unread


def _known(identity: Identity) -> frozenset[int]:
    return frozenset(number for number, part in enumerate(identity.parts) if isinstance(part, str))


def _projected(identity: Identity, mask: frozenset[int]) -> tuple[object, ...]:
    return (identity.kind, identity.where, mask, tuple(identity.parts[number] for number in sorted(mask)))


def _may_be(graph: Graph, unread: Unread, other: Identity) -> bool:
    """Whether a value may be the other's. What comes from another resource each is another one, and so is a text without its name."""
    root = re.split(r"[.\[]", unread.path)[0]
    needs, others = (made.property_dependencies.get(root) for made in (unread.resource, other.resource))
    if not needs:
        return True
    sources = [graph.resources[urn] for urn in needs if urn in graph.resources]
    named = any(str(made.inputs.get("name", made.name)) in other.words for made in sources)
    return needs == others or (not others and (named or bool(other.unread)))
