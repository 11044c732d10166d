"""Which Kubernetes versions EKS offers, and until when."""

from dataclasses import dataclass
from functools import cache

from roadstead.facts import files

DATA = "eks_versions.json"


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
