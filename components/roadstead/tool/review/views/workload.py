"""What runs in a cluster: pods that are alike, and how many of them there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from roadstead.core.quantities import Amount
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.addon import addons
from roadstead.tool.review.views.image import Pinned
from roadstead.tool.review.views.kubernetes_object import full_name, objects_of
from roadstead.tool.review.views.limit_range import NO_DEFAULTS, container_defaults
from roadstead.tool.review.views.namespace import owners
from roadstead.tool.review.views.pod import Pod, requests
from roadstead.tool.review.views.pod_template import TEMPLATES
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.scaler import Target, replicas
from roadstead.tool.review.views.storage import Claim, claim
from roadstead.tool.review.views.whole import count, seen, whole

DAEMON_SET, STATEFUL_SET, POD = "DaemonSet", "StatefulSet", "Pod"
SERVING = ("Deployment", STATEFUL_SET, DAEMON_SET, "ReplicaSet", POD)
"""What runs for as long as it is declared."""
ENDING = ("Job", "CronJob")


@dataclass(frozen=True)
class Workload:
    """Pods that are alike."""

    resource: Resource
    kind: str
    namespace: str | Unread
    name: str | Unread
    team: str | Unread
    """Whose namespace it runs in; nothing for the cluster's own."""
    labels: Mapping[str, str] | Unread
    """Of its pods."""
    pod: Pod
    requests: Amount | Unread
    """What one pod asks for."""
    least: int | Unread
    most: int | Unread
    claims: tuple[Claim, ...] | Unread
    """The volume claims that each of its pods gets."""
    is_declared: bool
    """Whether the program itself makes it: what add-ons bring is AWS's business."""

    def __str__(self) -> str:
        return full_name(self.namespace, self.name, self.resource)

    @property
    def key(self) -> str:
        """What tells it from every other one."""
        return f"{self.kind} {self}"

    @property
    def called(self) -> tuple[str, str] | None:
        """Namespace and name; nothing where one of them cannot be read."""
        if isinstance(self.namespace, Unread) or isinstance(self.name, Unread):
            return None
        return self.namespace, self.name

    @property
    def pinned(self) -> tuple[Pinned | Unread, ...]:
        """The images of its containers that are named by a digest, and those that cannot be read."""
        said = [image if isinstance(image, Unread) else image.pinned for image in self.pod.images]
        return tuple(image for image in said if image is not None)


@once_a_graph
def workloads(graph: Graph) -> tuple[Workload, ...]:
    """Everything that runs: what the add-ons bring, and the program's own objects."""
    brought = [
        _workload(
            graph,
            Place(addon.resource, "", body),
            str(body["kind"]),
            body["metadata"]["namespace"],
            body["metadata"]["name"],
        )
        for addon in addons(graph)
        for body in addon.brings
    ]
    declared = [
        _workload(graph, made.place, made.kind, made.namespace, made.name, is_declared=True)
        for made in objects_of(graph, *SERVING, *ENDING)
    ]
    return (*brought, *declared)


@once_a_graph
def declared(graph: Graph) -> tuple[Workload, ...]:
    """What the program itself runs."""
    return tuple(workload for workload in workloads(graph) if workload.is_declared)


def _workload(
    graph: Graph,
    place: Place,
    kind: str,
    namespace: str | Unread,
    name: str | Unread,
    *,
    is_declared: bool = False,
) -> Workload:
    spec = place.at("spec", "jobTemplate", "spec") if kind == "CronJob" else place.at("spec")
    template = place.at(*TEMPLATES[kind])
    asked = count(spec.at("parallelism" if kind in ENDING else "replicas"), 1)
    least, most = replicas(graph, Target(kind, namespace, name), asked)
    pod = Pod(template.at("spec"))
    return Workload(
        place.resource,
        kind,
        namespace,
        name,
        owners(graph).get(namespace, ""),
        template.at("metadata", "labels").labels(),
        pod,
        requests(pod, container_defaults(graph).get(namespace, NO_DEFAULTS)),
        least,
        most,
        _claims(spec.at("volumeClaimTemplates")),
        is_declared,
    )


@whole
def _claims(place: Place) -> tuple[Claim, ...]:
    return tuple(seen(claim(item)) for item in seen(place.items()))
