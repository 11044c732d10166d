"""What RBAC and EKS access policies let somebody do in a cluster, read off a graph.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from roadstead.offline.graph import Graph
from roadstead.review.workloads import Body, objects

EVERYTHING: tuple[Body, ...] = ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},)
_LOOK: tuple[Body, ...] = ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},)
_EDIT: tuple[Body, ...] = (
    {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]},
    {
        "apiGroups": [""],
        "resources": ["secrets", "pods", "pods/exec", "pods/attach", "serviceaccounts"],
        "verbs": ["*"],
    },
)
_ADMIN: tuple[Body, ...] = (
    *_EDIT,
    {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": ["*"]},
)
BUILT_IN: Mapping[str, tuple[Body, ...]] = {"cluster-admin": EVERYTHING, "admin": _ADMIN, "edit": _EDIT, "view": ()}
"""Kubernetes' own ClusterRoles, as far as the rights of the matrix go.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
"""
ACCESS_POLICIES: Mapping[str, tuple[Body, ...]] = {
    "AmazonEKSClusterAdminPolicy": EVERYTHING,
    "AmazonEKSAdminPolicy": _ADMIN,
    "AmazonEKSAdminViewPolicy": _LOOK,
    "AmazonEKSEditPolicy": _EDIT,
    "AmazonEKSSecretReaderPolicy": ({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]},),
    "AmazonEKSViewPolicy": (),
}
"""EKS's own access policies, likewise. https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html, 2026-11-21"""


class Subject(NamedTuple):
    """Somebody, as the API server knows them."""

    user: str = ""
    groups: frozenset[str] = frozenset()


class Grant(NamedTuple):
    """Rules that hold in a namespace, or everywhere."""

    namespace: str | None
    rules: tuple[Body, ...]


class Bindings(NamedTuple):
    """Every grant of a graph, by whom it is to: `("Group", name)`, `("User", name)` or `("ServiceAccount", namespace/name)`."""

    grants: Mapping[tuple[str, str], list[Grant]]

    def to(self, subject: Subject) -> list[Grant]:
        """What a subject has."""
        names = [("User", subject.user), *(("Group", group) for group in sorted(subject.groups))]
        return [grant for name in names for grant in self.grants.get(name, [])]


def bindings(graph: Graph) -> Bindings:
    """What the role bindings of a graph grant."""
    roles: dict[tuple[str, str], tuple[Body, ...]] = {}
    for _, body in objects(graph, "Role", "ClusterRole"):
        where = body["metadata"].get("namespace", "") if body["kind"] == "Role" else ""
        roles[where, body["metadata"]["name"]] = tuple(body.get("rules") or ())
    found: dict[tuple[str, str], list[Grant]] = {}
    for _, body in objects(graph, "RoleBinding", "ClusterRoleBinding"):
        namespace = body["metadata"].get("namespace") if body["kind"] == "RoleBinding" else None
        reference = body["roleRef"]
        home = namespace or "" if reference["kind"] == "Role" else ""
        rules = roles.get((home, reference["name"]), BUILT_IN.get(reference["name"], ()) if not home else ())
        for subject in body.get("subjects") or []:
            found.setdefault((subject["kind"], _name(subject)), []).append(Grant(namespace, rules))
    return Bindings(found)


def _name(subject: Body) -> str:
    return f"{subject['namespace']}/{subject['name']}" if subject["kind"] == "ServiceAccount" else str(subject["name"])


def access_policy(policy_arn: str, scope: Mapping[str, Any]) -> list[Grant]:
    """What an EKS access policy grants within its scope; one that is not in `ACCESS_POLICIES` grants nothing here."""
    rules = ACCESS_POLICIES.get(policy_arn.rpartition("/")[2], ())
    places = (scope.get("namespaces") or []) if scope.get("type") == "namespace" else [None]
    return [Grant(place, rules) for place in places]


def allows(grants: Iterable[Grant], namespace: str, api_group: str, resource: str, verb: str) -> bool:
    """Whether grants let somebody use a verb on resources of a namespace; of the whole cluster for an empty one.

    A rule for single names counts as one for all of them.
    """
    return any(
        _has(rule.get("apiGroups"), api_group) and _has_resource(rule, resource) and _has(rule.get("verbs"), verb)
        for grant in grants
        if grant.namespace is None or grant.namespace == namespace
        for rule in grant.rules
    )


def _has(allowed: Iterable[str] | None, wanted: str) -> bool:
    return any(item in ("*", wanted) for item in allowed or ())


def _has_resource(rule: Body, resource: str) -> bool:
    """`pods/exec` is meant by itself, by `*/exec` and by `*`; not by `pods`."""
    _, _, subresource = resource.partition("/")
    names = {"*", resource, f"*/{subresource}"} if subresource else {"*", resource}
    return any(name in names for name in rule.get("resources") or ())
