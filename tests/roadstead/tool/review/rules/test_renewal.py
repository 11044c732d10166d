from dataclasses import replace

import pytest
from tests.graphs import changed, deployment, graph, kubernetes, node_group, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Resource, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.renewal import findings

TEMPLATE = resource("aws:ec2/launchTemplate:LaunchTemplate", "nodes", {"tagSpecifications": [], "tags": {}}, id="lt-1")
USES = {"launchTemplate": {"id": "lt-1", "version": "1"}, "releaseVersion": "1.36.4-20260930"}
GROUP = replace(changed(node_group(least=2, most=12), **USES), dependencies=(TEMPLATE.urn,))
CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"name": "live", "version": "1.35"})
APP = changed(deployment(replicas=3), apiVersion="apps/v1")
BARE = changed(APP, spec={key: value for key, value in APP.inputs["spec"].items() if key != "replicas"})
SCALER = kubernetes(
    "HorizontalPodAutoscaler",
    "api",
    "payments",
    spec={"scaleTargetRef": {"kind": "Deployment", "name": "api"}, "minReplicas": 3, "maxReplicas": 6},
)


def change(base: list[Resource], head: list[Resource]) -> StackDiff:
    return compare("test", graph(*base), graph(*head))


TAGGED = changed(TEMPLATE, tagSpecifications=[{"resourceType": "instance", "tags": {"a": "b"}}])
CASES = [
    Case(
        "renewal/nodes",
        change([TEMPLATE, GROUP], [TAGGED, GROUP]),
        change([TEMPLATE, GROUP], [TEMPLATE, changed(GROUP, labels={"disk": "fast"})]),
        "Every node of general (at most 12) is replaced, one after the other, because of launchTemplate.tagSpecifications",
        Severity.WARNING,
    ),
    Case(
        "renewal/control-plane",
        change([CLUSTER], [changed(CLUSTER, version="1.36")]),
        change([CLUSTER], [changed(CLUSTER, version="1.35", deletionProtection=True)]),
        "goes from Kubernetes 1.35 to 1.36, which Pulumi cannot take back",
        Severity.WARNING,
    ),
    Case(
        "renewal/replicas",
        change([APP], [BARE, SCALER]),
        change([APP], [replace(BARE, ignore_changes=("spec.replicas",)), SCALER]),
        "no longer says replicas: 3, and Kubernetes takes that for 1: all pods but one stop until its scaler raises it to 3",
        Severity.WARNING,
    ),
]


def said(diff: StackDiff) -> list[Finding]:
    return only_findings(findings(diff))


def test_a_newer_image_is_what_nodes_are_renewed_for_and_only_noted() -> None:
    newer = changed(GROUP, releaseVersion="1.36.4-20261030")
    other = replace(GROUP, urn=f"{GROUP.urn}2", name="spot")
    (finding,) = said(
        change([TEMPLATE, GROUP, other], [TEMPLATE, newer, changed(other, releaseVersion="1.36.4-20261030")])
    )
    assert finding.severity is Severity.NOTE
    assert "Every node of general, spot (at most 24) is replaced" in finding.what


def test_a_template_whose_own_tags_change_gets_no_new_version() -> None:
    assert said(change([TEMPLATE, GROUP], [changed(TEMPLATE, tags={"a": "b"}), GROUP])) == []


def test_a_group_that_is_made_anew_is_no_renewal() -> None:
    assert said(change([TEMPLATE, GROUP], [TAGGED, changed(GROUP, instanceTypes=["m8g.large"])])) == []


def test_a_cluster_that_goes_back_or_is_new_has_nothing_that_cannot_be_taken_back() -> None:
    assert said(change([changed(CLUSTER, version="1.36")], [CLUSTER])) == []
    assert said(change([], [CLUSTER])) == []


@pytest.mark.parametrize(("before", "after"), [(1, None), (3, 2), (None, 3)])
def test_replicas_that_stay_written_or_were_one_stop_nothing(before: int | None, after: int | None) -> None:
    def app(number: int | None) -> Resource:
        return BARE if number is None else changed(BARE, spec={**BARE.inputs["spec"], "replicas": number})

    assert said(change([app(before)], [app(after), SCALER])) == []


def test_without_a_scaler_the_pods_stay_away() -> None:
    (finding,) = said(change([APP], [BARE]))
    assert finding.what.endswith("all pods but one stop.")


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1), "many"], ids=["unknown", "secret", "malformed"])
def test_a_size_that_cannot_be_read_is_said(hidden: object) -> None:
    unsized = changed(GROUP, scalingConfig={"minSize": 1, "maxSize": hidden})
    there = list(findings(change([TEMPLATE, unsized], [TAGGED, unsized])))
    assert [each.rules for each in there if isinstance(each, Undecided)] == [("renewal/nodes",)]
    assert [each.rule for each in there if isinstance(each, Finding)] == ["renewal/nodes"]
