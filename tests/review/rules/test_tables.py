"""The tables of all families, each of which stands in its own file beside this one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.review.rules.table import Case, found
from tests.review.rules.test_access import CASES as ACCESS
from tests.review.rules.test_addresses import CASES as ADDRESSES
from tests.review.rules.test_blast_radius import CASES as BLAST_RADIUS
from tests.review.rules.test_capacity import CASES as CAPACITY
from tests.review.rules.test_cost import CASES as COST
from tests.review.rules.test_lock_out import CASES as LOCK_OUT
from tests.review.rules.test_parity import CASES as PARITY
from tests.review.rules.test_rehearsal import CASES as REHEARSAL
from tests.review.rules.test_releases import CASES as RELEASES
from tests.review.rules.test_releases import TOGETHER
from tests.review.rules.test_renewal import CASES as RENEWAL
from tests.review.rules.test_retirement import CASES as RETIREMENT
from tests.review.rules.test_spot import CASES as SPOT
from tests.review.rules.test_updates import CASES as UPDATES
from tests.review.rules.test_upgrade import CASES as UPGRADE
from tests.review.rules.test_upgrade import ON_THE_WAY, to_1_37
from tests.review.rules.test_workload import CASES as WORKLOAD

from roadstead.review.finding import Finding, Undecided
from roadstead.review.rules import (
    IDS,
    access,
    addresses,
    blast_radius,
    capacity,
    cost,
    lock_out,
    parity,
    rehearsal,
    releases,
    renewal,
    retirement,
    spot,
    updates,
    upgrade,
    workload,
)

TABLES = (
    (access.findings, ACCESS),
    (addresses.findings, ADDRESSES),
    (blast_radius.findings, BLAST_RADIUS),
    (capacity.findings, CAPACITY),
    (cost.findings, COST),
    (lock_out.findings, LOCK_OUT),
    (parity.findings, PARITY),
    (rehearsal.findings, REHEARSAL),
    (releases.across, TOGETHER),
    (releases.findings, RELEASES),
    (renewal.findings, RENEWAL),
    (retirement.findings, RETIREMENT),
    (spot.findings, SPOT),
    (updates.findings, UPDATES),
    (upgrade.findings, UPGRADE),
    (to_1_37, ON_THE_WAY),
    (workload.findings, WORKLOAD),
)


@pytest.mark.parametrize(
    ("findings", "case"), [pytest.param(rule, case, id=case.rule) for rule, cases in TABLES for case in cases]
)
def test_a_rule_finds_what_it_is_for_and_not_what_is_nearly_so(
    findings: Callable[[Any], Iterator[Finding | Undecided]], case: Case[Any]
) -> None:
    there = found(findings, case.finds, case.rule)
    assert there, f"{case.rule} is not found"
    assert case.says in there[0].what, there[0].what
    assert there[0].severity is case.severity
    assert there[0].what.endswith(".")
    assert there[0].do.endswith(".")
    assert found(findings, case.near_miss, case.rule) == []


def test_every_id_has_a_case() -> None:
    assert {case.rule for _, cases in TABLES for case in cases} == IDS
