"""What runs in a stack's cluster, read off its graph: pods, how many of them, and what they ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from roadstead.offline.graph import Graph, Resource, plain
from roadstead.quantities import NOTHING, Amount, parse
from roadstead.report import folder
from roadstead.sandbox.addons import objects_of
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL

Body = Mapping[str, Any]
DAEMON_SET, STATEFUL_SET = "DaemonSet", "StatefulSet"
POD = "Pod"
SERVING = ("Deployment", STATEFUL_SET, DAEMON_SET, "ReplicaSet", POD)
"""What runs for as long as it is declared."""
ENDING = ("Job", "CronJob")
NOTHING_ASKED: Mapping[str, str] = {}


@dataclass(frozen=True)
class Workload:
    """Pods that are alike."""

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
    least: int
    most: int
    requests: Amount
    """What one pod asks for."""
    claims: tuple[Body, ...] = ()
    """The volume claims that each of its pods gets."""

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
    for resource in folder.objects(graph):
        if not kinds or (resource.inputs["kind"] in kinds and _is_own(str(resource.inputs["apiVersion"]))):
            body = resource.plain_inputs
            yield resource, {**body, "metadata": {**(body.get("metadata") or {}), "name": name_of(resource)}}


def _is_own(api_version: str) -> bool:
    """Whether an API group is Kubernetes' own: those of others have a domain of their own.

    https://kubernetes.io/docs/reference/using-api/#api-groups
    """
    group = api_version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


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


def workloads(graph: Graph) -> list[Workload]:
    """Everything that runs: the program's own objects, and what the add-ons bring."""
    addons = [(addon, body) for addon in graph.of_type("aws:eks/addon:Addon") for body in objects_of(addon)]
    owners, ranges, defaults = teams(graph), _ranges(graph), _defaults(graph)
    return [
        _workload(resource, body, owners, ranges, defaults)
        for resource, body in [*addons, *objects(graph, *SERVING, *ENDING)]
    ]


def declared(graph: Graph) -> list[Workload]:
    """What the program itself runs: what add-ons bring is AWS's business."""
    return [workload for workload in workloads(graph) if workload.resource.inputs.get("kind") == workload.kind]


def containers(workload: Workload) -> list[Body]:
    """The containers of its pods, those that run first among them."""
    return [*workload.pod["containers"], *(workload.pod.get("initContainers") or [])]


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


def _workload(
    resource: Resource,
    body: Body,
    owners: Mapping[str, str],
    ranges: Mapping[tuple[str, str, str], tuple[int, int]],
    defaults: Mapping[str, Body],
) -> Workload:
    kind, namespace, name = body["kind"], body["metadata"].get("namespace", "default"), body["metadata"]["name"]
    spec = body["spec"]["jobTemplate"]["spec"] if kind == "CronJob" else body["spec"]
    number = spec.get("parallelism", 1) if kind in ENDING else spec.get("replicas", 1)
    least, most = ranges.get((kind, namespace, name), (number, number))
    template = body if kind == POD else spec["template"]
    return Workload(
        resource,
        kind,
        namespace,
        name,
        owners.get(namespace, ""),
        (template.get("metadata") or {}).get("labels") or {},
        template["spec"],
        least,
        most,
        requests(template["spec"], defaults.get(namespace, NOTHING_ASKED)),
        tuple(spec.get("volumeClaimTemplates") or ()),
    )


def _ranges(graph: Graph) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Fewest and most replicas of what a scaler scales, by kind, namespace and name."""
    found = {}
    for _, body in objects(graph, "HorizontalPodAutoscaler"):
        target, spec = body["spec"]["scaleTargetRef"], body["spec"]
        where = (target["kind"], body["metadata"].get("namespace", "default"), target["name"])
        found[where] = (spec.get("minReplicas", 1), spec["maxReplicas"])
    return found


def _defaults(graph: Graph) -> dict[str, Body]:
    """What containers of a namespace ask for that say nothing themselves."""
    return {
        body["metadata"].get("namespace", "default"): limit.get("defaultRequest") or limit.get("default") or {}
        for _, body in objects(graph, "LimitRange")
        for limit in body["spec"]["limits"]
        if limit["type"] == "Container"
    }


def requests(pod: Body, defaults: Body = NOTHING_ASKED) -> Amount:
    """What the scheduler reckons a pod with: its containers together, or its largest step before they start.

    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    first = pod.get("initContainers") or []
    beside = [container for container in first if container.get("restartPolicy") == "Always"]
    running = _sum([*pod["containers"], *beside], defaults)
    steps, before = [running], NOTHING
    for container in first:
        asked = _asked(container, defaults)
        steps.append(before.plus(asked))
        if container in beside:
            before = before.plus(asked)
    overhead = pod.get("overhead") or {}
    return Amount(
        max(step.cpu for step in steps) + parse(str(overhead.get("cpu", "0"))),
        max(step.memory for step in steps) + parse(str(overhead.get("memory", "0"))),
        1,
    )


def _sum(containers: list[Body], defaults: Body) -> Amount:
    total = NOTHING
    for container in containers:
        total = total.plus(_asked(container, defaults))
    return total


def _asked(container: Body, defaults: Body) -> Amount:
    resources = container.get("resources") or {}
    asked = {**defaults, **(resources.get("limits") or {}), **(resources.get("requests") or {})}
    cpu, memory = (parse(str(asked[kind])) if kind in asked else Fraction(0) for kind in ("cpu", "memory"))
    return Amount(cpu, memory, 0)
