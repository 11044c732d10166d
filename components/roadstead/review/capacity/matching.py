"""Whether a pod may run on a node at all: taints, node selector, node affinity, and the zone of its volumes.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from roadstead.cluster.nodes import HOST_LABEL, ZONE_LABEL, Node
from roadstead.offline.graph import Graph
from roadstead.review.workloads import Body, Workload, meets, objects

Taint = Mapping[str, str]
KEEPS_OUT = ("NoSchedule", "NoExecute")
_OF_VOLUMES = "topology.ebs.csi.aws.com/zone"
_ZONE_KEYS = (ZONE_LABEL, _OF_VOLUMES)
Verdict = TypeVar("Verdict")


def once_a_kind(pod: Body, judge: Callable[[Node], Verdict]) -> Callable[[Node], Verdict]:
    """What a pod makes of a node, found once for all nodes of a kind; a pod that names hosts looks at each."""
    choice = repr([pod.get("nodeSelector"), _affinity(pod)])
    if HOST_LABEL in choice or "metadata.name" in choice:
        return judge
    known: dict[tuple[str, str, str], Verdict] = {}

    def judged(node: Node) -> Verdict:
        kind = node.kind
        if kind not in known:
            known[kind] = judge(node)
        return known[kind]

    return judged


def tolerates(pod: Body, taints: Sequence[Taint]) -> bool:
    """Whether a pod bears every taint that would keep it out."""
    return all(_bears(pod, taint) for taint in taints if taint["effect"] in KEEPS_OUT)


def unwanted(pod: Body, taints: Sequence[Taint]) -> int:
    """How many taints ask a pod to stay away without keeping it out."""
    return sum(not _bears(pod, taint) for taint in taints if taint["effect"] not in KEEPS_OUT)


def _bears(pod: Body, taint: Taint) -> bool:
    return any(
        toleration.get("key", taint["key"]) == taint["key"]
        and toleration.get("effect") in (None, "", taint["effect"])
        and (
            toleration.get("operator", "Equal") == "Exists" or (toleration.get("value") or "") == taint.get("value", "")
        )
        for toleration in pod.get("tolerations") or []
    )


def wants(pod: Body, labels: Mapping[str, str]) -> bool:
    """Whether a pod's node selector and required node affinity take a node with these labels."""
    selector = pod.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    required = _affinity(pod).get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_meets_all(term, labels) for term in required["nodeSelectorTerms"])


def liking(pod: Body, labels: Mapping[str, str]) -> int:
    """The sum of the weights with which a pod prefers a node."""
    preferred = _affinity(pod).get("preferredDuringSchedulingIgnoredDuringExecution") or []
    return sum(term["weight"] for term in preferred if _meets_all(term["preference"], labels))


def _affinity(pod: Body) -> Mapping[str, Any]:
    return (pod.get("affinity") or {}).get("nodeAffinity") or {}


def _meets_all(term: Body, labels: Mapping[str, str]) -> bool:
    """An empty term takes no node."""
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    names = {"metadata.name": labels.get(HOST_LABEL, "")}
    return (
        bool(expressions or fields)
        and all(meets(expression, labels) for expression in expressions)
        and all(meets(field, names) for field in fields)
    )


class Volumes(NamedTuple):
    """What a graph says of storage, each by name; claims by namespace and name."""

    classes: Mapping[str, Body]
    volumes: Mapping[str, Body]
    claims: Mapping[tuple[str, str], Body]

    @classmethod
    def of(cls, graph: Graph) -> "Volumes":
        """The storage of a graph."""
        classes, volumes = (
            {body["metadata"]["name"]: body for _, body in objects(graph, kind)}
            for kind in ("StorageClass", "PersistentVolume")
        )
        claims = {
            (body["metadata"].get("namespace", "default"), body["metadata"]["name"]): body
            for _, body in objects(graph, "PersistentVolumeClaim")
        }
        return cls(classes, volumes, claims)

    def zones(self, workload: Workload) -> frozenset[str] | None:
        """The zones in which all volumes of a pod can be had; nothing where they do not say."""
        named = [(workload.namespace, name) for name in claim_names(workload.pod)]
        limits = []
        for claim in [*workload.claims, *(self.claims[name] for name in named if name in self.claims)]:
            volume = self.volumes.get(claim["spec"].get("volumeName", ""))
            class_ = self.classes.get(claim["spec"].get("storageClassName", ""))
            terms = _volume_terms(volume) if volume else _class_terms(class_)
            if terms and all(terms):
                limits.append(frozenset(zone for term in terms for zone in term))
        return frozenset.intersection(*limits) if limits else None


def claim_names(pod: Body) -> list[str]:
    """The volume claims that a pod names."""
    volumes = [volume.get("persistentVolumeClaim") for volume in pod.get("volumes") or []]
    return [str(claim["claimName"]) for claim in volumes if claim]


def _volume_terms(volume: Body) -> list[list[str]]:
    required = ((volume["spec"].get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms") or []
    return [
        [
            zone
            for expression in term.get("matchExpressions") or []
            if expression["key"] in _ZONE_KEYS and expression["operator"] == "In"
            for zone in expression["values"]
        ]
        for term in required
    ]


def _class_terms(storage_class: Body | None) -> list[list[str]]:
    return [
        [
            zone
            for expression in term.get("matchLabelExpressions") or []
            if expression["key"] in _ZONE_KEYS
            for zone in expression["values"]
        ]
        for term in (storage_class or {}).get("allowedTopologies") or []
    ]
