"""Which Kubernetes versions EKS offers, and until when."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from roadstead.facts import files

DATA = "eks_versions.json"
WARN_DAYS = 90
"""How long before the end of its standard support a version is warned about."""


@dataclass(frozen=True)
class EksVersion:
    """One Kubernetes version on EKS."""

    standard_support_ends: str
    """Date, YYYY-MM-DD: afterwards EKS upgrades a cluster by itself (or charges for extended support)."""
    warning: str | None
    """What a user of the version must know, or nothing."""


@cache
def eks_versions() -> dict[str, EksVersion]:
    """The versions that Roadstead accepts, newest first."""
    return {
        version: EksVersion(facts["standard_support_ends"], facts.get("warning"))
        for version, facts in files.read(DATA)["versions"].items()
    }


def standard_support_ends(version: str) -> date | None:
    """The last day of a version's standard support, of those in extended support too; nothing where it is not known."""
    table = files.read(DATA)
    facts = {**table["in_extended_support"], **table["versions"]}.get(version)
    return date.fromisoformat(facts["standard_support_ends"]) if facts else None
