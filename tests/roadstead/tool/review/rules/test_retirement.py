from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graphs import changed, deployment, diff, graph, kubernetes, namespace, only, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.retirement import findings

NAME = "app.kubernetes.io/name"
SPACES = [namespace("payments"), namespace("shop", team="shop")]
API, WEB = deployment("api"), deployment("web", namespace="shop")
SERVICE = kubernetes("Service", "api", "payments", spec={"selector": {NAME: "api"}, "ports": [{"port": 80}]})
CALL = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "payments"}},
    "podSelector": {"matchLabels": {NAME: "api"}},
}
WEB_USES = kubernetes(
    "NetworkPolicy", "web", "shop", spec={"podSelector": {"matchLabels": {NAME: "web"}}, "egress": [{"to": [CALL]}]}
)


def change(base: list[Resource], head: list[Resource]) -> StackDiff:
    return diff(graph(*SPACES, *base), graph(*SPACES, *head))


CASES = [
    Case(
        "retirement/in-use",
        change([API, SERVICE, WEB, WEB_USES], [WEB, WEB_USES]),
        change(
            [API, SERVICE, WEB, WEB_USES],
            [changed(API, metadata={**API.inputs["metadata"], "labels": {"a": "b"}}), SERVICE, WEB],
        ),
        "payments/api goes, and with it the address http://api.payments, which shop/web may still call",
    ),
    Case(
        "retirement/app-goes",
        change([API, SERVICE], []),
        change([API, SERVICE], [deployment("api", replicas=9), SERVICE]),
        "payments/api goes, and with it the address http://api.payments; no network policy names anybody",
        Severity.NOTE,
    ),
]


def said(diff: StackDiff) -> list[Finding]:
    return only_findings(findings(diff))


def test_those_who_are_moved_in_the_same_change_are_named_too() -> None:
    moved = changed(WEB_USES, spec={"podSelector": {"matchLabels": {NAME: "web"}}, "egress": []})
    (finding,) = said(change([API, SERVICE, WEB, WEB_USES], [WEB, moved]))
    assert (finding.rule, finding.severity) == ("retirement/in-use", Severity.WARNING)
    assert "until now shop/web could call it" in finding.what


def test_users_are_known_from_the_other_side_as_well() -> None:
    let_in = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
        "podSelector": {"matchExpressions": [{"key": NAME, "operator": "In", "values": ["web"]}]},
    }
    own = kubernetes(
        "NetworkPolicy",
        "api",
        "payments",
        spec={"podSelector": {"matchLabels": {NAME: "api"}}, "ingress": [{"from": [let_in]}]},
    )
    (finding,) = said(change([API, WEB, own], [WEB]))
    assert "shop/web" in finding.what


def test_a_policy_that_means_a_whole_namespace_names_nobody() -> None:
    all_of_it = kubernetes(
        "NetworkPolicy", "same", "payments", spec={"podSelector": {}, "egress": [{"to": [{"podSelector": {}}]}]}
    )
    (finding,) = said(change([API, deployment("worker"), all_of_it], [deployment("worker"), all_of_it]))
    assert finding.severity is Severity.NOTE


def test_an_app_that_is_made_anew_under_its_name_does_not_go() -> None:
    again = deployment("api", kind="StatefulSet")
    assert said(change([API, SERVICE, WEB, WEB_USES], [again, SERVICE, WEB, WEB_USES])) == []


def test_of_a_namespace_that_goes_only_users_elsewhere_are_worth_a_finding() -> None:
    shop = namespace("shop", team="shop")
    gone = diff(graph(*SPACES, API, SERVICE), graph(shop))
    assert said(gone) == []
    used = diff(graph(*SPACES, API, SERVICE, WEB, WEB_USES), graph(shop, WEB, WEB_USES))
    assert [finding.rule for finding in said(used)] == ["retirement/in-use"]


def moving(namespace: str) -> list[Resource]:
    """An app with its address and the role of its pods, known to the engine by the same URNs wherever it is."""
    service = kubernetes("Service", "api", namespace, spec={"selector": {NAME: "api"}})
    given = {"namespace": namespace, "serviceAccount": "api", "clusterName": "live"}
    identity = resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "api", given)
    types = {"Deployment": "kubernetes:apps/v1:Deployment", "Service": "kubernetes:core/v1:Service"}
    pods = deployment(namespace=namespace, pod={"serviceAccountName": "api"})
    return [
        *(
            replace(it, urn=f"urn:pulumi:test::project::{it.inputs['kind']}::api", type=types[it.inputs["kind"]])
            for it in (pods, service)
        ),
        identity,
    ]


def test_an_app_that_moves_says_where_it_comes_back_and_where_its_identity_goes() -> None:
    reports = namespace("reports")
    spaces = [*SPACES, namespace("data")]
    for left in ([reports], []):
        moved = compare("test", graph(*spaces, reports, *moving("reports")), graph(*spaces, *left, *moving("data")))
        (finding,) = said(moved)
        assert (finding.rule, finding.severity) == ("retirement/app-goes", Severity.WARNING)
        assert "reports/api goes, and with it the address" in finding.what
        assert "; it is away for a while and comes back as data/api; its pod identity moves" in finding.what
        assert finding.what.endswith("; its pod identity moves from reports/api to data/api.")


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1), 5], ids=["unknown", "secret", "malformed"])
@pytest.mark.parametrize("path", ["podSelector", "egress"])
def test_a_policy_that_cannot_be_read_may_name_a_user(hidden: object, path: str) -> None:
    unseen = changed(WEB_USES, spec={**WEB_USES.inputs["spec"], path: hidden})
    said = list(findings(change([API, WEB, unseen], [WEB, unseen])))
    assert {each.rules for each in said if isinstance(each, Undecided)} == {
        ("retirement/app-goes", "retirement/in-use")
    }


def test_a_name_that_cannot_be_read_may_be_that_of_the_app() -> None:
    unnamed = changed(API, metadata={"name": Unknown(), "namespace": "payments"})
    assert [each.unread.path for each in findings(change([API], [unnamed])) if isinstance(each, Undecided)] == [
        "metadata.name"
    ]


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_exactly_what_goes_is_said_to_go(before: set[str], after: set[str]) -> None:
    there = said(change([deployment(name) for name in sorted(before)], [deployment(name) for name in sorted(after)]))
    assert {finding.resource for finding in there} == {deployment(name).urn for name in before - after}


def test_where_nothing_changes_nobody_goes(staging: Graph) -> None:
    assert list(findings(only(staging))) == []
