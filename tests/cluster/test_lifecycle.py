"""Every stack's objects are accepted, stay as they are when applied again, and go without a trace."""

from collections import Counter

import pytest
from kubernetes.client import ApiClient, CoreV1Api, RbacAuthorizationV1Api, StorageV1Api
from tests.cluster.support import applied

from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.apply import CREATED, UNCHANGED, Cluster, Reference
from roadstead.tool.sandbox.objects import objects


def everything(api: ApiClient) -> Counter[str]:
    """How much there is that a stack could leave behind."""
    core, rbac, storage = CoreV1Api(api), RbacAuthorizationV1Api(api), StorageV1Api(api)
    return Counter(
        namespaces=len(core.list_namespace().items),
        pods=len(core.list_pod_for_all_namespaces().items),
        services=len(core.list_service_for_all_namespaces().items),
        config_maps=len(core.list_config_map_for_all_namespaces().items),
        cluster_roles=len(rbac.list_cluster_role().items),
        roles=len(rbac.list_role_for_all_namespaces().items),
        bindings=len(rbac.list_role_binding_for_all_namespaces().items),
        storage_classes=len(storage.list_storage_class().items),
    )


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_a_stack_is_created_in_its_order_then_unchanged_then_gone(
    api: ApiClient, stack: str, request: pytest.FixtureRequest
) -> None:
    graph: Graph = request.getfixturevalue(stack)
    cluster, bodies, before = Cluster(api), objects(graph), everything(api)
    references = [Reference.of(body) for body in bodies]
    try:
        assert set(cluster.apply(bodies).values()) == {CREATED}
        assert set(cluster.apply(bodies).values()) == {UNCHANGED}
    finally:
        deleted = cluster.prune(references)

    assert sorted(deleted) == sorted(references)
    assert everything(api) == before
    assert not any(cluster.get(reference) for reference in references)


def test_what_the_api_server_stores_is_what_the_program_declares(api: ApiClient, staging: Graph) -> None:
    def missing(declared: object, stored: object) -> bool:
        """Whether something declared is not stored so; the API server may add to it."""
        if isinstance(declared, dict):
            return not isinstance(stored, dict) or any(missing(declared[key], stored.get(key)) for key in declared)
        if isinstance(declared, list):
            return not isinstance(stored, list) or any(map(missing, declared, stored)) or len(declared) != len(stored)
        return declared != stored

    cluster = Cluster(api)
    with applied(api, staging):
        for body in objects(staging):
            stored = cluster.get(Reference.of(body))
            assert not missing(body, stored), (Reference.of(body), body, stored)
