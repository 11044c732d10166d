"""Where the scheduler puts pods, on nodes as the node groups say."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from tests.cluster.support import applied, must_settle, running, team_namespace, with_nodes
from tests.examples import smallest
from tests.support import deploy

from roadstead import App, NodeGroup
from roadstead.cluster.nodes import GROUP_LABEL, ZONE_LABEL
from roadstead.offline.graph import Graph
from roadstead.placement import CAPACITY_LABEL
from roadstead.sandbox.drain import drain
from roadstead.sandbox.spot_loss import take_away

SPOT_TYPES = ["m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7gd.xlarge"]


def pods_by(core: CoreV1Api, label: str, namespace: str, app: str | None = None) -> Counter[str]:
    """How many pods run on nodes with each value of a label."""
    nodes = {node.metadata.name: node.metadata.labels for node in core.list_node().items}
    selector = f"app.kubernetes.io/name={app}" if app else ""
    pods = core.list_namespaced_pod(namespace, label_selector=selector).items
    running = [pod for pod in pods if pod.status.phase == "Running" and pod.metadata.deletion_timestamp is None]
    return Counter(nodes[pod.spec.node_name][label] for pod in running)


@pytest.fixture
def staged(api: ApiClient, staging: Graph) -> Iterator[Graph]:
    with running(api, staging):
        yield staging


@pytest.fixture
def produced(api: ApiClient, production: Graph) -> Iterator[Graph]:
    with running(api, production):
        yield production


def apps(graph: Graph) -> list[tuple[str, str]]:
    found = graph.of_type("kubernetes:apps/v1:Deployment")
    return [(app.inputs["metadata"]["namespace"], app.inputs["metadata"]["name"]) for app in found]


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


def test_production_spreads_every_app_over_the_zones_and_outlives_the_loss_of_one(
    api: ApiClient, core: CoreV1Api, produced: Graph
) -> None:
    for namespace, app in apps(produced):
        zones = pods_by(core, ZONE_LABEL, namespace, app)
        expected = min(3, zones.total())
        assert len(zones) == expected, (app, zones)
        assert max(zones.values()) - min(zones.values() if expected == 3 else [0]) <= 1, (app, zones)

    lost = sorted({node.metadata.labels[ZONE_LABEL] for node in core.list_node().items})[0]
    for node in core.list_node(label_selector=f"{ZONE_LABEL}={lost}").items:
        core.delete_node(node.metadata.name)
        for pod in core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={node.metadata.name}").items:
            core.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)
    must_settle(api, produced)
    for namespace, app in apps(produced):
        assert lost not in pods_by(core, ZONE_LABEL, namespace, app)


GROUPS = {
    "on-demand": {"instance_types": ["m7g.xlarge"], "min_size": 3, "max_size": 3},
    "spot": {"capacity": "spot", "instance_types": SPOT_TYPES, "min_size": 3, "max_size": 3},
}


def groups(**changes: Any) -> Graph:
    def program() -> None:
        for name, spec in {**GROUPS, **changes}.items():
            NodeGroup(name, smallest(NodeGroup, subnet_ids=["subnet-1", "subnet-2", "subnet-3"], **spec))

    return deploy(program)


def app(choice: str, replicas: int = 3, **changes: Any) -> Graph:
    count = {"min": replicas, "max": replicas}
    args = smallest(App, namespace="placed", app=choice, spot=choice, tier="production", replicas=count, **changes)
    return deploy(lambda: App(f"placed.{choice}", args))


@pytest.mark.parametrize(
    ("choice", "expected"), [("prefer", {"SPOT"}), ("never", {"ON_DEMAND"}), ("allow", {"SPOT", "ON_DEMAND"})]
)
def test_an_app_runs_on_the_capacity_that_it_chose(
    api: ApiClient, core: CoreV1Api, choice: str, expected: set[str]
) -> None:
    chosen = app(choice)
    with with_nodes(api, groups()), applied(api, team_namespace("placed"), chosen):
        must_settle(api, team_namespace("placed"))
        placed = pods_by(core, CAPACITY_LABEL, "placed", choice)
        assert placed.total() == 3
        assert set(placed) <= expected


def test_what_prefers_spot_goes_on_demand_when_there_is_no_spot(api: ApiClient, core: CoreV1Api) -> None:
    placed = team_namespace("placed")
    with with_nodes(api, groups()), applied(api, placed, app("prefer")):
        must_settle(api, placed)
        lost = take_away(core, 1.0)
        assert len(lost) == 3
        must_settle(api, placed)
        assert pods_by(core, CAPACITY_LABEL, "placed", "prefer") == {"ON_DEMAND": 3}


def test_what_never_takes_spot_waits_rather_than_take_it(api: ApiClient, core: CoreV1Api) -> None:
    placed = team_namespace("placed")
    with with_nodes(api, groups()), applied(api, placed, app("never")):
        must_settle(api, placed)
        for node in core.list_node(label_selector=f"{CAPACITY_LABEL}=ON_DEMAND").items:
            # Its pods cannot all move: there is nowhere for the last of them.
            drain(core, node.metadata.name, timeout_seconds=1)
        assert "SPOT" not in pods_by(core, CAPACITY_LABEL, "placed", "never")
