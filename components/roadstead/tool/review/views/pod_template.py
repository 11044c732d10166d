"""Where the pods stand that an object makes."""

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.views.kubernetes_object import KubernetesObject
from roadstead.tool.review.views.reading import Place

TEMPLATES = {
    "Pod": (),
    **dict.fromkeys(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"], ("spec", "template")),
    "ReplicationController": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""By kind: of a Pod all of it."""


def makes_no_pods(made: Resource) -> bool:
    """Whether it is no object of one of these kinds, by its type and by what it says itself."""
    return not made.type.startswith("kubernetes:") or made.inputs.get("kind") not in tuple(TEMPLATES)


def pod_template(made: KubernetesObject) -> Place:
    """The metadata and the `spec` of the pods that an object of one of these kinds makes."""
    return made.place.at(*TEMPLATES[made.kind])
