from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.graphs import (
    changed,
    component,
    deployment,
    diff,
    graph,
    kubernetes,
    namespace,
    node_group,
    only,
    resource,
)
from tests.roadstead.tool.review.rules.table import Case, found, only_findings

from roadstead.facts.addon_versions import addon_versions
from roadstead.tool.offline.graph import Graph, Resource, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Severity, Undecided
from roadstead.tool.review.rules import Said
from roadstead.tool.review.rules.upgrade import findings, towards


def cluster(version: Any = "1.36") -> Resource:
    return resource("aws:eks/cluster:Cluster", "live", {"name": "live", "version": version})


def nodes(release: Any, name: str = "general") -> Resource:
    return changed(node_group(name), releaseVersion=release)


def addon(version: str, name: str = "coredns", **fields: Any) -> Resource:
    return resource("aws:eks/addon:Addon", name, {"addonName": name, "addonVersion": version}, **fields)


def written(api_version: str, kind: str) -> Resource:
    return kubernetes(kind, "it", "payments", apiVersion=api_version)


def upgraded(old: str, new: str, *also: Resource) -> StackDiff:
    """A stack in which nothing changes but its cluster's version."""
    return diff(graph(cluster(old), *also), graph(cluster(new), *also))


def turned(old: Resource, new: Resource) -> StackDiff:
    """A cluster that stays, and one thing in it that changes."""
    return compare("test", graph(cluster(), old), graph(cluster(), new))


NEWEST_COREDNS, OLDER_COREDNS = addon_versions("1.36")["coredns"], addon_versions("1.35")["coredns"]


def budget(**spec: Any) -> Resource:
    selector = {"matchLabels": {"app.kubernetes.io/name": "api"}}
    return kubernetes(
        "PodDisruptionBudget", "api", "payments", apiVersion="policy/v1", spec={"selector": selector, **spec}
    )


