"""What a control plane costs on a day: 73.00 USD a month, and 365.00 more in extended support."""

from datetime import date
from typing import Any

import pytest
from tests.graphs import graph, resource
from tests.roadstead.tool.review.test_cost import provider

from roadstead.facts.eks_versions import standard_support_ends
from roadstead.tool.offline.graph import Graph, Unknown
from roadstead.tool.review.cost.bill import bill as bill_on
from roadstead.tool.review.cost.bill import cost
from roadstead.tool.review.reports import money

TODAY, AFTER = date(2026, 11, 21), date(2026, 12, 3)
LAST_DAY = date(2026, 12, 2)
"""Of the standard support of 1.34."""
STANDARD, EXTENDED = {"supportType": "STANDARD"}, {"supportType": "EXTENDED"}


def cluster(version: Any = "1.36", policy: Any = None, **inputs: Any) -> Graph:
    policy = {} if policy is None else {"upgradePolicy": policy}
    made = resource("aws:eks/cluster:Cluster", "main", {"version": version, **policy, **inputs})
    return graph(provider(), made)


CASES = {
    "a version with time": (cluster("1.36"), TODAY, "73.00", []),
    "an old one, by default": (
        cluster("1.33"), TODAY, "438.00", ["main runs Kubernetes 1.33, in extended support since 2026-07-29."]),
    "an old one whose policy says so": (
        cluster("1.33", EXTENDED), TODAY, "438.00", ["main runs Kubernetes 1.33, in extended support since 2026-07-29."]),
    "an old one that EKS upgrades by itself": (
        cluster("1.33", STANDARD), TODAY, "73.00",
        ["Kubernetes 1.33 of main left standard support on 2026-07-29: EKS upgrades it, so no extended support is reckoned."]),
    "one that soon is old": (
        cluster("1.34"), TODAY, "73.00",
        ["Kubernetes 1.34 of main leaves standard support on 2026-12-02: it then costs 365.00 USD a month more."]),
    "one that soon is old and that EKS then upgrades": (
        cluster("1.34", STANDARD), TODAY, "73.00",
        ["Kubernetes 1.34 of main leaves standard support on 2026-12-02: EKS then upgrades it."]),
    "on the last day": (
        cluster("1.34"), LAST_DAY, "73.00",
        ["Kubernetes 1.34 of main leaves standard support on 2026-12-02: it then costs 365.00 USD a month more."]),
    "a day later": (cluster("1.34"), AFTER, "438.00", ["main runs Kubernetes 1.34, in extended support since 2026-12-02."]),
    "a policy that is not known yet": (
        cluster("1.33", Unknown()), TODAY, "438.00", ["main runs Kubernetes 1.33, in extended support since 2026-07-29."]),
    "a version that is not known yet": (
        cluster(Unknown()), TODAY, "73.00", ["main does not say its Kubernetes version: reckoned as in standard support."]),
}  # fmt: skip


@pytest.mark.parametrize(("made", "today", "usd", "notes"), CASES.values(), ids=CASES)
def test_a_control_plane_costs_more_in_extended_support(made: Graph, today: date, usd: str, notes: list[str]) -> None:
    found = bill_on(made, today)
    assert (str(found.total), list(found.notes), found.lacks) == (usd, notes, ())
    assert all(note in money.prices(found) for note in notes)


def test_until_when_a_version_has_standard_support_is_not_guessed() -> None:
    found = bill_on(cluster("1.19"), TODAY)
    assert str(found.total) == "73.00"
    assert found.lacks == ("extended support of main, if Kubernetes 1.19 is in it",)
    assert standard_support_ends("1.19") is None


def test_an_upgrade_out_of_extended_support_and_a_policy_that_allows_it_are_changes() -> None:
    upgraded = cost(cluster("1.33"), cluster("1.34"), TODAY)
    allowed = cost(cluster("1.33", STANDARD), cluster("1.33", EXTENDED), TODAY)
    assert upgraded
    assert upgraded.change().signed == "-365.00"
    assert allowed
    assert allowed.change().signed == "+365.00"


@pytest.mark.parametrize(
    ("inputs", "lacks"),
    [
        ({"controlPlaneScalingConfig": {"tier": "tier-xl"}}, "the tier tier-xl of control plane main"),
        ({"computeConfig": {"enabled": True}}, "what EKS Auto Mode runs for main"),
        ({"remoteNetworkConfig": {"remoteNodeNetworks": {}}}, "hybrid nodes of main"),
    ],
)
def test_what_else_eks_asks_money_for_is_said(inputs: dict[str, Any], lacks: str) -> None:
    assert bill_on(cluster(**inputs), TODAY).lacks == (lacks,)


@pytest.mark.parametrize(
    "inputs",
    [{"controlPlaneScalingConfig": {"tier": "standard"}}, {"computeConfig": {"enabled": False}}],
)
def test_what_is_there_without_being_asked_for_costs_nothing_more(inputs: dict[str, Any]) -> None:
    assert bill_on(cluster(**inputs), TODAY).lacks == ()
