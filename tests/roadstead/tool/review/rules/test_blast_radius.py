from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.graphs import (
    component,
    deleted,
    deployment,
    diff,
    graph,
    key,
    kubernetes,
    namespace,
    node_group,
    replaced,
    resource,
)
from tests.roadstead.tool.review.rules.table import Case

from roadstead.tool.offline.graph import Resource, Secret, Unknown
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.difference.values import PropertyChange
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.rules.blast_radius import DATA, LOST, findings

CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"name": "live"})
REPOSITORY = resource("aws:ecr/repository:Repository", "payments.api", {"name": "payments/api"})
ZONE = resource("aws:route53/zone:Zone", "acme", {"name": "acme.example"})
PROVIDER = resource("pulumi:providers:kubernetes", "kubernetes", {"clusterIdentifier": "live"})
VOLUME = kubernetes("PersistentVolumeClaim", "ledger", "payments")
SPOT, GENERAL = node_group("spot", spot=True), node_group("general")
VPC = resource("aws:ec2/vpc:Vpc", "live", {"cidrBlock": "10.0.0.0/16"})
SUBNET = resource("aws:ec2/subnet:Subnet", "live-a", {"cidrBlock": "10.0.0.0/20"}, dependencies=(VPC.urn,))
IN_SUBNET = replace(CLUSTER, dependencies=(SUBNET.urn,))
ADDRESS, GATEWAY = resource("aws:ec2/eip:Eip", "nat-a", {}), resource("aws:ec2/natGateway:NatGateway", "nat-a", {})
API = kubernetes("Service", "api", "payments", spec={"selector": {"app.kubernetes.io/name": "api"}})
ALL = (CLUSTER, REPOSITORY, ZONE, PROVIDER, VOLUME, SPOT, GENERAL, key(), namespace(), namespace("empty"))


def peer(namespace: str, app: str) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": app}},
    }


def lets_out(namespace: str, app: str, *peers: Mapping[str, Any]) -> Resource:
    selector = {"matchLabels": {"app.kubernetes.io/name": app}}
    return kubernetes("NetworkPolicy", app, namespace, spec={"podSelector": selector, "egress": [{"to": list(peers)}]})


def lets_in(namespace: str, app: str, *peers: Mapping[str, Any]) -> Resource:
    selector = {"matchLabels": {"app.kubernetes.io/name": app}}
    return kubernetes(
        "NetworkPolicy", app, namespace, spec={"podSelector": selector, "ingress": [{"from": list(peers)}]}
    )


def between(before: Iterable[Resource], after: Iterable[Resource]) -> StackDiff:
    return compare("test", graph(*before), graph(*after))


def stack(*changes: Change) -> StackDiff:
    gone = {change.old.urn for change in changes if change.old and change.new is None}
    return diff(graph(*ALL), graph(*(made for made in ALL if made.urn not in gone)), *changes)


def updated(old: Resource, *paths: str) -> Change:
    return Change(Kind.UPDATE, old, old, tuple(PropertyChange(path, "old", "new") for path in paths))


CASES = [
    Case(
        "blast-radius/cluster",
        stack(replaced(CLUSTER, "name")),
        stack(updated(CLUSTER, "version")),
        "live (aws:eks/cluster:Cluster) would be replaced because of name: everything that runs in it goes with it",
    ),
    Case(
        "blast-radius/namespace",
        stack(deleted(namespace())),
        stack(updated(namespace(), "metadata.labels")),
        "the volumes of ledger are deleted",
    ),
    Case("blast-radius/key", stack(deleted(key())), stack(updated(key(), "policy")), "cannot be read again"),
    Case(
        "blast-radius/registry",
        stack(replaced(REPOSITORY, "encryptionConfigurations")),
        stack(updated(REPOSITORY, "imageTagMutability")),
        "the images that releases pin go with it",
    ),
    Case(
        "blast-radius/data",
        stack(deleted(VOLUME)),
        stack(updated(VOLUME, "spec.resources.requests.storage")),
        "payments.ledger (kubernetes:some/v1:PersistentVolumeClaim) would be deleted: its volume goes with it",
    ),
    Case("blast-radius/hosted-zone", stack(deleted(ZONE)), stack(updated(ZONE, "comment")), "its names stop resolving"),
    Case(
        "blast-radius/provider",
        stack(updated(PROVIDER, "clusterIdentifier")),
        stack(updated(PROVIDER, "kubeconfig")),
        "would talk to another cluster: every Kubernetes object that it manages goes with it",
    ),
    Case(
        "blast-radius/node-group",
        stack(replaced(SPOT, "instanceTypes")),
        stack(updated(SPOT, "scalingConfig.maxSize")),
        "every pod on its nodes (at most 3) has to move",
        Severity.NOTE,
    ),
    Case(
        "blast-radius/all-node-groups",
        stack(replaced(SPOT, "subnetIds"), replaced(GENERAL, "subnetIds")),
        stack(replaced(SPOT, "subnetIds")),
        "all 2 node groups go in one change",
    ),
    Case(
        "blast-radius/network",
        diff(graph(VPC, SUBNET, IN_SUBNET, SPOT, GATEWAY), graph(VPC), replaced(VPC, "cidrBlock"), deleted(GATEWAY)),
        diff(graph(VPC, SUBNET, IN_SUBNET), graph(VPC), updated(VPC, "enableDnsHostnames")),
        "Network live (10.0.0.0/16) would be replaced because of cidrBlock: its 1 subnets and everything in them go with it; "
        "EKS cannot move a cluster to another network, so live has to be made anew with its 1 node groups and everything that "
        "runs there; NAT goes (nat-a)",
    ),
    Case(
        "blast-radius/address",
        diff(graph(ADDRESS), graph(), deleted(ADDRESS)),
        diff(graph(ADDRESS, GATEWAY), graph(ADDRESS), deleted(GATEWAY)),
        "The address nat-a would be deleted: who lets this stack in by it no longer does",
        Severity.WARNING,
    ),
    Case(
        "blast-radius/workload",
        diff(graph(deployment()), graph(deployment()), replaced(deployment(), "spec.selector")),
        diff(graph(deployment()), graph(deployment()), updated(deployment(), "spec.replicas")),
        "Deployment payments/api would be replaced because of spec.selector: its pods stop, and it is away meanwhile.",
        Severity.WARNING,
    ),
    Case(
        "blast-radius/service",
        between([API, lets_out("storefront", "web", peer("payments", "api"))], []),
        between([API, lets_out("storefront", "web", peer("payments", "api"))], [replace(API, urn=f"{API.urn}-new")]),
        "The address http://api.payments goes: storefront/web may call it.",
        Severity.WARNING,
    ),
]