CASES = [
    Case(
        "upgrade/skipped-minor",
        finds=upgraded("1.34", "1.36"),
        near_miss=upgraded("1.35", "1.36"),
        says="from 1.34 to 1.36: EKS goes one minor version at a time",
    ),
    Case(
        "upgrade/goes-back",
        finds=upgraded("1.36", "1.35"),
        near_miss=upgraded("1.36", "1.36"),
        says="back from 1.36 to 1.35",
    ),
    Case(
        "upgrade/goes-back",
        finds=turned(addon("v1.14.3-eksbuild.23"), addon("v1.14.3-eksbuild.9")),
        near_miss=turned(addon("v1.14.9-eksbuild.1"), addon("v1.14.10-eksbuild.1")),
        says="coredns would go back from v1.14.3-eksbuild.23 to v1.14.3-eksbuild.9",
        severity=Severity.WARNING,
    ),
    Case(
        "upgrade/goes-back",
        finds=turned(nodes("1.36.4-20260930"), nodes("1.36.3-20260801")),
        near_miss=turned(nodes("1.36.3-20260801"), nodes("1.36.4-20260930")),
        says="general would go back from 1.36.4-20260930 to 1.36.3-20260801: EKS refuses that of a node group",
    ),
    Case(
        "upgrade/version-skew",
        finds=upgraded("1.35", "1.36", nodes("1.32.9-20260101")),
        near_miss=upgraded("1.35", "1.36", nodes("1.33.9-20260101")),
        says="general runs 1.32.9-20260101, 4 minor versions behind a control plane of 1.36",
    ),
    Case(
        "upgrade/version-skew",
        finds=only(graph(cluster("1.35"), nodes("1.36.4-20260930"))),
        near_miss=only(graph(cluster("1.36"), nodes("1.36.4-20260930"))),
        says="general would run 1.36.4-20260930, newer than a control plane of 1.35",
    ),
    Case(
        "upgrade/version-skew",
        finds=only(graph(cluster("1.35"), addon("v1.36.0-eksbuild.25", "kube-proxy"))),
        near_miss=only(graph(cluster("1.35"), addon("v1.36.0-eksbuild.25", "other"))),
        says="kube-proxy would run v1.36.0-eksbuild.25",
    ),
    Case(
        "upgrade/add-on-version",
        finds=upgraded("1.35", "1.36", addon(OLDER_COREDNS)),
        near_miss=upgraded("1.35", "1.36", addon(NEWEST_COREDNS)),
        says=f"coredns stays at {OLDER_COREDNS}",
        severity=Severity.WARNING,
    ),
    Case(
        "upgrade/removed-api",
        finds=only(graph(cluster(), written("policy/v1beta1", "PodDisruptionBudget"))),
        near_miss=only(graph(cluster(), written("policy/v1", "PodDisruptionBudget"))),
        says="PodDisruptionBudget payments/it is written in policy/v1beta1, which the API server does not have any more since Kubernetes 1.25",
    ),
    Case(
        "upgrade/deprecated-api",
        finds=only(graph(cluster(), written("storage.k8s.io/v1beta1", "VolumeAttributesClass"))),
        near_miss=only(graph(cluster("1.33"), written("storage.k8s.io/v1beta1", "VolumeAttributesClass"))),
        says="deprecated since Kubernetes 1.34 and goes with 1.37",
        severity=Severity.WARNING,
    ),
]
ON_THE_WAY = [
    Case(
        "upgrade/not-offered",
        finds=only(graph(cluster("1.35"))),
        near_miss=only(graph(component("Team", "payments", kubernetes_version="1.35"))),
        says="EKS does not offer Kubernetes 1.37, according to data/eks_versions.json of 20",
    ),
    Case(
        "upgrade/add-on-version",
        finds=only(graph(cluster(), addon("v1.14.3-eksbuild.23"))),
        near_miss=only(graph(cluster())),
        says="has no add-ons for Kubernetes 1.37",
        severity=Severity.WARNING,
    ),
    Case(
        "upgrade/version-skew",
        finds=only(graph(cluster("1.36"), nodes("1.33.9-20260101"))),
        near_miss=only(graph(cluster("1.36"), nodes("1.34.9-20260101"))),
        says="4 minor versions behind a control plane of 1.37",
    ),
    Case(
        "upgrade/removed-api",
        finds=only(graph(cluster(), written("storage.k8s.io/v1beta1", "VolumeAttributesClass"))),
        near_miss=only(graph(cluster(), written("storage.k8s.io/v1", "VolumeAttributesClass"))),
        says="since Kubernetes 1.37",
    ),
    Case(
        "upgrade/deprecated-api",
        finds=only(graph(written("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy"))),
        near_miss=only(graph(written("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"))),
        says="deprecated since Kubernetes 1.37 and goes with 1.40",
        severity=Severity.WARNING,
    ),
    Case(
        "upgrade/blocks-drain",
        finds=only(graph(namespace(), deployment(), budget(maxUnavailable=0))),
        near_miss=only(graph(namespace(), deployment(), budget(maxUnavailable=1))),
        says="lets no pod go while there are 2",
    ),
    Case(
        "upgrade/blocks-drain",
        finds=only(
            graph(namespace(), deployment(), budget(maxUnavailable=1), replace(budget(minAvailable=1), urn="b"))
        ),
        near_miss=only(graph(namespace(), deployment(), budget(minAvailable=1))),
        says="are under 2 disruption budgets",
    ),
    Case(
        "upgrade/single-replica",
        finds=only(graph(namespace(), deployment(replicas=1), budget(maxUnavailable=1))),
        near_miss=only(graph(namespace(), deployment(replicas=2), deployment(replicas=1, kind="DaemonSet"))),
        says="payments/api has a single replica",
        severity=Severity.WARNING,
    ),
]


def test_where_no_version_is_said_what_eks_offers_at_the_least_is_taken() -> None:
    gone = only(graph(written("policy/v1beta1", "PodDisruptionBudget")))
    assert [finding.rule for finding in only_findings(findings(gone))] == ["upgrade/removed-api"]
    assert list(findings(only(graph(written("policy/v1", "PodDisruptionBudget"))))) == []


def to_1_37(given: StackDiff) -> Iterator[Said]:
    """What stands on the way to 1.37."""
    assert given.head
    return towards(given.head, "1.37")


def test_nodes_that_are_too_old_may_be_renewed_while_the_control_plane_stays() -> None:
    before, after = nodes("1.32.9-20260101"), nodes("1.36.4-20260930")
    assert list(findings(diff(graph(cluster(), before), graph(cluster(), after)))) == []


def test_nodes_that_are_renewed_together_with_the_control_plane_are_still_old_while_that_moves() -> None:
    before, after = nodes("1.32.9-20260101"), nodes("1.36.4-20260930")
    together = diff(graph(cluster("1.35"), before), graph(cluster("1.36"), after))
    assert "runs 1.32.9-20260101" in found(findings, together, "upgrade/version-skew")[0].what


