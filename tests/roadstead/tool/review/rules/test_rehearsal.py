from collections.abc import Mapping

from tests.graphs import changed, diff, graph, node_group, of_tier, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules.rehearsal import findings

CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"version": "1.35"})
GROUP = changed(node_group(), releaseVersion="1.35.8-20260930")
DNS = resource("aws:eks/addon:Addon", "dns", {"addonName": "coredns", "addonVersion": "v1.13.2-eksbuild.31"})
THERE = [CLUSTER, GROUP, DNS]
NEXT, IMAGE = changed(CLUSTER, version="1.36"), changed(GROUP, releaseVersion="1.35.9-20261101")
NEW_DNS = changed(DNS, addonVersion="v1.14.3-eksbuild.23")


def both(
    production: list[Resource], staging: list[Resource], staging_before: list[Resource] | None = None
) -> dict[str, StackDiff]:
    def stack(tier: str, base: list[Resource], head: list[Resource]) -> StackDiff:
        return diff(graph(of_tier(tier), *base, stack=tier), graph(of_tier(tier), *head, stack=tier))

    return {
        "production": stack("production", THERE, production),
        "staging": stack("staging", staging_before or THERE, staging),
    }


CASES: list[Case[Mapping[str, StackDiff]]] = [
    Case(
        "rehearsal/not-after-staging",
        both([NEXT, GROUP, NEW_DNS], [NEXT, GROUP, NEW_DNS]),
        both([NEXT, GROUP, NEW_DNS], [NEXT, GROUP, NEW_DNS], [NEXT, GROUP, NEW_DNS]),
        "production gets Kubernetes 1.36, coredns v1.14.3-eksbuild.23 with staging, not after it",
        Severity.WARNING,
    )
]


def said(diffs: dict[str, StackDiff]) -> list[Finding]:
    return only_findings(findings(diffs))


def test_nodes_have_a_new_image_in_staging_first() -> None:
    assert "gets nodes 1.35.9-20261101 with staging" in said(both([CLUSTER, IMAGE, DNS], [CLUSTER, IMAGE, DNS]))[0].what
    assert "gets nodes 1.35.9-20261101 before staging" in said(both([CLUSTER, IMAGE, DNS], THERE))[0].what
    assert said(both([CLUSTER, IMAGE, DNS], [CLUSTER, IMAGE, DNS], [CLUSTER, IMAGE, DNS])) == []


def test_what_staging_does_not_get_at_all_is_for_parity_to_say() -> None:
    assert said(both([NEXT, GROUP, NEW_DNS], THERE)) == []


def test_a_production_that_follows_or_goes_back_is_as_it_should_be() -> None:
    ahead = [changed(CLUSTER, version="1.37"), GROUP, DNS]
    assert said(both([NEXT, GROUP, DNS], ahead, ahead)) == []
    assert (
        said(both([changed(CLUSTER, version="1.34"), GROUP, DNS], [changed(CLUSTER, version="1.34"), GROUP, DNS])) == []
    )


def test_what_is_the_same_everywhere_or_new_needs_no_rehearsal() -> None:
    more = [
        *THERE,
        changed(node_group("spot"), releaseVersion="1.35.8-20260930"),
        resource("aws:s3/bucket:Bucket", "b", {}),
    ]
    assert said(both(more, more)) == []
    assert said({"production": both(more, more)["production"]}) == []
