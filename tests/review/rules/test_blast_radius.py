from dataclasses import replace

import pytest
from tests.graphs import (
    component,
    deleted,
    diff,
    graph,
    key,
    kubernetes,
    namespace,
    node_group,
    replaced,
    resource,
)
from tests.review.rules.table import Case

from roadstead.offline.graph import Resource
from roadstead.review.change import Change, Kind, StackDiff
from roadstead.review.difference.values import PropertyChange
from roadstead.review.finding import Severity
from roadstead.review.rules.blast_radius import DATA, IDS, LOST, findings

CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"name": "live"})
REPOSITORY = resource("aws:ecr/repository:Repository", "payments.api", {"name": "payments/api"})
ZONE = resource("aws:route53/zone:Zone", "acme", {"name": "acme.example"})
PROVIDER = resource("pulumi:providers:kubernetes", "kubernetes", {"clusterIdentifier": "live"})
VOLUME = kubernetes("PersistentVolumeClaim", "ledger", "payments")
SPOT, GENERAL = node_group("spot", spot=True), node_group("general")
ALL = (CLUSTER, REPOSITORY, ZONE, PROVIDER, VOLUME, SPOT, GENERAL, key(), namespace(), namespace("empty"))


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


def test_a_stack_that_goes_as_a_whole_is_found_piece_by_piece() -> None:
    whole = diff(graph(*ALL), None, *(deleted(made) for made in ALL))
    assert {finding.rule for finding in findings(whole)} == set(IDS) - {"blast-radius/node-group"}
