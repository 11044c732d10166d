"""The real Kubernetes provider and a real API server, under the real engine: `local` whole, and what staging has in Kubernetes.

Staging's AWS half is made by the stand-ins, and its cluster in EKS is the API server of this machine.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kubernetes.client import ApiClient
from tests.cluster.support import with_nodes
from tests.engine.environment import Environment, environment
from tests.engine.own_cluster import OwnCluster
from tests.engine.states import of_graph, of_state
from tests.engine.test_changes import Change, digest, quota, replicas, type_and_name
from tests.support import without

from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.apply import UNCHANGED, Cluster, Reference
from roadstead.tool.sandbox.objects import objects


@pytest.fixture(scope="module", params=["local", "staging"])
def live(
    request: pytest.FixtureRequest, own: OwnCluster, api: ApiClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Environment]:
    """A stack after its first `up`, whose pods run. A test leaves it as it was."""
    with environment(tmp_path_factory.mktemp(request.param), request.param, own=own) as made:
        graph = made.workspace.render()
        with with_nodes(api, graph):
            assert made.workspace.up().keys() >= graph.resources.keys()
            yield made
            assert_destroys(made, Cluster(api))


def test_the_api_server_has_every_object_as_it_is_declared(live: Environment, cluster: Cluster) -> None:
    assert_applied(cluster, live.workspace.render())


def test_the_state_is_what_the_recording_engine_shows(live: Environment) -> None:
    state, graph = of_state(live.workspace.state()), of_graph(live.workspace.render())
    assert without_answers(state) == without_answers(graph)


def test_a_second_preview_is_empty_also_after_a_refresh(live: Environment) -> None:
    live.workspace.preview("--expect-no-changes")
    live.workspace.refresh("--expect-no-changes")
    live.workspace.preview("--expect-no-changes")


@pytest.mark.parametrize("make", [digest, quota, replicas])
def test_a_change_touches_what_it_is_about_and_can_be_taken_back(
    live: Environment, cluster: Cluster, make: Callable[[str], Change]
) -> None:
    workspace = live.workspace
    change = make(workspace.stack)
    file = workspace.project / change.file
    before = file.read_text(encoding="utf-8")
    workspace.set_value(change.file, change.keys, change.value)
    try:
        planned = workspace.preview()
        assert {type_and_name(urn): what for urn, what in planned.items()} == change.touches
        assert workspace.up() == planned
        assert_applied(cluster, workspace.render())
    finally:
        file.write_text(before, encoding="utf-8")
    assert workspace.up() == planned
    assert_applied(cluster, workspace.render())


def test_what_somebody_deleted_is_missed_by_a_refresh_and_made_again(live: Environment, cluster: Cluster) -> None:
    gone = next(body for body in objects(live.workspace.render()) if body["kind"] == "NetworkPolicy")
    cluster.prune([Reference.of(gone)])
    live.workspace.refresh()
    assert list(live.workspace.up().values()) == [["create"]]
    assert_applied(cluster, live.workspace.render())


def assert_applied(cluster: Cluster, graph: Graph) -> None:
    """Nothing changes where the sandbox applies the same: each field has this value, and the same owner."""
    changes = cluster.apply(objects(graph))
    assert {reference: change for reference, change in changes.items() if change != UNCHANGED} == {}


def assert_destroys(stack: Environment, cluster: Cluster) -> None:
    """Nothing of a stack is left when it is taken away."""
    wanted = [Reference.of(body) for body in objects(stack.workspace.render())]
    stack.workspace.destroy()
    assert [reference for reference in wanted if cluster.get(reference)] == []
    assert stack.made() == []
    assert "resources" not in stack.workspace.state()


def without_answers(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without what an API server adds, and without the address of the one that is there in the place of EKS's."""
    return {
        urn: {**without(resource, "outputs"), "inputs": without(resource["inputs"], "kubeconfig")}
        for urn, resource in resources.items()
    }
