"""A first `up` with the real Kubernetes provider that is killed, or refused something, on its way: another one goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes.client import ApiClient
from kubernetes.dynamic import DynamicClient
from tests.cluster.support import with_nodes
from tests.engine import documented
from tests.engine.environment import Environment, environment
from tests.engine.interruptions import KILLED, PAGE, kill_up, pending, repair, run
from tests.engine.own_cluster import OwnCluster
from tests.engine.test_changes import digest
from tests.engine.test_kubernetes_provider import assert_applied, assert_destroys
from tests.engine.workspace import PulumiError

from roadstead.tool.sandbox.apply import Cluster, Reference

WAITING = "kubernetes:apps/v1:Deployment::payments.api"
IN_THE_WAY = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "storefront", "labels": {"roadstead.dev/team": "somebody-else"}},
}


@pytest.fixture(params=["local", "staging"])
def new(request: pytest.FixtureRequest, own: OwnCluster, api: ApiClient, tmp_path: Path) -> Iterator[Environment]:
    """A stack before its first `up`, and the nodes for its pods."""
    with environment(tmp_path, request.param, own=own) as made, with_nodes(api, made.workspace.render()):
        yield made
        assert_destroys(made, Cluster(api))


def test_an_up_that_is_refused_one_object_goes_on_when_that_is_mended(
    new: Environment, api: ApiClient, cluster: Cluster
) -> None:
    namespaces = DynamicClient(api).resources.get(api_version="v1", kind="Namespace")
    namespaces.server_side_apply(body=IN_THE_WAY, name="storefront", field_manager="somebody-else")
    with pytest.raises(PulumiError, match='conflict with "somebody-else"'):
        new.workspace.up()
    cluster.prune([Reference.of(IN_THE_WAY)])
    new.workspace.up()
    assert_works(new, cluster)


def test_an_up_that_is_killed_goes_on_after_what_the_docs_say(new: Environment, cluster: Cluster) -> None:
    kill_up(new, lambda: is_waiting_for_pods(cluster))
    assert any(urn.endswith(WAITING) for urn in repair(new))
    new.workspace.up()
    assert_works(new, cluster)


@pytest.mark.parametrize("new", ["local"], indirect=True)
def test_what_was_pending_stays_in_the_state_until_it_is_cleared(new: Environment, cluster: Cluster) -> None:
    kill_up(new, lambda: is_waiting_for_pods(cluster))
    unlock, look, _, clear, up = documented.commands(PAGE, KILLED)
    run(new, [unlock, look, up])
    assert any(urn.endswith(WAITING) for urn in pending(new))
    run(new, [clear])
    assert pending(new) == {}
    assert_works(new, cluster)


def is_waiting_for_pods(cluster: Cluster) -> bool:
    """Whether a Deployment has been created: until its pods are ready that is pending."""
    return cluster.get(Reference("apps/v1", "Deployment", "payments", "api")) is not None


def assert_works(stack: Environment, cluster: Cluster) -> None:
    """All is there, nothing is left to do, and the next change finds no second owner of its fields."""
    workspace = stack.workspace
    assert_applied(cluster, workspace.render())
    workspace.preview("--expect-no-changes")
    change = digest(workspace.stack)
    workspace.set_value(change.file, change.keys, change.value)
    assert len(workspace.up()) == len(change.touches)
