"""Which resource of one revision is which of the other: by URN, by alias, and by being the same under another name."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph, Resource, plain
from roadstead.tool.review.difference import made_up
from roadstead.tool.review.difference.made_up import MadeUp
from roadstead.tool.review.difference.replacements import has_effect
from roadstead.tool.review.difference.urns import former_urns
from roadstead.tool.review.difference.values import changes


@dataclass(frozen=True)
class Pair:
    """A resource at both revisions."""

    old: Resource
    new: Resource
    alias: str | None = None
    """The alias to add, without which the engine takes them for two."""
    under: str | None = None
    """URN of the ancestor to which that alias is to be added: this resource follows it."""

    @property
    def is_renewed(self) -> bool:
        """Whether the engine, as the program is now, deletes the old one and creates the new one."""
        return self.alias is not None or self.under is not None


def paired(base: Graph, head: Graph) -> tuple[dict[str, Pair], dict[str, str]]:
    """The pairs by the URN at the new revision, and the texts that the renamed ones put in place of others."""
    pairs = {urn: Pair(base.resources[urn], new) for urn, new in head.resources.items() if urn in base.resources}
    left, added = _only_in(base, head), _only_in(head, base)
    if not left or not added:
        return pairs, {}
    alike = _Alike(left.values(), added.values())
    texts: dict[str, str] = {}
    for urn, new in added.items():
        parent = pairs.get(new.parent or "")
        found = _by_alias(new, left, parent, texts) or alike.find(new, left, texts, parent.old if parent else None)
        if found is not None:
            pairs[urn] = found
            del left[found.old.urn]
            texts |= made_up.renamed(found.old, new)
    return pairs, texts


def _only_in(graph: Graph, other: Graph) -> dict[str, Resource]:
    """What one revision alone has. A default provider is called after its version: it is neither new nor renamed."""
    return {
        urn: made
        for urn, made in graph.resources.items()
        if urn not in other.resources and not made.is_default_provider
    }


def _by_alias(new: Resource, left: dict[str, Resource], parent: Pair | None, texts: dict[str, str]) -> Pair | None:
    """What the engine finds by an alias of a resource, or would find if an ancestor had the alias that it lacks."""
    renamed_parent = parent.old.urn if parent and parent.old.urn != parent.new.urn else None
    lacking = parent.new.urn if parent and parent.alias else parent.under if parent else None
    for urn in former_urns(new, renamed_parent):
        old = left.get(urn)
        if old is None:
            continue
        if lacking is None or urn in former_urns(new, None):
            return Pair(old, new)
        if _same(old, new, texts):
            return Pair(old, new, under=lacking)
    return None


class _Alike:
    """Finds, among what went, the resource that is the same as one that came."""

    def __init__(self, left: Iterable[Resource], added: Iterable[Resource]) -> None:
        left = list(left)
        self._added = MadeUp(added)
        by_look: dict[str, list[Resource]] = {}
        gone = MadeUp(left)
        for old in left:
            by_look.setdefault(_look(old, gone), []).append(old)
        self._by_look = by_look

    def find(
        self, new: Resource, left: dict[str, Resource], texts: dict[str, str], parent: Resource | None
    ) -> Pair | None:
        """The only one that is the same: in the same place under another name, or of the same name in another place.

        What differs in both is something else: the roles of two node groups may well say the same.
        """
        found = [
            old
            for old in self._by_look.get(_look(new, self._added), ())
            if old.urn in left
            and (old.name == new.name or old.parent == (parent and parent.urn))
            and _same(old, new, texts)
        ]
        if len(found) > 1:
            found = [old for old in found if old.name == new.name]
        return Pair(found[0], new, alias=found[0].urn) if len(found) == 1 else None


def _look(resource: Resource, others: MadeUp) -> str:
    """What a resource has in common with itself under another name."""
    return f"{resource.type} {json.dumps(plain(others.without(resource.inputs)), sort_keys=True)}"


def _same(old: Resource, new: Resource, texts: dict[str, str]) -> bool:
    return not any(has_effect(new.type, change) for change in changes(made_up.replaced(old.inputs, texts), new.inputs))