def severities(*changes: Change) -> list[Severity]:
    return [finding.severity for finding in findings(stack(*changes))]


def test_a_namespace_without_volumes_is_a_warning() -> None:
    assert severities(deleted(namespace("empty"))) == [Severity.WARNING]


def test_what_may_replace_is_a_warning() -> None:
    assert severities(replaced(key(), "policy", kind=Kind.MAY_REPLACE)) == [Severity.WARNING]


def test_a_rename_is_found_only_without_its_alias() -> None:
    renamed = replace(CLUSTER, urn=CLUSTER.urn + "-new")
    assert severities(Change(Kind.MOVE, CLUSTER, renamed, alias=CLUSTER.urn)) == [Severity.ERROR]
    assert severities(Change(Kind.MOVE, CLUSTER, renamed)) == []


def test_what_pulumi_leaves_in_place_is_a_warning() -> None:
    assert severities(deleted(replace(ZONE, retain_on_delete=True))) == [Severity.WARNING]


def test_what_pulumi_leaves_in_place_is_a_warning_where_it_is_replaced_too() -> None:
    kept = replace(key(), retain_on_delete=True)
    assert severities(replaced(kept, "customerMasterKeySpec")) == [Severity.WARNING]


def test_what_is_renamed_with_its_parent_goes_with_it() -> None:
    parent = component("EncryptionKey", "new")
    renamed = replace(key(), urn=key().urn + "-new")
    (finding,) = findings(stack(Change(Kind.MOVE, key(), renamed, because=(parent.urn,))))
    assert (finding.rule, finding.severity) == ("blast-radius/key", Severity.ERROR)
    assert "is renamed with new, which has no alias, and would be replaced" in finding.what
    assert finding.do == "Give new an alias."


def test_a_key_that_is_disabled_reads_nothing() -> None:
    def switched(on: bool) -> Change:
        return Change(Kind.UPDATE, key(), key(), (PropertyChange("isEnabled", not on, on),))

    (finding,) = findings(stack(switched(False)))
    assert "payments (aws:kms/key:Key) would be disabled: what it encrypted cannot be read meanwhile." in finding.what
    assert severities(switched(True)) == []


@pytest.mark.parametrize("type_", [type_ for type_, (rule, _) in LOST.items() if rule == DATA])
def test_data_that_goes_is_an_error(type_: str) -> None:
    made = resource(type_, "ledger", {})
    assert severities(deleted(made)) == severities(replaced(made, "name")) == [Severity.ERROR]


def test_a_namespace_that_leaves_its_name_to_pulumi_is_found_with_its_volumes() -> None:
    made_up = {"metadata": {"name": "ledger-1a2b3c4"}}
    named = resource(
        "kubernetes:core/v1:Namespace", "ledger", {"apiVersion": "v1", "kind": "Namespace"}, computed=made_up
    )
    claim = kubernetes("PersistentVolumeClaim", "data", "ledger-1a2b3c4", spec={})
    (finding,) = findings(diff(graph(named, claim), graph(claim), deleted(named)))
    assert (finding.severity, "the volumes of data are deleted" in finding.what) == (Severity.ERROR, True)


def test_the_only_node_group_is_called_so() -> None:
    change = deleted(SPOT)
    (finding,) = findings(diff(graph(SPOT), graph(), change))
    assert "it is the only node group, and every pod of the cluster has to move at once." in finding.what


def test_what_the_program_only_reads_is_not_its_to_delete() -> None:
    assert severities(deleted(replace(ZONE, external=True))) == []


