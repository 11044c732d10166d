"""Kubernetes objects as plain values, and of what runs in a cluster all that can be read.

For rules that do not say themselves of what they cannot see; the views of `review/views` let them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roadstead.offline.graph import Graph, Resource, plain
from roadstead.quantities import Amount
from roadstead.review.views import workload
from roadstead.review.views.kubernetes_object import every_object, objects_of
from roadstead.review.views.placement import Placement
from roadstead.review.views.reading import once_a_graph
from roadstead.review.views.whole import seen, whole
from roadstead.review.views.workload import DAEMON_SET, ENDING, SERVING, STATEFUL_SET
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL

__all__ = ["DAEMON_SET", "ENDING", "SERVING", "STATEFUL_SET"]

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Workload:
    """Pods that are alike, of which everything can be read."""

    resource: Resource
    kind: str
    namespace: str
    name: str
    team: str
    """Whose namespace it runs in; nothing for the cluster's own."""
    labels: Mapping[str, str]
    """Of its pods."""
    pod: Body
    """The `spec` of its pods."""
    placement: Placement
    least: int
    most: int
    requests: Amount
    """What one pod asks for."""
    claims: tuple[Body, ...]
    """The volume claims that each of its pods gets."""
    is_declared: bool

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def key(self) -> str:
        """What tells it from every other one."""
        return f"{self.kind} {self}"


def objects(graph: Graph, *kinds: str) -> Iterator[tuple[Resource, Body]]:
    """The Kubernetes objects of these kinds (all without any), each with its body as plain values and a name in it.

    Where a kind is asked for, Kubernetes' own is meant: others' kinds may have the same name.
    """
    for made in objects_of(graph, *kinds) if kinds else every_object(graph):
        body = made.resource.plain_inputs
        yield made.resource, {**body, "metadata": {**(body.get("metadata") or {}), "name": name_of(made.resource)}}


def name_of(resource: Resource) -> str:
    """The name of an object; the one that Pulumi makes up where its program gives it none."""
    given, made_up = (plain(values.get("metadata")) or {} for values in (resource.inputs, resource.computed))
    return str(given.get("name") or made_up.get("name", resource.name))


def teams(graph: Graph) -> dict[str, str]:
    """The team of each namespace that has one."""
    owners = {}
    for _, body in objects(graph, "Namespace"):
        owner = (body["metadata"].get("labels") or {}).get(TEAM_LABEL)
        if owner:
            owners[body["metadata"]["name"]] = owner
    return owners


@once_a_graph
def workloads(graph: Graph) -> list[Workload]:
    """Everything that runs and can be read: the program's own objects, and what the add-ons bring."""
    return [read for each in workload.workloads(graph) if isinstance(read := _workload(each), Workload)]


def declared(graph: Graph) -> list[Workload]:
    """What the program itself runs: what add-ons bring is AWS's business."""
    return [each for each in workloads(graph) if each.is_declared]


def containers(workload: Workload) -> list[Body]:
    """The containers of its pods, those that run first among them."""
    return [*workload.pod["containers"], *(workload.pod.get("initContainers") or [])]


@whole
def _workload(each: workload.Workload) -> Workload:
    seen(each.pod.containers)
    seen(each.pod.first)
    return Workload(
        each.resource,
        each.kind,
        seen(each.namespace),
        seen(each.name),
        seen(each.team),
        seen(each.labels),
        plain(each.pod.spec.value),
        seen(each.pod.placement),
        seen(each.least),
        seen(each.most),
        seen(each.requests),
        tuple(plain(claim.place.value) for claim in seen(each.claims)),
        each.is_declared,
    )


def selects(selector: Body, labels: Mapping[str, str]) -> bool:
    """Whether a label selector means pods with these labels.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and all(
        meets(term, labels) for term in selector.get("matchExpressions") or []
    )


def meets(term: Body, labels: Mapping[str, str]) -> bool:
    """Whether labels meet one requirement of a selector or of a node affinity."""
    value, values = labels.get(term["key"]), term.get("values") or []
    match term["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt":
            return value is not None and int(value) > int(values[0])
        case _:
            return value is not None and int(value) < int(values[0])