def test_nodes_that_are_renewed_in_time_on_a_long_way_are_no_finding() -> None:
    """From 1.33 to 1.37 they would be four versions behind, if they stayed; the first step takes them as they are."""
    there = graph(cluster("1.33"), nodes("1.33.9-20260101"))
    assert found(lambda diff: towards(diff.head or there, "1.37"), only(there), "upgrade/version-skew") == []


def test_an_add_on_that_is_written_down_is_nobodys_business_while_the_version_stays() -> None:
    assert list(findings(only(graph(cluster(), addon(OLDER_COREDNS))))) == []


def test_an_add_on_that_follows_the_table_is_no_finding() -> None:
    made_by = component("ClusterAddons", "live", versions={"metrics-server": "v0.1.0-eksbuild.1"})
    following = graph(cluster("1.35"), made_by, addon(OLDER_COREDNS, parent=made_by.urn))
    assert list(towards(following, "1.36")) == []
    stays = graph(cluster("1.35"), made_by, addon("v0.1.0-eksbuild.1", "metrics-server", parent=made_by.urn))
    (finding,) = only_findings(towards(stays, "1.36"))
    assert (finding.file, finding.key) == ("Pulumi.test.yaml", "roadstead:addons.versions.metrics-server")


def test_what_an_add_on_brings_is_no_object_of_ours() -> None:
    there = graph(cluster(), addon("v1.14.3-eksbuild.23"))
    assert {finding.rule for finding in only_findings(towards(there, "1.36"))} <= {"upgrade/add-on-version"}


def test_a_removed_api_names_what_to_write_instead_where_there_is_something() -> None:
    def says(api_version: str, kind: str) -> str:
        return only_findings(towards(graph(written(api_version, kind)), "1.36"))[0].do

    assert says("batch/v1beta1", "CronJob").startswith("Write it as batch/v1 CronJob;")
    flow = "flowcontrol.apiserver.k8s.io"
    assert says(f"{flow}/v1beta1", "FlowSchema").startswith(f"Write it as {flow}/v1 FlowSchema;"), "v1beta3 is gone too"
    assert says("extensions/v1beta1", "Ingress").startswith("Write it as networking.k8s.io/v1 Ingress;")
    assert says("policy/v1beta1", "PodSecurityPolicy").startswith("Kubernetes names no replacement")


def test_what_goes_back_with_its_cluster_is_said_of_the_cluster() -> None:
    base = graph(cluster("1.36"), addon(NEWEST_COREDNS), nodes("1.36.4-20260930"))
    head = graph(cluster("1.35"), addon(OLDER_COREDNS), nodes("1.35.9-20260930"))
    assert [each.resource for each in only_findings(findings(compare("test", base, head)))] == [cluster().urn]


def test_kinds_of_other_peoples_are_let_be() -> None:
    assert list(towards(graph(written("example.com/v1beta1", "PodDisruptionBudget")), "1.37")) == []


def test_what_is_not_known_before_creation_is_no_version() -> None:
    unknown = graph(cluster(Unknown()), nodes(Unknown()))
    here = StackDiff("test", None, unknown, (), is_compared=False)
    for said in (list(findings(here)), list(towards(unknown, "1.37"))):
        assert [each.rules for each in said if isinstance(each, Undecided)] == [
            ("upgrade/version-skew", "upgrade/removed-api", "upgrade/deprecated-api"),
            ("upgrade/version-skew",),
        ]
        assert len(said) == 2


def test_what_the_base_does_not_tell_of_its_version_keeps_the_way_from_there_undecided() -> None:
    there = diff(graph(cluster(Unknown())), graph(cluster("1.36")))
    assert {rule for said in findings(there) if isinstance(said, Undecided) for rule in said.rules} == {
        *("upgrade/skipped-minor", "upgrade/goes-back", "upgrade/version-skew"),
    }


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_the_committed_stacks_are_well_where_they_are(stack: str, request: pytest.FixtureRequest) -> None:
    here: Graph = request.getfixturevalue(stack)
    assert list(findings(only(here))) == []
    assert {finding.rule for finding in only_findings(towards(here, "1.36"))} == {"upgrade/single-replica"}
