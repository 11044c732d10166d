"""The rules: each file is a family, each a pure function from a difference to findings. docs/rules.md has a line for each id."""

from collections.abc import Callable, Iterator, Mapping

from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Undecided
from roadstead.tool.review.rules import (
    access,
    addresses,
    admission,
    blast_radius,
    capacity,
    cost,
    identity,
    lock_out,
    network,
    parity,
    protection,
    rehearsal,
    releases,
    renewal,
    retirement,
    secrets,
    spot,
    updates,
    upgrade,
    workload,
)

Said = Finding | Undecided
Rule = Callable[[StackDiff], Iterator[Said]]
RuleAcross = Callable[[Mapping[str, StackDiff]], Iterator[Said]]

FAMILIES = (
    capacity,
    blast_radius,
    lock_out,
    spot,
    access,
    workload,
    cost,
    upgrade,
    identity,
    protection,
    network,
    addresses,
    releases,
    renewal,
    retirement,
    updates,
    secrets,
    admission,
)
"""What has rules about one stack."""
RULES: tuple[Rule, ...] = tuple(family.findings for family in FAMILIES)
ACROSS_STACKS: tuple[RuleAcross, ...] = (parity.findings, identity.across, releases.across, rehearsal.findings)
"""Rules about all stacks together, by name."""
OF_ALL_STACKS = frozenset([*parity.IDS, *identity.ACROSS, *rehearsal.IDS])
"""What those find."""
IDS = frozenset([*(id_ for family in FAMILIES for id_ in family.IDS), *parity.IDS, *rehearsal.IDS])
"""The id of everything that a rule can find."""
COMPARING = frozenset(
    [
        *blast_radius.IDS,
        identity.ANEW,
        *(lock_out.ADMIN, lock_out.DEPLOYER, lock_out.CI),
        *access.COMPARING,
        workload.EXPOSED,
        *cost.IDS,
        *(upgrade.SKIPPED, upgrade.BACK, upgrade.ADDON),
        *protection.IDS,
        *network.IDS,
        *(*releases.IDS, *renewal.IDS, *retirement.IDS, *updates.IDS, *rehearsal.IDS),
    ]
)
"""Of those, what can only be found where it is known what was there before."""


def family(rule: Rule | RuleAcross) -> str:
    """What the ids of a rule begin with: the name of its file."""
    return rule.__module__.rpartition(".")[2].replace("_", "-")
