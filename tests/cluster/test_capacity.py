"""What we say fits, against where the real scheduler puts it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from tests.cluster.clusters import CASE, NAMESPACE, cluster
from tests.cluster.support import container, eventually

from roadstead.cluster.capacity import allocatable
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.capacity.orders import arrivals
from roadstead.tool.review.capacity.plan import ORDERS, Plan, homeless, plan, unplaced
from roadstead.tool.review.capacity.pods import Demand, Filled, pods_of
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.sandbox.nodes import node_object

CASES = range(90)
"""So many that the few of a hundred that we may refuse wrongly are more than a whole one."""
BATCH = 30
"""No more clusters at a time than the API server deletes within a minute."""
AT_ONCE = 8
SEED = 1000
"""An order that we do not try ourselves."""
ROUNDS = 2
"""Between nodes that it likes alike the scheduler draws lots, so the same order may end otherwise the next time."""
WRONGLY_REFUSED = 0.02
NOT_YET = {"key": "node.kubernetes.io/not-ready", "operator": "Exists"}
"""It takes the controllers half a minute to call hundreds of nodes ready, and nothing here depends on that."""
VOLUMES = "/api/v1/persistentvolumes"
PODS, SERVICES, CLAIMS = (
    f"/api/v1/namespaces/{NAMESPACE}/{kind}" for kind in ("pods", "services", "persistentvolumeclaims")
)


@pytest.fixture(scope="module", autouse=True)
def _namespace(api: ApiClient) -> Iterator[None]:
    core = CoreV1Api(api)
    core.create_namespace({"metadata": {"name": NAMESPACE}})
    core.create_namespaced_service_account(NAMESPACE, {"metadata": {"name": "nobody"}})
    yield
    core.delete_namespace(NAMESPACE)


@pytest.fixture(scope="module")
def pending(api: ApiClient) -> dict[int, set[str]]:
    """The apps of each random cluster some of whose pods the scheduler found no node for."""
    found: dict[int, set[str]] = {}
    for start in CASES[::BATCH]:
        found |= scheduled(api, list(CASES[start : start + BATCH]), seed=SEED)
    return found


def scheduled(api: ApiClient, cases: list[int], seed: int) -> dict[int, set[str]]:
    """Lets the scheduler place the pods of some clusters, those of each in the order that the seed decides."""
    plans = {number: plan(cluster(number)) for number in cases}
    try:
        create(api, "/api/v1/nodes", [node_object(node) for planned in plans.values() for node in planned.nodes])
        create(
            api,
            SERVICES,
            [service(demand) for planned in plans.values() for demand in planned.demands if unspread(demand)],
        )
        for path, kind in ((VOLUMES, "PersistentVolume"), (CLAIMS, "PersistentVolumeClaim")):
            create(
                api,
                path,
                [made.resource.plain_inputs for number in cases for made in objects_of(cluster(number), kind)],
            )
        eventually(lambda: all(claim["status"].get("phase") == "Bound" for claim in listed(api, CLAIMS)))
        in_order(api, PODS, [pods(planned, number, seed) for number, planned in plans.items()])
        eventually(lambda: all(map(decided, listed(api, PODS))), timeout_seconds=300, every_seconds=1)
        left: dict[int, set[str]] = {number: set() for number in cases}
        for pod in listed(api, PODS):
            if "nodeName" not in pod["spec"]:
                left[int(pod["metadata"]["labels"]["case"])].add(pod["metadata"]["labels"]["app.kubernetes.io/name"])
        return left
    finally:
        for path in (f"{PODS}?gracePeriodSeconds=0", f"/api/v1/nodes?labelSelector={CASE}", SERVICES, CLAIMS, VOLUMES):
            api.rest_client.request("DELETE", f"{api.configuration.host}{path}", headers=header(api))
        eventually(lambda: not listed(api, PODS) + listed(api, CLAIMS) + listed(api, VOLUMES), every_seconds=0.5)


def header(api: ApiClient) -> dict[str, str]:
    token = api.configuration.get_api_key_with_prefix("BearerToken")
    return {"Content-Type": "application/json", "Authorization": token}


def create(api: ApiClient, path: str, bodies: Sequence[Mapping[str, Any]]) -> None:
    in_order(api, path, [[body] for body in bodies])


def in_order(api: ApiClient, path: str, rows: Iterable[Iterable[Mapping[str, Any]]]) -> None:
    """Creates several rows at once, each from its first to its last.

    The client's own models would take ten times as long as the API server.
    """

    def one(row: Iterable[Mapping[str, Any]]) -> None:
        for body in row:
            api.rest_client.request("POST", f"{api.configuration.host}{path}", headers=header(api), body=body)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, rows))


def listed(api: ApiClient, path: str) -> list[dict[str, Any]]:
    answer = api.rest_client.request("GET", f"{api.configuration.host}{path}", headers=header(api))
    found: list[dict[str, Any]] = json.loads(answer.read())["items"]
    return found


def decided(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return "nodeName" in pod["spec"] or any(c.get("reason") == "Unschedulable" for c in conditions)


def unspread(demand: Demand) -> bool:
    return not demand.spread


def service(demand: Demand) -> dict[str, Any]:
    """Pods of a Deployment, or of a Service, the scheduler spreads by itself; pods of neither it does not."""
    name, labels = demand.workload.name, dict(demand.labels)
    return {"metadata": {"name": name}, "spec": {"clusterIP": "None", "selector": labels, "ports": [{"port": 80}]}}


def pods(planned: Plan, number: int, seed: int) -> Iterator[dict[str, Any]]:
    """All pods of a cluster, as its Deployments would make them."""
    empty = [Filled.of(node, allocatable(node.instance)) for node in planned.nodes]
    order = arrivals(planned.demands, pods_of(planned.demands, empty), empty, seed)
    for serial, index in enumerate(order):
        workload, pod = planned.demands[index].workload, planned.demands[index].workload.pod.spec.value
        yield {
            "metadata": {
                "name": f"{workload.name}-{serial}",
                "labels": {**planned.demands[index].labels, "pod-template-hash": workload.name, "case": str(number)},
            },
            "spec": {
                **pod,
                "serviceAccountName": "nobody",
                "tolerations": [*pod["tolerations"], NOT_YET],
                "containers": [container(resources=pod["containers"][0]["resources"])],
            },
        }


def refused(graph: Graph) -> bool:
    planned = plan(graph)
    return bool(homeless(planned) or unplaced(planned))


def test_no_pod_that_we_pass_stays_pending(pending: dict[int, set[str]]) -> None:
    passed = [number for number in CASES if not refused(cluster(number))]
    assert len(passed) > len(CASES) // 10
    assert [number for number in passed if pending[number]] == []


def test_hardly_anything_that_we_refuse_would_have_fitted(api: ApiClient, pending: dict[int, set[str]]) -> None:
    stopped = [number for number in CASES if refused(cluster(number))]
    assert len(stopped) > len(CASES) // 10
    fitted = [number for number in stopped if not pending[number]]
    # We refuse what some order leaves pods pending in: it would have fitted only if the scheduler places all pods in each.
    for _, seed in product(range(ROUNDS), range(ORDERS)):
        if fitted:
            again = scheduled(api, fitted, seed)
            fitted = [number for number in fitted if not again[number]]
    assert len(fitted) <= WRONGLY_REFUSED * len(stopped), fitted


def test_some_pods_are_bound_to_the_zones_of_their_volumes() -> None:
    bound = [demand for number in CASES for demand in plan(cluster(number)).demands if demand.zones]
    assert len(bound) > len(CASES) // 3


def test_an_app_that_fits_no_empty_node_never_runs(pending: dict[int, set[str]]) -> None:
    nowhere = {
        number: {str(found.demand.workload.name) for found in homeless(plan(cluster(number)))} for number in CASES
    }
    assert any(nowhere.values())
    assert all(names <= pending[number] for number, names in nowhere.items())
