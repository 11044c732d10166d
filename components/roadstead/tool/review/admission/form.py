"""What the API server refuses for its form alone: names, labels, ports, and selectors that miss their own pods.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

import re
from collections.abc import Iterator, Sequence

from roadstead.facts.kubernetes_versions import minor
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.admission.held import items
from roadstead.tool.review.upgrade.versions import versions
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, every_object, objects_of
from roadstead.tool.review.views.pod_template import TEMPLATES, pod_template
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.selector import selector

LABEL, SUBDOMAIN, PORT_NAME, QUALIFIED = 63, 253, 15, 63
PORTS = range(1, 65536)
OF_A_LABEL = {"Namespace": LABEL, "Service": LABEL}
"""Kinds whose names have no dots."""
SHORTER = {"CronJob": 52, "Job": 63}
"""A CronJob adds a time of eleven characters; a Job's name becomes a label of its pods."""
RELAXED = 36
"""From this minor version of Kubernetes on, names of Services may begin with a digit: its feature RelaxedServiceNameValidation.

https://github.com/kubernetes/enhancements/issues/5311
"""
OF_ANY_FORM = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ClusterTrustBundle", "IPAddress", "Event")
"""Kinds whose names may have other characters."""
SELECTING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_OLD_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_DNS_SUBDOMAIN = re.compile(rf"{_DNS_LABEL.pattern}(\.{_DNS_LABEL.pattern})*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
SHOWN = 40
"""How much of a value a sentence shows."""

Said = Iterator[str | Unread]


def wrong(graph: Graph) -> Iterator[tuple[KubernetesObject, list[str | Unread]]]:
    """Each object with what is refused of it. Others' kinds have names and labels as well."""
    own = {made.resource.urn for made in objects_of(graph, *TEMPLATES, "Service", "NetworkPolicy")}
    version = versions(graph).version
    is_relaxed = version is None or minor(version) >= RELAXED
    for made in every_object(graph):
        said = [*_name(made, is_relaxed), *_labels(made.place.at("metadata", "labels"))]
        if made.resource.urn in own:
            said += _of_kind(made)
        if said:
            yield made, said


def _of_kind(made: KubernetesObject) -> Said:
    if made.kind == "Service":
        yield from _service(made.place)
    elif made.kind == "NetworkPolicy":
        for way in ("ingress", "egress"):
            for rule in items(made.place.at("spec", way)):
                for port in items(rule.at("ports")):
                    yield from _port(port.at("port"))
                    yield from _port(port.at("endPort"))
    else:
        yield from _pods(made)


def _name(made: KubernetesObject, is_relaxed: bool) -> Said:
    place = made.place.at("metadata", "name")
    if made.kind not in OF_ANY_FORM:
        is_label = made.kind in OF_A_LABEL
        most = OF_A_LABEL.get(made.kind) or SHORTER.get(made.kind, SUBDOMAIN)
        is_old_service = made.kind == "Service" and not is_relaxed
        yield from _text(place, most, _OLD_LABEL if is_old_service else _DNS_LABEL if is_label else _DNS_SUBDOMAIN)


def _labels(place: Place) -> Said:
    entries = place.entries()
    if isinstance(entries, Unread):
        yield entries
        return
    for key, value in entries.items():
        prefix, slash, name = key.rpartition("/")
        is_prefix = not slash or (len(prefix) <= SUBDOMAIN and _DNS_SUBDOMAIN.fullmatch(prefix))
        if not is_prefix or len(name) > QUALIFIED or not _QUALIFIED.fullmatch(name):
            yield f"{place.path} has the key {_shown(key)}, which is no label's"
        yield from _text(value, LABEL, _QUALIFIED)


def _service(place: Place) -> Said:
    ports = [*items(place.at("spec", "ports"))]
    yield from _twice([port.at("name") for port in ports])
    if len(ports) > 1 and any(port.at("name").value in (None, "") for port in ports):
        yield f"{ports[0].path.partition('[')[0]} has several ports, and each of several needs a name"
    for port in ports:
        yield from _text(port.at("name"), LABEL, _DNS_LABEL)
        yield from _port(port.at("port"))
        yield from _port(port.at("targetPort"))


def _pods(made: KubernetesObject) -> Said:
    pod = pod_template(made)
    if made.kind != "Pod":
        yield from _labels(pod.at("metadata", "labels"))
    containers = [*items(pod.at("spec", "initContainers")), *items(pod.at("spec", "containers"))]
    yield from _twice([container.at("name") for container in containers])
    yield from _twice([volume.at("name") for volume in items(pod.at("spec", "volumes"))])
    for container in containers:
        yield from _twice([port.at("name") for port in items(container.at("ports"))])
        yield from _twice([mount.at("mountPath") for mount in items(container.at("volumeMounts"))])
        yield from _text(container.at("name"), LABEL, _DNS_LABEL)
        for port in items(container.at("ports")):
            yield from _text(port.at("name"), PORT_NAME, _PORT_NAME)
            yield from _port(port.at("containerPort"))
        for probe in PROBES:
            for way in ("httpGet", "tcpSocket", "grpc"):
                yield from _port(container.at(probe, way, "port"))
    if made.kind in (*SELECTING, "Job"):
        yield from _selector(made.place.at("spec", "selector"), pod.at("metadata", "labels"), made.kind)


def _selector(place: Place, labels: Place, kind: str) -> Said:
    """Whether an object selects the pods that it makes itself."""
    asked, there = selector(place), labels.labels()
    if isinstance(asked, Unread) or isinstance(there, Unread):
        yield asked if isinstance(asked, Unread) else there  # type: ignore[misc]
    elif not asked.labels and not asked.requirements:
        if kind in SELECTING:
            yield f"{place.path} is empty, and has to select its own pods"
    elif not asked.selects(there):
        yield f"{place.path} does not select its own pods, whose labels are in {labels.path}"


def _twice(places: Sequence[Place]) -> Said:
    """What has to be of one item alone. What cannot be read is said of the item itself."""
    texts = [place.value for place in places if place.value and isinstance(place.text(), str)]
    for text in dict.fromkeys(text for text in texts if texts.count(text) > 1):
        yield f"{next(place.path for place in places if place.value == text)} ({_shown(text)}) is there twice"


def _port(place: Place) -> Said:
    """A number, or the name of a container's port."""
    if isinstance(place.value, str):
        yield from _text(place, PORT_NAME, _PORT_NAME)
        return
    number = place.number()
    if isinstance(number, Unread):
        yield number
    elif number is not None and number not in PORTS:
        yield f"{place.path} is {number}, and ports go from {PORTS[0]} to {PORTS[-1]}"


def _text(place: Place, most: int, form: re.Pattern[str]) -> Said:
    text = place.text()
    if isinstance(text, Unread):
        yield text
    elif text and len(text) > most:
        yield f"{place.path} ({_shown(text)}) has {len(text)} characters, and at most {most} are allowed"
    elif text and not form.fullmatch(text):
        yield f"{place.path} ({_shown(text)}) has characters that are not allowed there, or at its ends"


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
