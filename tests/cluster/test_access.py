"""The access matrix against the API server's own authoriser, cell by cell."""

from itertools import product
from typing import Any

import pytest
from kubernetes.client import ApiClient
from tests.cluster.access_table import VERBS
from tests.cluster.reviews import may, reviews
from tests.cluster.support import applied, namespaces
from tests.graphs import graph, kubernetes, namespace

from roadstead.tenancy.personas import group
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.matrix import SYSTEM_NAMESPACE, WHOLE_CLUSTER, matrix, names
from roadstead.tool.review.access.rbac import BUILT_IN, Subject, bindings
from roadstead.tool.review.access.rights import IN_CLUSTER, OF_NO_NAMESPACE
from roadstead.tool.sandbox.objects import personas

RBAC = "rbac.authorization.k8s.io"
CELLS = [
    ((group, resource), verb) for kinds in IN_CLUSTER.values() for group, resource, verbs in kinds for verb in verbs
]
"""What the cells of the matrix are made of. test_rbac.py asks for everything else."""
KINDS = [("", "pods"), ("", "pods/exec"), ("", "pods/log"), ("", "secrets"), ("apps", "deployments"), (RBAC, "roles")]


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_matrix_agrees_with_the_api_server_in_every_cell(
    api: ApiClient, stack: str, request: pytest.FixtureRequest
) -> None:
    graph: Graph = request.getfixturevalue(stack)
    things = {**{name: name for name in namespaces(graph)}, SYSTEM_NAMESPACE: SYSTEM_NAMESPACE, WHOLE_CLUSTER: ""}
    cells = matrix(graph)
    with applied(api, graph):
        for persona in personas(graph):
            subject = {"user": "somebody", "groups": [group(persona.team, persona.name)]}
            answers = reviews(api, subject, list(things.values()), CELLS)
            for right, what in product(IN_CLUSTER, things):
                who = f"{stack}-{persona.team}-{persona.name}"
                ours = any((cell.who, cell.right, cell.what) == (who, right, what) for cell in cells)
                theirs = any(
                    ("" if kind in OF_NO_NAMESPACE else things[what], group_, kind, verb) in answers
                    for group_, kind, verbs in IN_CLUSTER[right]
                    for verb in verbs
                )
                assert ours is theirs, (who, right, what)


def rule(group: str, resources: list[str], *verbs: str) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": resources, "verbs": list(verbs)}


def binding(kind: str, name: str, role: tuple[str, str], subject: tuple[str, str], where: str | None) -> Any:
    subjects = [{"apiGroup": RBAC, "kind": subject[0], "name": subject[1]}]
    role_ref = {"apiGroup": RBAC, "kind": role[0], "name": role[1]}
    made = kubernetes(kind, name, where, roleRef=role_ref, subjects=subjects)
    made.inputs["apiVersion"] = f"{RBAC}/v1"  # type: ignore[index]
    return made


def role(kind: str, name: str, where: str | None, *rules: dict[str, Any]) -> Any:
    made = kubernetes(kind, name, where, rules=list(rules))
    made.inputs["apiVersion"] = f"{RBAC}/v1"  # type: ignore[index]
    return made


ODD = graph(
    namespace("odd"),
    namespace("other"),
    role("Role", "stars", "odd", rule("apps", ["*"], "get"), rule("*", ["*/exec"], "create")),
    role("Role", "pods", "odd", rule("", ["pods"], "*"), rule("", ["pods/exec"], "get")),
    role("ClusterRole", "odd-secrets", None, rule("", ["secrets"], "list"), rule(RBAC, ["roles"], "bind")),
    binding("RoleBinding", "stars", ("Role", "stars"), ("Group", "odd:stars"), "odd"),
    binding("RoleBinding", "pods", ("Role", "pods"), ("User", "odd:pods"), "odd"),
    binding("RoleBinding", "here", ("ClusterRole", "odd-secrets"), ("Group", "odd:here"), "odd"),
    binding("ClusterRoleBinding", "odd-all", ("ClusterRole", "odd-secrets"), ("Group", "odd:everywhere"), None),
    binding("RoleBinding", "nothing", ("Role", "missing"), ("Group", "odd:nothing"), "odd"),
    binding("ClusterRoleBinding", "odd-admin", ("ClusterRole", "cluster-admin"), ("Group", "odd:admin"), None),
)
SUBJECTS = [
    Subject("", frozenset(["odd:stars"])),
    Subject("odd:pods"),
    Subject("", frozenset(["odd:here"])),
    Subject("", frozenset(["odd:everywhere"])),
    Subject("odd:pods", frozenset(["odd:stars", "odd:nothing"])),
    Subject("", frozenset(["odd:nothing"])),
    Subject("", frozenset(["odd:admin"])),
]


def test_rules_of_every_form_mean_what_they_mean_to_the_api_server(api: ApiClient) -> None:
    places = ["odd", "other", ""]
    with applied(api, ODD):
        for subject in SUBJECTS:
            user = subject if subject.user else subject._replace(user="somebody")
            asked = {"user": user.user, "groups": sorted(user.groups)}
            answers = reviews(api, asked, places, list(product(KINDS, VERBS)))
            assert may(ODD, user, places, KINDS) == answers, subject
            assert bool(answers) is (subject.groups != {"odd:nothing"}), subject


BUILT_IN_ROLES = graph(
    namespace("odd"),
    *(binding("RoleBinding", name, ("ClusterRole", name), ("Group", f"odd:{name}"), "odd") for name in BUILT_IN),
)


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_kubernetes_own_roles_give_is_what_the_api_server_says(api: ApiClient, name: str) -> None:
    with applied(api, BUILT_IN_ROLES):
        asked = {"user": "somebody", "groups": [f"odd:{name}"]}
        answers = reviews(api, asked, ["odd", ""], CELLS)
        grants = bindings(BUILT_IN_ROLES).grants["Group", f"odd:{name}"]
        for right, kinds in IN_CLUSTER.items():
            theirs = any(
                ("" if kind in OF_NO_NAMESPACE else "odd", group_, kind, verb) in answers
                for group_, kind, verbs in kinds
                for verb in verbs
            )
            assert bool(names(grants, right, "odd")) is theirs, right
