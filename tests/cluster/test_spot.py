"""Staging on spot nodes: what runs on them, and what happens when they go."""

from collections.abc import Iterator

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from tests.cluster.placement import apps, pods_by
from tests.cluster.support import must_settle, running

from roadstead.cluster.nodes import GROUP_LABEL
from roadstead.core.placement import CAPACITY_LABEL
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.spot_loss import take_away


@pytest.fixture(scope="module")
def staged(api: ApiClient, staging: Graph) -> Iterator[Graph]:
    with running(api, staging):
        yield staging


def test_the_clusters_own_pods_run_on_demand_and_apps_leave_those_nodes_alone(core: CoreV1Api, staged: Graph) -> None:
    for system in ("coredns", "ebs-csi-controller", "metrics-server"):
        assert set(pods_by(core, GROUP_LABEL, "kube-system", system)) == {"staging-system"}
    for namespace, app in apps(staged):
        assert set(pods_by(core, GROUP_LABEL, namespace, app)) == {"staging-spot"}


def test_half_of_the_spot_nodes_can_go_and_every_pod_has_moved_in_time(
    api: ApiClient, core: CoreV1Api, staged: Graph
) -> None:
    lost = take_away(core, 0.5)
    assert len(lost) == 2
    assert all(node.in_time for node in lost)
    must_settle(api, staged)
    for namespace, app in apps(staged):
        assert set(pods_by(core, CAPACITY_LABEL, namespace, app)) == {"SPOT"}
