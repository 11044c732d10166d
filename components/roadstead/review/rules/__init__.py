"""The rules: each file is a family, each a pure function from a difference to findings. docs/rules.md has a line for each id."""

from collections.abc import Callable, Iterator, Mapping

from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Undecided
from roadstead.review.rules import (
    access,
    admission,
    blast_radius,
    capacity,
    cost,
    lock_out,
    parity,
    spot,
    upgrade,
    workload,
)

Said = Finding | Undecided
Rule = Callable[[StackDiff], Iterator[Said]]
RuleAcross = Callable[[Mapping[str, StackDiff]], Iterator[Said]]

RULES: tuple[Rule, ...] = (
    capacity.findings,
    blast_radius.findings,
    lock_out.findings,
    spot.findings,
    access.findings,
    workload.findings,
    admission.findings,
    cost.findings,
    upgrade.findings,
)
"""Rules about one stack."""
ACROSS_STACKS: tuple[RuleAcross, ...] = (parity.findings,)
"""Rules about all stacks together, by name."""
IDS = frozenset(
    id_
    for family in (capacity, blast_radius, lock_out, spot, access, workload, admission, cost, parity, upgrade)
    for id_ in family.IDS
)
"""The id of everything that a rule can find."""
COMPARING = frozenset(
    [
        *blast_radius.IDS,
        *(lock_out.ADMIN, lock_out.DEPLOYER, lock_out.CI),
        *(access.WIDENED, access.TRUST_WIDENED),
        workload.EXPOSED,
        *cost.IDS,
        *(upgrade.SKIPPED, upgrade.BACK, upgrade.ADDON),
    ]
)
"""Of those, what can only be found where it is known what was there before."""
