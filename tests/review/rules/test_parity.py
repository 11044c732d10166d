import pytest
from tests.graphs import changed, deployment, graph, kubernetes, namespace, of_tier, only, resource

from roadstead.offline.graph import Graph, Resource
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding
from roadstead.review.rules.parity import IDS, findings

ADDON = resource("aws:eks/addon:Addon", "coredns", {"addonName": "coredns", "addonVersion": "v1.14"})
OLDER = changed(ADDON, addonVersion="v1.13")
NEW, OLD = (resource("aws:eks/cluster:Cluster", "live", {"version": version}) for version in ("1.37", "1.36"))
DENY = kubernetes("NetworkPolicy", "deny", "payments", spec={})
DENY_OTHER = kubernetes("NetworkPolicy", "other", "payments", spec={})
TABLE = resource("aws:dynamodb/table:Table", "ledger", {})
LEVEL = "pod-security.kubernetes.io/enforce"


def compared(production: list[Resource], staging: list[Resource]) -> list[Finding]:
    heads = {"production": production, "staging": staging}
    return list(findings({tier: only(graph(of_tier(tier), *made, stack=tier)) for tier, made in heads.items()}))


TABLE_OF_CASES = [
    ("parity/kind", [TABLE], [changed(TABLE, hashKey="id")], "has 1 of aws:dynamodb/table:Table (ledger)"),
    ("parity/add-on", [ADDON], [changed(ADDON, configurationValues="{}")], "has the add-on coredns"),
    ("parity/version", [ADDON, NEW], [ADDON, NEW], "has coredns in version v1.14, and staging in v1.13"),
    (
        "parity/policy",
        [DENY, namespace(), deployment()],
        [DENY, namespace(), deployment()],
        "has the network policy payments/deny",
    ),
    ("parity/app", [namespace(), deployment()], [namespace(), deployment(replicas=9)], "runs payments/api"),
]
BEHIND = {
    "parity/kind": [],
    "parity/add-on": [changed(ADDON, addonName="kube-proxy")],
    "parity/version": [OLDER, OLD],
    "parity/policy": [namespace(), deployment(), DENY_OTHER],
    "parity/app": [namespace(), deployment("worker")],
}


@pytest.mark.parametrize(("rule", "production", "staging", "says"), TABLE_OF_CASES, ids=sorted(IDS, key=IDS.index))
def test_a_rule_finds_what_staging_has_not_and_nothing_else(
    rule: str, production: list[Resource], staging: list[Resource], says: str
) -> None:
    assert compared(production, staging) == []
    there = compared(production, BEHIND[rule])
    assert {finding.rule for finding in there} == {rule}
    assert f"production {says}" in there[0].what


def test_every_id_has_a_case() -> None:
    assert {rule for rule, *_ in TABLE_OF_CASES} == set(IDS)


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


def test_without_both_there_is_nothing_to_compare() -> None:
    assert list(findings({"live": only(graph(of_tier("production"), TABLE))})) == []


def test_the_committed_stacks_have_been_rehearsed(staging: Graph, production: Graph, local: Graph) -> None:
    diffs = {made.stack: StackDiff(made.stack, made, made, ()) for made in (staging, production, local)}
    assert list(findings(diffs)) == []
