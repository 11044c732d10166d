"""The order of environments: what production gets in one change with staging, where staging should have run it first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import PRODUCTION, STAGING, finding
from roadstead.tool.review.upgrade.versions import Addon, Versioned, versions
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.tier import tier

(NOT_AFTER,) = IDS = ("rehearsal/not-after-staging",)
KUBERNETES, NODES = "Kubernetes", "nodes"
NAMED = 4
"""How many things of a change a sentence names before it only counts."""


def findings(diffs: Mapping[str, StackDiff]) -> Iterator[Finding | Undecided]:
    """Versions of Kubernetes, node images and add-ons that a production goes on to and no staging has run before.

    Of anything else it is right that one change brings it everywhere: code is the same for all environments.
    """
    staging = [diff for diff in diffs.values() if diff.head is not None and tier(diff.head) == STAGING]
    for diff in diffs.values():
        if diff.base is None or diff.head is None:
            continue
        of_tier = tier(diff.head)
        if isinstance(of_tier, Unread):
            yield Undecided(IDS, of_tier)
        elif staging and of_tier == PRODUCTION:
            yield from _of_stack(diff.base, diff.head, staging)


def _of_stack(base: Graph, head: Graph, staging: list[StackDiff]) -> Iterator[Finding]:
    had = [there for diff in staging for there in _versioned(diff.base)]
    has = {(kind, made.version) for diff in staging for kind, made in _versioned(diff.head)}
    before = {made.resource.urn: made.version for _, made in _versioned(base)}
    new = [
        (kind, made)
        for kind, made in _versioned(head)
        if _is_newer(made.version, before.get(made.resource.urn))
        and not any(kind == other and not _is_newer(made.version, there.version) for other, there in had)
        # Of Kubernetes and add-ons that staging does not get at all, parity/version speaks.
        and (kind == NODES or (kind, made.version) in has)
    ]
    if not new:
        return
    if any(kind == KUBERNETES for kind, _ in new):
        # Add-ons whose version follows from it are no news.
        new = [(kind, made) for kind, made in new if not (isinstance(made, Addon) and made.follows)]
    goes = list(dict.fromkeys(f"{kind} {made.version}" for kind, made in new))
    names = " and ".join(diff.stack for diff in staging)
    when = (
        f"with {names}, not after it" if any((kind, made.version) in has for kind, made in new) else f"before {names}"
    )
    what = f"{head.stack} gets {some(goes, NAMED)} {when}: nobody has seen it run."
    first = new[0][1]
    found = finding(
        head,
        first.resource,
        NOT_AFTER,
        Severity.WARNING,
        what,
        f"Let {names} run it first, and change {head.stack} later.",
    )
    yield replace(found, file=first.source.file or found.file, key=first.source.key or found.key)


def _versioned(graph: Graph | None) -> list[tuple[str, Versioned]]:
    """What has a version, by what it is called in every environment."""
    if graph is None:
        return []
    found = versions(graph)
    return [
        *((KUBERNETES, made) for made in found.clusters),
        *((NODES, made) for made in found.groups),
        *((addon.name, addon) for addon in found.addons),
    ]


def _is_newer(version: str, than: str | None) -> bool:
    """Whether it is another, later one; of what was not there nothing is later."""
    return than is not None and _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
