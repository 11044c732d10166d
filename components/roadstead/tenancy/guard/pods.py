"""What a pod may be that shares nodes with other teams' pods: of pods, and of what makes them."""

import re
from collections.abc import Iterator
from typing import Any

from roadstead.core.placement import CAPACITY_LABEL, SPOT_TAINT_KEY
from roadstead.tenancy.guard.allowed import Allowed, in_cel
from roadstead.tenancy.guard.rule import Body, Matched, Policy, Rule, get, keys, parts, text, texts

TOLERATED = (
    (SPOT_TAINT_KEY, "NoSchedule"),
    # Kubernetes itself adds these.
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
)
"""Keys and effects of the taints that any pod may tolerate."""
NODE_LABELS = (
    CAPACITY_LABEL,
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
)
"""Labels that any pod may choose its nodes by."""
LONGEST_STOP_SECONDS = 120
"""A spot node is gone two minutes after its notice; what may take longer holds back every drain."""
REQUIRED = ("requiredDuringSchedulingIgnoredDuringExecution",)
PREFERRED = ("preferredDuringSchedulingIgnoredDuringExecution",)
_ABOVE_ZERO = re.compile(r"\+?[0-9.]*[1-9]")
"""A quantity of something. The kubelet takes 0 for no limit."""
_TEMPLATES = {"CronJob": "spec.jobTemplate.spec.template.spec", "Pod": "spec"}
_TEMPLATE = "spec.template.spec"


def pod_spec(body: Body) -> Any:
    """The spec of the pods of an object."""
    return get(body, *_TEMPLATES.get(body["kind"], _TEMPLATE).split("."))


def _pod(of: str) -> str:
    chosen = "".join(f"request.kind.kind == '{kind}' ? dyn({of}).{path} : " for kind, path in _TEMPLATES.items())
    return f"({chosen}dyn({of}).{_TEMPLATE})"


def _containers(body: Body) -> list[Body]:
    pod = pod_spec(body)
    return [*parts(pod, "containers"), *parts(pod, "initContainers"), *parts(pod, "ephemeralContainers")]


def _images(body: Body, allowed: Allowed) -> list[str]:
    volumes = [volume for volume in parts(pod_spec(body), "volumes") if "image" in volume]
    used = [text(container, "image") for container in _containers(body)]
    used += [text(volume, "image", "reference") for volume in volumes]
    return [image for image in used if not image.startswith(allowed.images)]


def _priority(body: Body, allowed: Allowed) -> list[str]:
    name = text(pod_spec(body), "priorityClassName")
    return [] if name in ("", *allowed.priority_classes) else [name]


def _tolerations(body: Body, allowed: Allowed) -> list[str]:
    asked = [(text(item, "key"), text(item, "effect")) for item in parts(pod_spec(body), "tolerations")]
    return [f"{key}:{effect}" for key, effect in asked if (key, effect) not in TOLERATED and key not in allowed.taints]


def _node_name(body: Body, _: Allowed) -> list[str]:
    name = text(pod_spec(body), "nodeName")
    return [name] if name else []


def _node_labels(body: Body, allowed: Allowed) -> list[str]:
    known = {*NODE_LABELS, *allowed.node_labels}
    found = [key for key in keys(pod_spec(body), "nodeSelector") if key not in known]
    affinity = get(pod_spec(body), "affinity", "nodeAffinity")
    terms: list[Any] = [*parts(affinity, *REQUIRED, "nodeSelectorTerms")]
    terms += [get(item, "preference") for item in parts(affinity, *PREFERRED)]
    for term in terms:
        chosen = [text(item, "key") for item in [*parts(term, "matchFields"), *parts(term, "matchExpressions")]]
        if strange := [key for key in chosen if key not in known]:
            found.append(", ".join(strange))
    return found


def _others_pods(body: Body, _: Allowed) -> list[str]:
    own = text(body, "metadata", "namespace")
    return [
        text(term, "topologyKey")
        for term in _pod_terms(get(pod_spec(body), "affinity"))
        if get(term, "namespaceSelector") is not None or any(name != own for name in texts(term, "namespaces"))
    ]


def _pod_terms(affinity: Any) -> Iterator[Any]:
    for kind in ("podAffinity", "podAntiAffinity"):
        yield from parts(affinity, kind, *REQUIRED)
        for item in parts(affinity, kind, *PREFERRED):
            yield get(item, "podAffinityTerm")


def _temporary(body: Body, _: Allowed) -> list[str]:
    volumes = [volume for volume in parts(pod_spec(body), "volumes") if get(volume, "emptyDir") is not None]
    return [text(each, "name") for each in volumes if not _ABOVE_ZERO.match(text(each, "emptyDir", "sizeLimit"))]


def _stop(body: Body, _: Allowed) -> list[str]:
    seconds = get(pod_spec(body), "terminationGracePeriodSeconds")
    return [f"{seconds} seconds"] if isinstance(seconds, int) and seconds > LONGEST_STOP_SECONDS else []


