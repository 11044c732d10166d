"""Nodes and add-ons of which a change brings an older version, while their cluster does not go back."""

import re
from collections.abc import Iterator

from roadstead.facts.kubernetes_versions import minor
from roadstead.tool.review.upgrade.versions import Versioned, Versions


def older(before: Versions, there: Versions) -> Iterator[tuple[Versioned, Versioned]]:
    """What was and what comes: node groups by what Pulumi calls them, add-ons by their names."""
    if before.version and there.version and minor(there.version) < minor(before.version):
        return
    groups = {group.resource.urn: group for group in before.groups}
    addons = {addon.name: addon for addon in before.addons}
    pairs = [(groups.get(group.resource.urn), group) for group in there.groups]
    for old, new in [*pairs, *((addons.get(addon.name), addon) for addon in there.addons)]:
        if old is not None and _in_order(new.version) < _in_order(old.version):
            yield old, new


def _in_order(version: str) -> tuple[int, ...]:
    """What makes one version older than another: `v1.14.3-eksbuild.23` and `1.36.4-20260930` by their numbers."""
    return tuple(map(int, re.findall(r"\d+", version)))
