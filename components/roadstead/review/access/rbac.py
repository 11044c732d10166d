"""What RBAC and EKS access policies let somebody do in a cluster, read off a graph.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from roadstead.offline.graph import Graph
from roadstead.review.access.iam import like
from roadstead.review.workloads import Body, objects, selects

EVERYTHING: tuple[Body, ...] = ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},)
_LOOK: tuple[Body, ...] = ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},)
_AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-"
_EDIT: tuple[Body, ...] = (
    {"apiGroups": ["apps", "batch"], "resources": ["*"], "verbs": ["*"]},
    {
        "apiGroups": [""],
        "resources": ["secrets", "pods", "pods/exec", "pods/attach", "serviceaccounts", "serviceaccounts/token"],
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
    """A name, or in an access policy's scope a pattern."""
    rules: tuple[Body, ...]
    unknown: str = ""
    """The role or access policy whose rules nobody knows here."""

    def reaches(self, namespace: str) -> bool:
        """Whether it holds in a namespace; in the whole cluster for an empty one."""
        return self.namespace is None or (namespace != "" and like(self.namespace, namespace))


class Bindings(NamedTuple):
    """Every grant of a graph, by whom it is to: `("Group", name)`, `("User", name)` or `("ServiceAccount", namespace/name)`."""

    grants: Mapping[tuple[str, str], list[Grant]]

    def to(self, subject: Subject) -> list[Grant]:
        """What a subject has."""
        names = [("User", subject.user), *(("Group", group) for group in sorted(subject.groups))]
        return [grant for name in names for grant in self.grants.get(name, [])]


def bindings(graph: Graph) -> Bindings:
    """What the role bindings of a graph grant."""
    roles = _roles(graph)
    found: dict[tuple[str, str], list[Grant]] = {}
    for _, body in objects(graph, "RoleBinding", "ClusterRoleBinding"):
        namespace = body["metadata"].get("namespace") if body["kind"] == "RoleBinding" else None
        reference = body["roleRef"]
        is_of_cluster = reference["kind"] == "ClusterRole"
        rules = roles.get(("" if is_of_cluster else namespace or "", reference["name"]))
        # A Role that nobody declares is not there; a ClusterRole may be Kubernetes' own or an operator's.
        unknown = f"ClusterRole {reference['name']}" if is_of_cluster and rules is None else ""
        for subject in body.get("subjects") or []:
            grant = Grant(namespace, rules or (), unknown)
            found.setdefault((subject["kind"], _name(subject)), []).append(grant)
    return Bindings(found)


def _roles(graph: Graph) -> dict[tuple[str, str], tuple[Body, ...]]:
    """The rules of every role by namespace (none for a ClusterRole) and name, with those that are aggregated into it.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
    """
    own: dict[tuple[str, str], tuple[Body, ...]] = {("", name): rules for name, rules in BUILT_IN.items()}
    selectors = {("", name): [{"matchLabels": {f"{_AGGREGATE}{name}": "true"}}] for name in BUILT_IN}
    labels: dict[tuple[str, str], Body] = {
        ("", "view"): {f"{_AGGREGATE}edit": "true"},
        ("", "edit"): {f"{_AGGREGATE}admin": "true"},
    }
    for _, body in objects(graph, "Role", "ClusterRole"):
        key = (body["metadata"].get("namespace", "") if body["kind"] == "Role" else "", body["metadata"]["name"])
        own[key] = tuple(body.get("rules") or ())
        if not key[0]:
            labels[key] = body["metadata"].get("labels") or {}
            selectors[key] = (body.get("aggregationRule") or {}).get("clusterRoleSelectors") or []

    def gathered(key: tuple[str, str], above: frozenset[tuple[str, str]]) -> tuple[Body, ...]:
        parts = [
            part
            for part, its in labels.items()
            if part not in above and any(selects(selector, its) for selector in selectors.get(key, ()))
        ]
        return own[key] + tuple(rule for part in parts for rule in gathered(part, above | {part}))

    return {key: gathered(key, frozenset([key])) for key in own}


def _name(subject: Body) -> str:
    return f"{subject['namespace']}/{subject['name']}" if subject["kind"] == "ServiceAccount" else str(subject["name"])


def access_policy(policy_arn: str, scope: Mapping[str, Any]) -> list[Grant]:
    """What an EKS access policy grants within its scope."""
    name = policy_arn.rpartition("/")[2]
    places = (scope.get("namespaces") or []) if scope.get("type") == "namespace" else [None]
    unknown = "" if name in ACCESS_POLICIES else f"access policy {name}"
    return [Grant(place, ACCESS_POLICIES.get(name, ()), unknown) for place in places]


def allows(grants: Iterable[Grant], namespace: str, api_group: str, resource: str, verb: str) -> bool:
    """Whether grants let somebody use a verb on resources of a namespace; of the whole cluster for an empty one.

    A rule for single names counts as one for all of them.
    """
    return bool(allowed_names(grants, namespace, api_group, resource, verb))


def allowed_names(
    grants: Iterable[Grant], namespace: str, api_group: str, resource: str, verb: str
) -> frozenset[str | None]:
    """The names of the resources for which grants let somebody use a verb; nothing in it stands for all of them."""
    return frozenset(
        name
        for grant in grants
        if grant.reaches(namespace)
        for rule in grant.rules
        if _has(rule.get("apiGroups"), api_group) and _has_resource(rule, resource) and _has(rule.get("verbs"), verb)
        for name in (rule.get("resourceNames") or [None])
    )


def _has(allowed: Iterable[str] | None, wanted: str) -> bool:
    return any(item in ("*", wanted) for item in allowed or ())


def _has_resource(rule: Body, resource: str) -> bool:
    """`pods/exec` is meant by itself, by `*/exec` and by `*`; not by `pods`."""
    _, _, subresource = resource.partition("/")
    names = {"*", resource, f"*/{subresource}"} if subresource else {"*", resource}
    return any(name in names for name in rule.get("resources") or ())
