"""What RBAC and EKS access policies let somebody do in a cluster, read off a graph.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.iam import like
from roadstead.tool.review.views.access_entry import Association
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.rbac import GROUP, Rule, rbac_bindings, rbac_roles
from roadstead.tool.review.views.reading import Unread, once_for_both
from roadstead.tool.review.views.selector import Selector

Rules = tuple[Rule, ...]
_ALL = ("*",)
EVERYTHING: Rules = (Rule(_ALL, _ALL, _ALL),)
_AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-"
_READ = ("get", "list", "watch")
_LOOK: Rules = (Rule(_ALL, _ALL, _READ),)
_VIEW: Rules = (
    Rule(("",), ("configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log", "services"), _READ),
    Rule(("apps",), ("daemonsets", "deployments", "replicasets", "statefulsets"), _READ),
    Rule(("batch",), ("cronjobs", "jobs"), _READ),
)
_EDIT: Rules = (
    *_VIEW,
    Rule(("apps", "batch"), _ALL, _ALL),
    Rule(
        ("",),
        ("secrets", "pods", "pods/exec", "pods/attach", "serviceaccounts", "serviceaccounts/token"),
        _ALL,
    ),
)
_ADMIN: Rules = (*_EDIT, Rule((GROUP,), ("roles", "rolebindings"), _ALL))
BUILT_IN: Mapping[str, Rules] = {"cluster-admin": EVERYTHING, "admin": _ADMIN, "edit": _EDIT, "view": _VIEW}
"""Kubernetes' own ClusterRoles, as far as the rights of the matrix go, with what people mostly look at.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
"""
ACCESS_POLICIES: Mapping[str, Rules] = {
    "AmazonEKSClusterAdminPolicy": EVERYTHING,
    "AmazonEKSAdminPolicy": _ADMIN,
    "AmazonEKSAdminViewPolicy": _LOOK,
    "AmazonEKSEditPolicy": _EDIT,
    "AmazonEKSSecretReaderPolicy": (Rule(("",), ("secrets",), _READ),),
    "AmazonEKSViewPolicy": _VIEW,
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
    rules: Rules
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


@once_for_both(makes_no_pods)
def bindings(graph: Graph) -> Bindings:
    """What the role bindings of a graph grant. One whose role cannot be read grants nothing here."""
    roles = _roles(graph)
    found: dict[tuple[str, str], list[Grant]] = {}
    for binding in rbac_bindings(graph):
        if binding.role is None:
            continue
        rules, (namespace, name) = roles.get(binding.role), binding.role
        # A Role that nobody declares is not there; a ClusterRole may be Kubernetes' own or an operator's.
        unknown = f"ClusterRole {name}" if not namespace and rules is None else ""
        for subject in binding.subjects:
            found.setdefault((subject.kind, subject.name), []).append(Grant(binding.namespace, rules or (), unknown))
    return Bindings(found)


def unread_of_rbac(graph: Graph) -> list[Unread]:
    """What of the roles and bindings of a graph cannot be read."""
    of_roles = [unread for role in rbac_roles(graph) for unread in role.unread]
    return of_roles + [unread for binding in rbac_bindings(graph) for unread in binding.unread]


def _roles(graph: Graph) -> dict[tuple[str, str], Rules]:
    """The rules of every role by namespace (none for a ClusterRole) and name, with those that are aggregated into it.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
    """
    own: dict[tuple[str, str], Rules] = {("", name): rules for name, rules in BUILT_IN.items()}
    selectors: dict[tuple[str, str], tuple[Selector, ...]] = {
        ("", name): (Selector({f"{_AGGREGATE}{name}": "true"}, ()),) for name in BUILT_IN
    }
    labels: dict[tuple[str, str], Mapping[str, str]] = {
        ("", "view"): {f"{_AGGREGATE}edit": "true"},
        ("", "edit"): {f"{_AGGREGATE}admin": "true"},
    }
    for role in rbac_roles(graph):
        key = role.namespace, role.name
        own[key] = role.rules
        if not role.namespace:
            labels[key], selectors[key] = role.labels, role.selectors

    def gathered(key: tuple[str, str], above: frozenset[tuple[str, str]]) -> Rules:
        parts = [
            part
            for part, its in labels.items()
            if part not in above and any(selector.selects(its) for selector in selectors.get(key, ()))
        ]
        return own[key] + tuple(rule for part in parts for rule in gathered(part, above | {part}))

    return {key: gathered(key, frozenset([key])) for key in own}


def access_policy(association: Association) -> list[Grant]:
    """What an EKS access policy grants within its scope; nothing where that cannot be read."""
    name, namespaces = association.policy, association.namespaces
    if isinstance(name, Unread) or isinstance(namespaces, Unread):
        return []
    unknown = "" if name in ACCESS_POLICIES else f"access policy {name}"
    return [
        Grant(place, ACCESS_POLICIES.get(name, ()), unknown) for place in ([None] if namespaces is None else namespaces)
    ]


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
        if _has(rule.api_groups, api_group) and _has_resource(rule, resource) and _has(rule.verbs, verb)
        for name in (rule.names or [None])
    )


def _has(allowed: Sequence[str], wanted: str) -> bool:
    return "*" in allowed or wanted in allowed


def _has_resource(rule: Rule, resource: str) -> bool:
    """`pods/exec` is meant by itself, by `*/exec` and by `*`; not by `pods`."""
    _, _, subresource = resource.partition("/")
    names = {"*", resource, f"*/{subresource}"} if subresource else {"*", resource}
    return any(name in names for name in rule.resources)
