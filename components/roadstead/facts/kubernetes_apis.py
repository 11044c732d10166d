"""Since when each API version of Kubernetes exists, and until when it is served."""

from dataclasses import dataclass
from functools import cache

from roadstead.facts import files
from roadstead.facts.kubernetes_versions import minor

DATA = "kubernetes_apis.json"


@dataclass(frozen=True)
class Lifecycle:
    """The Kubernetes versions that decide what becomes of a kind in one API version. What lies ahead is a plan."""

    introduced: str
    """The first that serves it."""
    deprecated: str | None = None
    """The first that warns of it."""
    removed: str | None = None
    """The first that does not serve it any more."""
    replacement: str | None = None
    """API version and kind to use instead, e.g. `policy/v1 PodDisruptionBudget`."""


@cache
def kubernetes_apis() -> dict[tuple[str, str], Lifecycle]:
    """What Kubernetes itself has, by API version and kind. Kinds of other people's are not among them."""
    return {
        (version, kind): Lifecycle(**facts)
        for version, kinds in files.read(DATA)["api_versions"].items()
        for kind, facts in kinds.items()
    }


def replacement(known: Lifecycle, version: str) -> str | None:
    """What to use instead in a Kubernetes version: where a replacement of long ago is gone too, what replaced that."""
    name = known.replacement
    while name:
        api_version, _, kind = name.partition(" ")
        after = kubernetes_apis()[api_version, kind]
        if not after.removed or minor(after.removed) > minor(version):
            break
        name = after.replacement
    return name
