from dataclasses import replace

from tests.graphs import (
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
from roadstead.review.change import Change, Kind, PropertyChange, StackDiff
from roadstead.review.finding import Severity
from roadstead.review.rules.blast_radius import IDS, findings

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


def test_what_the_program_only_reads_is_not_its_to_delete() -> None:
    assert severities(deleted(replace(ZONE, external=True))) == []


def test_a_stack_that_goes_as_a_whole_is_found_piece_by_piece() -> None:
    whole = diff(graph(*ALL), None, *(deleted(made) for made in ALL))
    assert {finding.rule for finding in findings(whole)} == set(IDS) - {"blast-radius/node-group"}
