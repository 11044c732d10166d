"""Roles and bindings of Kubernetes' RBAC, and the namespaces that they hold in.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from roadstead.offline.graph import Graph, Resource, plain
from roadstead.report import folder
from roadstead.review.views.reading import Place, Unread, once_a_graph
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL

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
    selectors: tuple[Mapping[str, Any], ...]
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


@once_a_graph
def rbac_roles(graph: Graph) -> list[RbacRole]:
    """The Roles and ClusterRoles of a graph."""
    return [_role(made) for made in _objects(graph, "Role", "ClusterRole")]


@once_a_graph
def rbac_bindings(graph: Graph) -> list[Binding]:
    """The bindings of a graph."""
    return [_binding(made) for made in _objects(graph, "RoleBinding", "ClusterRoleBinding")]


@once_a_graph
def namespaces(graph: Graph) -> dict[str, str]:
    """The namespaces of a graph that can be read, with the team of each; nothing for the cluster's own."""
    found = {}
    for made in _objects(graph, "Namespace"):
        team = Place.of(made).at("metadata", "labels", TEAM_LABEL).text()
        if isinstance(name := _name(made), str):
            found[name] = team if isinstance(team, str) else ""
    return found


def _objects(graph: Graph, *kinds: str) -> Iterator[Resource]:
    """Objects of these kinds, of Kubernetes' own API groups."""
    for made in folder.objects(graph):
        kind, version = made.inputs["kind"], made.inputs["apiVersion"]
        group = version.rpartition("/")[0] if isinstance(version, str) else ""
        if isinstance(kind, str) and kind in kinds and ("." not in group or group.endswith(".k8s.io")):
            yield made


def _role(made: Resource) -> RbacRole:
    inputs = Place.of(made)
    namespace = _namespace(inputs) if made.inputs["kind"] == "Role" else ""
    name, labels, items = _name(made), inputs.at("metadata", "labels").labels(), inputs.at("rules").items()
    gathered = inputs.at("aggregationRule", "clusterRoleSelectors").items()
    rules = [] if isinstance(items, Unread) else [_rule(item) for item in items]
    selectors = [] if isinstance(gathered, Unread) else [_selector(item) for item in gathered]
    hidden = [namespace, name, labels, items, gathered, *rules, *selectors]
    return RbacRole(
        made,
        namespace if isinstance(namespace, str) else made.urn,
        name if isinstance(name, str) else made.urn,
        tuple(rule for rule in rules if isinstance(rule, Rule)),
        {} if isinstance(labels, Unread) else labels,
        tuple(each for each in selectors if not isinstance(each, Unread)),
        tuple(value for value in hidden if isinstance(value, Unread)),
    )


def _rule(item: Place) -> Rule | Unread:
    parts = [item.at(key).texts() for key in ("apiGroups", "resources", "verbs", "resourceNames")]
    unread = next((part for part in parts if isinstance(part, Unread)), None)
    return unread or Rule(*(tuple(part) for part in parts if isinstance(part, list)))


def _selector(item: Place) -> Mapping[str, Any] | Unread:
    """A selector of labels that is as Kubernetes takes it."""
    labels, terms = item.at("matchLabels").labels(), item.at("matchExpressions").items()
    parts = (
        []
        if isinstance(terms, Unread)
        else [(t.at("key").required_text(), t.at("operator").required_text()) for t in terms]
    )
    values = [] if isinstance(terms, Unread) else [term.at("values").texts() for term in terms]
    every = [labels, terms, *(part for both in parts for part in both), *values]
    return next((value for value in every if isinstance(value, Unread)), None) or dict(item.value or {})


def _binding(made: Resource) -> Binding:
    inputs = Place.of(made)
    namespace = _namespace(inputs) if made.inputs["kind"] == "RoleBinding" else None
    kind, name = inputs.at("roleRef", "kind").required_text(), inputs.at("roleRef", "name").required_text()
    items = inputs.at("subjects").items()
    subjects = [] if isinstance(items, Unread) else [_subject(item) for item in items]
    unread = tuple(value for value in (namespace, kind, name, items, *subjects) if isinstance(value, Unread))
    is_read = isinstance(name, str) and not isinstance(namespace, Unread) and isinstance(kind, str)
    return Binding(
        made,
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


def _namespace(inputs: Place) -> str | Unread:
    return inputs.at("metadata", "namespace").text() or "default"


def _name(made: Resource) -> str | Unread:
    """The name of an object; the one that Pulumi makes up where its program gives it none."""
    given = Place.of(made).at("metadata", "name").text()
    if given is not None:
        return given
    made_up = Place(made, "", plain(made.computed)).at("metadata", "name").text()
    return made_up if isinstance(made_up, str) else made.name
