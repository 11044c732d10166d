"""What would happen to a stack: its graph at one revision against its graph at another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from roadstead.tool.offline.graph import Graph, Resource, Unknown
from roadstead.tool.offline.ignored import is_ignored, kept
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference import made_up
from roadstead.tool.review.difference.made_up import MadeUp
from roadstead.tool.review.difference.moves import Pair, paired
from roadstead.tool.review.difference.replacements import has_effect, inputs_of, kind_of, renews, takes_along
from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.difference.values import PropertyChange, changes, covers

PROVIDER = "(provider)"
"""Path of a change of the provider that manages a resource: an option, shown among the properties."""


def compare(stack: str, base: Graph | None, head: Graph | None) -> StackDiff:
    """One stack at two revisions; nothing for one where the stack is not there.

    What is replaced offline comes from the table of `replacements.py`. A resource of which nothing was changed is followed
    through: where it holds a value of a replaced one, that value will be another. What a program ignores is at the head of
    the diff what it is at the base: only a resource that is made, for the first time or anew, takes the program's value.
    """
    before, after = base or _empty(stack), head or _empty(stack)
    pairs, texts = paired(before, after)
    pairs = {urn: _staying(pair, texts) for urn, pair in pairs.items()}
    changes = tuple(_changes(before, after, pairs, texts))
    return StackDiff(stack, base, head and _as_it_will_be(head, pairs, changes), changes)


def _staying(pair: Pair, texts: Mapping[str, str]) -> Pair:
    """A pair whose new side has what the engine keeps of the old one."""
    old, new = pair.old, pair.new
    if pair.is_renewed or not new.ignore_changes or not _is_managed(new) or old.inputs == new.inputs:
        return pair
    inputs = kept(made_up.replaced(old.inputs, texts), new.inputs, new.ignore_changes)
    return pair if inputs == new.inputs else replace(pair, new=replace(new, inputs=inputs))


def _as_it_will_be(head: Graph, pairs: Mapping[str, Pair], changes: tuple[Change, ...]) -> Graph:
    """What a program declares, but for what the engine keeps."""
    keeping = {urn: pair.new for urn, pair in pairs.items() if pair.new is not head.resources[urn]}
    changed = {change.new.urn: change.new for change in changes if change.new and change.new.urn in keeping}
    return replace(head, resources={**head.resources, **keeping, **changed}) if keeping else head


def _empty(stack: str) -> Graph:
    return Graph(project="", stack=stack, resources={}, outputs={})


def _changes(base: Graph, head: Graph, pairs: Mapping[str, Pair], texts: dict[str, str]) -> Iterator[Change]:
    others = _Others()
    for urn, new in head.resources.items():
        pair = pairs.get(urn)
        if pair is None:
            change = Change(Kind.CREATE, None, new) if _is_managed(new) else None
        else:
            change = _change(pair, base, head, texts, others)
            if change is not None and change.kind is Kind.REPLACE and pair.new is not new:
                # What is made anew takes what the program says, though it is not what replaces it.
                whole = _change(replace(pair, new=new), base, head, texts, others)
                change = whole and replace(whole, kind=change.kind, forcing=change.forcing)
        if change is not None:
            others.keep(change)
            yield change
    paired_up = {pair.old.urn for pair in pairs.values()}
    for urn, old in reversed(list(base.resources.items())):
        if urn not in paired_up and _is_managed(old):
            yield Change(Kind.DELETE, old, None)


def _is_managed(resource: Resource) -> bool:
    """Whether something happens to it: not to components, nor to what is only read, nor to what nobody declared."""
    return resource.custom and not resource.external and not resource.is_default_provider


class _Others:
    """What has happened so far to resources that later ones may depend on."""

    def __init__(self) -> None:
        self.renewed = MadeUp()
        """Those of which there will be another one."""
        self._followers: dict[str, tuple[str, ...]] = {}

    def keep(self, change: Change) -> None:
        if change.kind is Kind.REPLACE or change.alias or (change.because and change.kind is Kind.MOVE):
            self.renewed.add(change.resource)
            self._followers[change.resource.urn] = takes_along(change.resource.type)
        elif change.kind is not Kind.CREATE and (followers := renews(change.resource.type)):
            self._followers[change.resource.urn] = followers

    def following(self, new: Resource) -> Iterator[tuple[PropertyChange, set[str]]]:
        """The properties that will have values that nobody knows before, and the resources that bring them."""
        above = self._followers.keys() & set(new.dependencies)
        followers = {path: urn for urn in above for path in self._followers[urn]}
        if not followers and not self.renewed:
            return  # As mostly: to look at every value of a large stack takes long.
        for path, value in made_up.leaves(new.inputs):
            causes = set(self.renewed.within(value)) | ({followers[path]} if path in followers else set())
            if causes and not is_ignored(path, new.ignore_changes):
                yield PropertyChange(path, value, Unknown()), causes
        if new.provider in self.renewed:
            yield PropertyChange(PROVIDER, new.provider, Unknown()), {str(new.provider)}


def _change(pair: Pair, base: Graph, head: Graph, texts: dict[str, str], others: _Others) -> Change | None:
    """What happens to a resource that is there at both revisions; nothing where it stays as it is."""
    old, new = pair.old, pair.new
    if pair.is_renewed:
        because = (pair.under,) if pair.under else ()
        return Change(Kind.MOVE, old, new, alias=pair.alias, because=because)
    changed: list[PropertyChange] = []
    causes: set[str] = set()
    if _is_managed(new):
        changed += _own_changes(pair, base, head, texts)
        for change, because_of in others.following(new):
            causes |= because_of
            if not any(covers(own.path, change.path) for own in changed):
                changed.append(change)
    if changed:
        kind, forcing = kind_of(new.type, changed, new.inputs)
        if any(change.path == PROVIDER for change in changed):
            replaced = new.provider in others.renewed
            kind, forcing = Kind.REPLACE if replaced else Kind.MAY_REPLACE, (*forcing, PROVIDER)
        return Change(kind, old, new, tuple(changed), forcing, because=tuple(sorted(causes)))
    return Change(Kind.MOVE, old, new) if old.urn != new.urn else None


def _own_changes(pair: Pair, base: Graph, head: Graph, texts: dict[str, str]) -> Iterator[PropertyChange]:
    """What somebody changed: the inputs, and the options."""
    old, new = pair.old, pair.new
    for change in changes(made_up.replaced(inputs_of(old, base), texts), inputs_of(new, head)):
        if has_effect(new.type, change):
            yield change
    options = (
        ("(protect)", old.protect, new.protect),
        ("(retain on delete)", old.retain_on_delete, new.retain_on_delete),
        (PROVIDER, made_up.replaced(_declared(old.provider), texts), _declared(new.provider)),
    )
    yield from (PropertyChange(path, before, after) for path, before, after in options if before != after)


def _declared(provider: str | None) -> str | None:
    """A provider, unless it is a default one, which nobody chose."""
    return None if provider and Urn.of(provider).name.startswith("default") else provider
