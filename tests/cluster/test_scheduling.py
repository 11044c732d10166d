"""Where the scheduler puts pods, on nodes as node groups say: spread over zones, and on the capacity that apps chose."""

from typing import Any

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from tests.cluster.placement import apps, pods_by
from tests.cluster.support import applied, must_settle, running, team_namespace, with_nodes
from tests.examples import smallest
from tests.support import deploy

from roadstead import App, NodeGroup
from roadstead.cluster.nodes import ZONE_LABEL
from roadstead.core.placement import CAPACITY_LABEL
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.drain import drain
from roadstead.tool.sandbox.spot_loss import take_away

SPOT_TYPES = ["m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7gd.xlarge"]


def test_production_spreads_every_app_over_the_zones_and_outlives_the_loss_of_one(
    api: ApiClient, core: CoreV1Api, production: Graph
) -> None:
    with running(api, production):
        assert_spread(core, production)
        lost = lose_a_zone(core)
        must_settle(api, production)
        for namespace, app in apps(production):
            assert lost not in pods_by(core, ZONE_LABEL, namespace, app)


def assert_spread(core: CoreV1Api, produced: Graph) -> None:
    """No zone has two pods of an app more than another."""
    zones = {node.metadata.labels[ZONE_LABEL] for node in core.list_node().items}
    assert len(zones) == 3
    for namespace, name in apps(produced):
        pods = pods_by(core, ZONE_LABEL, namespace, name)
        assert max(pods[zone] for zone in zones) - min(pods[zone] for zone in zones) <= 1, (name, pods)


def lose_a_zone(core: CoreV1Api) -> str:
    """Takes the nodes of one zone away, with their pods, as a failure does."""
    lost = str(min(node.metadata.labels[ZONE_LABEL] for node in core.list_node().items))
    for node in core.list_node(label_selector=f"{ZONE_LABEL}={lost}").items:
        core.delete_node(node.metadata.name)
        for pod in core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={node.metadata.name}").items:
            core.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)
    return lost


GROUPS: dict[str, dict[str, Any]] = {
    "on-demand": {"instance_types": ["m7g.xlarge"], "min_size": 3, "max_size": 3},
    "spot": {"capacity": "spot", "instance_types": SPOT_TYPES, "min_size": 3, "max_size": 3},
}


def groups() -> Graph:
    def program() -> None:
        for name, spec in GROUPS.items():
            NodeGroup(name, smallest(NodeGroup, subnet_ids=["subnet-1", "subnet-2", "subnet-3"], **spec))

    return deploy(program)


def app(choice: str) -> Graph:
    args = smallest(App, namespace="placed", app=choice, spot=choice, tier="production", replicas={"min": 3, "max": 3})
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
