"""The number of an app's pods is its scaler's from the first deployment on: no change of the range stops a pod that is to stay."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from kubernetes.client import ApiClient, AppsV1Api, CoreV1Api
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError
from tests.cluster.support import applied, eventually, must_settle, team_namespace, with_nodes
from tests.examples import smallest
from tests.support import deploy

from roadstead import App, NodeGroup
from roadstead.tool.offline.graph import Graph, plain
from roadstead.tool.sandbox.apply import Cluster, Reference

MANAGER = "pulumi"
NAMESPACE = "scaled"
OTHER_DIGEST = "sha256:" + "b" * 64
DEPLOYMENT, SCALER = "kubernetes:apps/v1:Deployment", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


def app(least: int, most: int, **changes: Any) -> Graph:
    args = smallest(App, namespace=NAMESPACE, team=NAMESPACE, replicas={"min": least, "max": most}, **changes)
    return deploy(lambda: App("app", args))


def body(graph: Graph, of_type: str) -> dict[str, Any]:
    found: dict[str, Any] = plain(graph.of_type(of_type)[0].inputs)
    return found


@contextmanager
def running(api: ApiClient, first: Graph) -> Iterator[None]:
    """An app as `pulumi up` makes it, on nodes."""
    group = smallest(
        NodeGroup, subnet_ids=["subnet-1", "subnet-2", "subnet-3"], instance_types=["m7g.xlarge"], min_size=3
    )
    with with_nodes(api, deploy(lambda: NodeGroup("nodes", group))), applied(api, team_namespace(NAMESPACE)):
        account = body(first, "kubernetes:core/v1:ServiceAccount")
        bodies = [account, body(first, DEPLOYMENT), body(first, SCALER)]
        try:
            for each in bodies:
                send(api, each)
            settled(api)
            yield
        finally:
            Cluster(api).prune([Reference.of(each) for each in bodies])


def send(api: ApiClient, declared: Mapping[str, Any]) -> None:
    """Server-side apply that takes nothing away from others: Pulumi's."""
    objects = DynamicClient(api).resources.get(api_version=declared["apiVersion"], kind=declared["kind"])
    name, namespace = declared["metadata"]["name"], declared["metadata"]["namespace"]
    objects.server_side_apply(
        body=declared, name=name, namespace=namespace, field_manager=MANAGER, force_conflicts=False
    )


def update(api: ApiClient, graph: Graph) -> None:
    """A later `pulumi up` with server-side apply, which is the provider's default.

    What is ignored is left out where somebody else owns it, and is sent as it is in the cluster where not:
    handleSSAIgnoreFields in provider/pkg/await/await.go of pulumi-kubernetes.
    """
    made, live = body(graph, DEPLOYMENT), Cluster(api).get(Reference.of(body(graph, DEPLOYMENT)))
    assert graph.of_type(DEPLOYMENT)[0].ignore_changes == ("spec.replicas",)
    assert live is not None
    made["spec"]["replicas"] = live["spec"]["replicas"]
    owners = owners_of_number(api)
    if owners and MANAGER not in owners:
        del made["spec"]["replicas"]
    send(api, made)
    send(api, body(graph, SCALER))
    settled(api)


def owners_of_number(api: ApiClient) -> set[str]:
    entries = AppsV1Api(api).read_namespaced_deployment("api", NAMESPACE).metadata.managed_fields
    return {entry.manager for entry in entries if "f:replicas" in entry.fields_v1.get("f:spec", {})}


def settled(api: ApiClient) -> None:
    must_settle(api, team_namespace(NAMESPACE))


def number(api: ApiClient) -> int:
    found: int = AppsV1Api(api).read_namespaced_deployment("api", NAMESPACE).spec.replicas
    return found


def pods(core: CoreV1Api) -> set[str]:
    """By what tells a pod from one that was started in its place."""
    return {
        pod.metadata.uid for pod in core.list_namespaced_pod(NAMESPACE).items if not pod.metadata.deletion_timestamp
    }


def test_the_same_pods_run_while_a_number_becomes_a_range_and_a_number_again(api: ApiClient, core: CoreV1Api) -> None:
    with running(api, app(3, 3)):
        first = pods(core)
        assert len(first) == 3
        for least, most in [(3, 6), (1, 6), (1, 3), (3, 3)]:
            update(api, app(least, most))
            assert pods(core) == first


def test_pods_that_a_scaler_added_stay_through_a_release_and_go_when_the_range_ends_below(
    api: ApiClient, core: CoreV1Api
) -> None:
    with running(api, app(3, 6)):
        first = pods(core)
        update(api, app(5, 6))
        eventually(lambda: number(api) == 5)
        assert pods(core) > first
        assert owners_of_number(api) == {"kube-controller-manager"}
        more = pods(core)
        update(api, app(3, 6))
        assert pods(core) == more
        update(api, app(3, 6, digest=OTHER_DIGEST))
        eventually(lambda: len(pods(core)) == 5 and not pods(core) & more)
        assert number(api) == 5
        released = pods(core)
        update(api, app(3, 3, digest=OTHER_DIGEST))
        eventually(lambda: number(api) == 3 and len(pods(core)) == 3)
        assert pods(core) < released


def test_a_number_that_is_sent_as_it_was_first_given_is_refused_and_by_force_stops_pods(
    api: ApiClient, core: CoreV1Api
) -> None:
    with running(api, app(2, 6)):
        update(api, app(5, 6))
        eventually(lambda: number(api) == 5 and len(pods(core)) == 5)
        five, stale = pods(core), body(app(2, 6), DEPLOYMENT)
        with pytest.raises(ConflictError, match=r"kube-controller-manager.*spec\.replicas"):
            send(api, stale)
        assert pods(core) == five
        Cluster(api).apply([stale])
        eventually(lambda: not five <= pods(core))


def test_a_number_that_is_taken_out_before_a_scaler_wrote_it_leaves_a_single_pod(
    api: ApiClient, core: CoreV1Api
) -> None:
    with running(api, app(3, 3)):
        without = body(app(3, 3), DEPLOYMENT)
        del without["spec"]["replicas"]
        before = pods(core)
        send(api, without)
        eventually(lambda: len(before & pods(core)) == 1)