def test_what_goes_with_a_cluster_is_said_once() -> None:
    whole = diff(graph(*ALL), None, *(deleted(made) for made in ALL))
    there = {finding.rule: finding.what for finding in findings(whole)}
    assert set(there) == {
        f"blast-radius/{loss}" for loss in ("cluster", "key", "registry", "hosted-zone", "data", "namespace")
    }
    assert (
        "everything that runs in it goes with it (node groups spot, general; namespaces payments, empty)"
        in there["blast-radius/cluster"]
    )
    assert "the volumes of ledger are deleted" in there["blast-radius/namespace"], "data is a loss of its own"


def test_what_goes_with_the_provider_of_another_cluster_is_said_once() -> None:
    there = [
        PROVIDER,
        *(replace(it, provider=PROVIDER.urn) for it in (namespace("empty"), deployment(namespace="empty"))),
    ]
    assert [finding.rule for finding in findings(diff(graph(*there), None, *map(deleted, there)))] == [
        "blast-radius/provider"
    ]


def test_what_another_provider_manages_does_not_go_with_it() -> None:
    elsewhere = replace(namespace("empty"), provider="another")
    rules = [
        finding.rule
        for finding in findings(diff(graph(PROVIDER, elsewhere), None, deleted(PROVIDER), deleted(elsewhere)))
    ]
    assert rules == ["blast-radius/provider", "blast-radius/namespace"]


def test_a_repository_that_is_deleted_with_its_images_is_not_refused() -> None:
    (refused,) = findings(stack(deleted(REPOSITORY)))
    forced = replace(REPOSITORY, inputs={**REPOSITORY.inputs, "forceDelete": True})
    (gone,) = findings(stack(deleted(forced)))
    assert "ECR refuses that while there are any" in refused.what
    assert gone.what.endswith("would be deleted: the images that releases pin go with it.")


def test_of_a_namespace_that_comes_again_identity_speaks_unless_it_has_data() -> None:
    again = replace(namespace(), urn=f"{namespace().urn}-again")
    assert list(findings(between([namespace()], [again]))) == []
    assert "blast-radius/namespace" in [finding.rule for finding in findings(between([namespace(), VOLUME], [again]))]


def test_of_an_app_that_goes_with_its_address_retirement_speaks() -> None:
    api = kubernetes("Service", "api", "payments", spec={"selector": {"app.kubernetes.io/name": "api"}})
    assert list(findings(between([deployment(), api], []))) == []
    assert [finding.rule for finding in findings(between([deployment(), api], [deployment()]))] == [
        "blast-radius/service"
    ]


def test_who_calls_an_app_is_read_from_both_ends() -> None:
    policies = [
        lets_in("payments", "api", peer("storefront", "web"), {"podSelector": {}}),
        lets_out("data", "ingest", peer("payments", "api"), peer("payments", "worker")),
        lets_out("data", "other", {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "api"}}}),
    ]
    (finding,) = findings(between([API, *policies], policies))
    assert "goes: data/ingest, storefront/web may call it." in finding.what


def test_a_name_that_nobody_is_known_to_call_is_a_note() -> None:
    (finding,) = findings(between([API], []))
    assert (finding.severity, "no network policy names who calls it" in finding.what) == (Severity.NOTE, True)


def test_in_a_namespace_that_goes_only_what_others_call_is_said() -> None:
    inside, outside = (
        lets_out("payments", "worker", peer("payments", "api")),
        lets_out("web", "web", peer("payments", "api")),
    )
    rules = [finding.rule for finding in findings(between([namespace(), API, inside], [inside]))]
    assert rules == ["blast-radius/namespace"]
    rules = [finding.rule for finding in findings(between([namespace(), API, outside], [outside]))]
    assert rules == ["blast-radius/namespace", "blast-radius/service"]


def test_a_change_of_region_says_from_where_to_where() -> None:
    moved = replace(CLUSTER, inputs={**CLUSTER.inputs, "region": "eu-central-1"})
    (finding,) = findings(between([replace(CLUSTER, inputs={**CLUSTER.inputs, "region": "eu-west-1"})], [moved]))
    assert "would be made anew in eu-central-1, and the one in eu-west-1 goes" in finding.what


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1), 5, [1]], ids=["unknown", "secret", "number", "list"])
@pytest.mark.parametrize("made", [*ALL, VPC, SUBNET, ADDRESS, API, deployment()], ids=lambda made: made.name)
def test_what_cannot_be_read_stops_nothing(made: Resource, hidden: object) -> None:
    for name in made.inputs:
        if name not in ("kind", "apiVersion"):
            obscure = replace(made, inputs={**made.inputs, name: hidden})
            rest = [VPC, SUBNET, IN_SUBNET, GATEWAY, lets_in("payments", "api"), lets_out("payments", "api")]
            base = graph(*rest, obscure)
            assert list(findings(diff(base, graph(), *map(deleted, base.resources.values()))))


def test_a_key_that_may_be_disabled_is_found() -> None:
    change = Change(Kind.UPDATE, key(), key(), (PropertyChange("isEnabled", True, Secret.of(False)),))
    assert severities(change) == [Severity.ERROR]