_TERMS = " + ".join(
    f"variables.affinity.?{kind}.?requiredDuringSchedulingIgnoredDuringExecution.orValue([])"
    f" + variables.affinity.?{kind}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([])"
    ".map(item, item.podAffinityTerm)"
    for kind in ("podAffinity", "podAntiAffinity")
)
_TOLERATED = " || ".join(f"(key == '{key}' && effect == '{effect}')" for key, effect in TOLERATED)

PODS = Policy(
    "pods",
    (
        Matched("", ("v1",), ("pods", "pods/ephemeralcontainers")),
        Matched("apps", ("v1",), ("deployments", "statefulsets", "daemonsets")),
        Matched("batch", ("v1",), ("jobs", "cronjobs")),
    ),
    ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"),
    f"oldObject == null || {_pod('object')} != {_pod('oldObject')}",
    (
        ("pod", _pod("object")),
        (
            "containers",
            "variables.pod.containers + variables.pod.?initContainers.orValue([])"
            " + variables.pod.?ephemeralContainers.orValue([])",
        ),
        ("volumes", "variables.pod.?volumes.orValue([])"),
        ("affinity", "variables.pod.?affinity.orValue({})"),
        ("images", in_cel("images")),
        ("node_labels", f"{list(NODE_LABELS)} + {in_cel('node_labels')}"),
    ),
    (
        Rule(
            "pods/image",
            "(variables.containers.map(container, string(container.?image.orValue('')))"
            " + variables.volumes.filter(volume, has(volume.image)).map(volume, string(volume.image.?reference.orValue(''))))"
            ".filter(image, !variables.images.exists(start, image.startsWith(start)))",
            _images,
            "images of the repositories that the team may use: push it to one of them, or have allowed.images of the namespace name its repository",
        ),
        Rule(
            "pods/priority",
            "[string(variables.pod.?priorityClassName.orValue(''))]"
            f".filter(name, name != '' && !(name in {in_cel('priority_classes')}))",
            _priority,
            "no priority class, or one of allowed.priority_classes of the namespace: higher ones evict the pods of other teams",
        ),
        Rule(
            "pods/toleration",
            "variables.pod.?tolerations.orValue([])"
            ".map(item, [string(item.?key.orValue('')), string(item.?effect.orValue(''))])"
            f".filter(item, !({_TOLERATED.replace('key ==', 'item[0] ==').replace('effect ==', 'item[1] ==')}"
            f" || item[0] in {in_cel('taints')}))"
            ".map(item, item[0] + ':' + item[1])",
            _tolerations,
            f"at most {SPOT_TAINT_KEY}:NoSchedule, or a key of allowed.taints of the namespace: other taints keep nodes for others",
        ),
        Rule(
            "pods/node-name",
            "request.kind.kind == 'Pod' && request.operation == 'UPDATE' ? []"
            " : [string(variables.pod.?nodeName.orValue(''))].filter(name, name != '')",
            _node_name,
            "no nodeName: leave the choice of a node to the scheduler, which heeds its taints",
        ),
        Rule(
            "pods/node-labels",
            "variables.pod.?nodeSelector.orValue({}).map(key, string(key)).filter(key, !(key in variables.node_labels))"
            " + (variables.affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([])"
            " + variables.affinity.?nodeAffinity.?preferredDuringSchedulingIgnoredDuringExecution.orValue([])"
            ".map(item, item.preference))"
            ".map(term, (term.?matchFields.orValue([]) + term.?matchExpressions.orValue([])).map(item, string(item.key))"
            ".filter(key, !(key in variables.node_labels)).join(', ')).filter(keys, keys != '')",
            _node_labels,
            "labels of zone, region, architecture, system or capacity, or of allowed.node_labels of the namespace",
        ),
        Rule(
            "pods/others-pods",
            f"({_TERMS}).filter(term, has(term.namespaceSelector)"
            " || term.?namespaces.orValue([]).exists(name, name != request.namespace))"
            ".map(term, string(term.topologyKey))",
            _others_pods,
            "affinity to pods of the own namespace alone: take namespaces and namespaceSelector away, for they would keep other teams off nodes",
        ),
        Rule(
            "pods/temporary-volume",
            "variables.volumes.filter(volume, has(volume.emptyDir) && !(has(volume.emptyDir.sizeLimit)"
            " && quantity(string(volume.emptyDir.sizeLimit)).isGreaterThan(quantity('0')))).map(volume, string(volume.name))",
            _temporary,
            "a sizeLimit above 0 on every emptyDir: without one it may fill the disk of the node",
        ),
        Rule(
            "pods/stop-time",
            "[int(variables.pod.?terminationGracePeriodSeconds.orValue(0))]"
            f".filter(seconds, seconds > {LONGEST_STOP_SECONDS}).map(seconds, string(seconds) + ' seconds')",
            _stop,
            f"a terminationGracePeriodSeconds of at most {LONGEST_STOP_SECONDS}: a drain of the node waits that long",
        ),
    ),
)
