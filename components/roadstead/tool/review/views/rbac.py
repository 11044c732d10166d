"""Roles and bindings of Kubernetes' RBAC, and where they hold.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.reading import Place, Unread, once_for_both
from roadstead.tool.review.views.selector import Selector, selector

GROUP = "rbac.authorization.k8s.io"


class Rule(NamedTuple):
    """Verbs on resources of API groups."""

    api_groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Of single objects; none for all of them."""


@dataclass(frozen=True)
class RbacRole:
    """A Role or ClusterRole."""

    resource: Resource
    namespace: str
    """Nothing for a ClusterRole."""
    name: str
    rules: tuple[Rule, ...]
    labels: Mapping[str, str]
    selectors: tuple[Selector, ...]
    """Whose rules are aggregated into it."""
    unread: tuple[Unread, ...]


class Subject(NamedTuple):
    """Somebody, as a binding names them."""

    kind: str
    name: str
    """With the namespace in front for a ServiceAccount."""


@dataclass(frozen=True)
class Binding:
    """A RoleBinding or ClusterRoleBinding."""

    resource: Resource
    namespace: str | None
    """Nothing for the whole cluster."""
    role: tuple[str, str] | None
    """Namespace (nothing for a ClusterRole) and name of what it grants; nothing where that cannot be read."""
    subjects: tuple[Subject, ...]
    unread: tuple[Unread, ...]


@once_for_both(makes_no_pods)
def rbac_roles(graph: Graph) -> list[RbacRole]:
    """The Roles and ClusterRoles of a graph."""
    return [_role(made) for made in objects_of(graph, "Role", "ClusterRole")]


@once_for_both(makes_no_pods)
def rbac_bindings(graph: Graph) -> list[Binding]:
    """The bindings of a graph."""
    return [_binding(made) for made in objects_of(graph, "RoleBinding", "ClusterRoleBinding")]


def _role(made: KubernetesObject) -> RbacRole:
    inputs, urn = made.place, made.resource.urn
    namespace = made.namespace if made.kind == "Role" else ""
    name, labels, items = made.name, inputs.at("metadata", "labels").labels(), inputs.at("rules").items()
    gathered = inputs.at("aggregationRule", "clusterRoleSelectors").items()
    rules = [] if isinstance(items, Unread) else [_rule(item) for item in items]
    selectors = [] if isinstance(gathered, Unread) else [selector(item) for item in gathered]
    hidden = [namespace, name, labels, items, gathered, *rules, *selectors]
    return RbacRole(
        made.resource,
        namespace if isinstance(namespace, str) else urn,
        name if isinstance(name, str) else urn,
        tuple(rule for rule in rules if isinstance(rule, Rule)),
        {} if isinstance(labels, Unread) else labels,
        tuple(each for each in selectors if not isinstance(each, Unread)),
        tuple(value for value in hidden if isinstance(value, Unread)),
    )


def _rule(item: Place) -> Rule | Unread:
    parts = [item.at(key).texts() for key in ("apiGroups", "resources", "verbs", "resourceNames")]
    unread = next((part for part in parts if isinstance(part, Unread)), None)
    return unread or Rule(*(tuple(part) for part in parts if isinstance(part, list)))


def _binding(made: KubernetesObject) -> Binding:
    inputs = made.place
    namespace = made.namespace if made.kind == "RoleBinding" else None
    kind, name = inputs.at("roleRef", "kind").required_text(), inputs.at("roleRef", "name").required_text()
    items = inputs.at("subjects").items()
    subjects = [] if isinstance(items, Unread) else [_subject(item) for item in items]
    unread = tuple(value for value in (namespace, kind, name, items, *subjects) if isinstance(value, Unread))
    is_read = isinstance(name, str) and not isinstance(namespace, Unread) and isinstance(kind, str)
    return Binding(
        made.resource,
        None if isinstance(namespace, Unread) else namespace,
        ("" if kind == "ClusterRole" else namespace or "", str(name)) if is_read else None,  # type: ignore[arg-type]
        tuple(subject for subject in subjects if isinstance(subject, Subject)),
        unread,
    )


def _subject(item: Place) -> Subject | Unread:
    kind, name, namespace = (
        item.at("kind").required_text(),
        item.at("name").required_text(),
        item.at("namespace").text(),
    )
    for value in (kind, name, namespace):
        if isinstance(value, Unread):
            return value
    return Subject(str(kind), f"{namespace}/{name}" if kind == "ServiceAccount" else str(name))
