from collections.abc import Mapping

import pytest
from tests.graphs import changed, deployment, graph, kubernetes, namespace, of_tier, only, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.parity import findings

ADDON = resource("aws:eks/addon:Addon", "coredns", {"addonName": "coredns", "addonVersion": "v1.14"})
OLDER = changed(ADDON, addonVersion="v1.13")
NEW, OLD = (resource("aws:eks/cluster:Cluster", "live", {"version": version}) for version in ("1.37", "1.36"))
DENY = kubernetes("NetworkPolicy", "deny", "payments", spec={})
DENY_OTHER = kubernetes("NetworkPolicy", "other", "payments", spec={})
TABLE = resource("aws:dynamodb/table:Table", "ledger", {})
LEVEL = "pod-security.kubernetes.io/enforce"


def both(production: list[Resource], staging: list[Resource]) -> dict[str, StackDiff]:
    heads = {"production": production, "staging": staging}
    return {tier: only(graph(of_tier(tier), *made, stack=tier)) for tier, made in heads.items()}


def compared(production: list[Resource], staging: list[Resource]) -> list[Finding]:
    return only_findings(findings(both(production, staging)))


RUNS = [namespace(), deployment()]
CASES = [
    Case(
        "parity/kind",
        both([TABLE], []),
        both([TABLE], [changed(TABLE, hashKey="id")]),
        "production has 1 of aws:dynamodb/table:Table (ledger)",
        Severity.WARNING,
    ),
    Case(
        "parity/add-on",
        both([ADDON], [changed(ADDON, addonName="kube-proxy")]),
        both([ADDON], [changed(ADDON, configurationValues="{}")]),
        "production has the add-on coredns",
        Severity.WARNING,
    ),
    Case(
        "parity/version",
        both([ADDON, NEW], [OLDER, OLD]),
        both([ADDON, NEW], [ADDON, NEW]),
        "production has coredns in version v1.14, and staging in v1.13",
        Severity.WARNING,
    ),
    Case(
        "parity/policy",
        both([DENY, *RUNS], [DENY_OTHER, *RUNS]),
        both([DENY, *RUNS], [DENY, *RUNS]),
        "production has the network policy payments/deny",
        Severity.WARNING,
    ),
    Case(
        "parity/app",
        both(RUNS, [namespace(), deployment("worker")]),
        both(RUNS, [namespace(), deployment(replicas=9)]),
        "production runs payments/api",
        Severity.WARNING,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_nothing_else_is_found(case: Case[Mapping[str, StackDiff]]) -> None:
    assert isinstance(case.finds, dict)
    assert isinstance(case.near_miss, dict)
    assert {finding.rule for finding in only_findings(findings(case.finds))} == {case.rule}
    assert list(findings(case.near_miss)) == []


def test_production_ahead_of_staging_is_found_and_behind_it_is_not() -> None:
    assert "would run Kubernetes 1.37" in compared([NEW], [OLD])[0].what
    assert compared([OLD], [NEW]) == []


def test_a_policy_over_pods_that_staging_does_not_run_is_none_that_it_lacks() -> None:
    there = compared([DENY, namespace(), deployment()], [DENY_OTHER, namespace(), deployment("worker")])
    assert {finding.rule for finding in there} == {"parity/app", "parity/policy"}
    over_api = changed(DENY, spec={"podSelector": {"matchLabels": {"app.kubernetes.io/name": "api"}}})
    there = compared([over_api, namespace(), deployment()], [DENY_OTHER, namespace(), deployment("worker")])
    assert {finding.rule for finding in there} == {"parity/app"}


def test_a_laxer_pod_security_in_staging_is_found_and_a_stricter_one_is_not() -> None:
    strict, lax = namespace(**{LEVEL: "restricted"}), namespace(**{LEVEL: "baseline"})
    assert "enforces restricted in namespace payments, and staging only baseline" in compared([strict], [lax])[0].what
    assert compared([lax], [strict]) == []


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1), 5], ids=["unknown", "secret", "malformed"])
@pytest.mark.parametrize("hides", ["production", "staging"])
@pytest.mark.parametrize(
    ("rules", "made_of", "change"),
    [
        ({"parity/add-on", "parity/version"}, ADDON, "addonName"),
        ({"parity/version"}, ADDON, "addonVersion"),
        ({"parity/version"}, NEW, "version"),
        ({"parity/policy"}, DENY, "metadata"),
        ({"parity/app"}, RUNS[1], "metadata"),
    ],
    ids=["name of an add-on", "its version", "Kubernetes", "policy", "workload"],
)
def test_what_cannot_be_read_in_either_environment_is_undecided_and_the_rest_is_compared(
    hidden: object, hides: str, rules: set[str], made_of: Resource, change: str
) -> None:
    heads = {tier: [namespace(), made_of] for tier in ("production", "staging")}
    heads[hides] = [namespace(), changed(made_of, **{change: hidden})]
    heads["production"].append(TABLE)
    said = list(findings(both(**heads)))
    undecided = {rule for each in said if isinstance(each, Undecided) for rule in each.rules}
    # A policy of production may be over pods of staging that hide their namespace.
    assert undecided - {"parity/policy"} == rules - {"parity/policy"}
    assert rules <= undecided
    assert "parity/kind" in {finding.rule for finding in only_findings(said)}


def test_without_both_there_is_nothing_to_compare() -> None:
    assert list(findings({"live": only(graph(of_tier("production"), TABLE))})) == []


def test_a_cluster_that_leaves_its_version_to_eks_is_neither_ahead_nor_behind() -> None:
    latest = resource("aws:eks/cluster:Cluster", "live", {})
    assert compared([NEW], [latest]) == compared([latest], [OLD]) == []


def test_the_committed_stacks_have_been_rehearsed(staging: Graph, production: Graph, local: Graph) -> None:
    diffs = {made.stack: StackDiff(made.stack, made, made, ()) for made in (staging, production, local)}
    assert list(findings(diffs)) == []
