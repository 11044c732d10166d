"""What the Pod Security level "restricted" forbids a pod beyond "baseline".

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Iterator
from functools import partial

from roadstead.tool.review.admission.baseline import proc_mount
from roadstead.tool.review.admission.held import (
    Check,
    Forbids,
    Pod,
    Said,
    Violation,
    each,
    has_other_profile,
    held,
    items,
    only_pod,
    unless_in_user_namespace,
)
from roadstead.tool.review.views.reading import Unread

VOLUMES = frozenset(
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ]
)


def _unless_windows(check: Check, pod: Pod) -> Iterator[Said]:
    system = pod.spec.at("os", "name").text()
    if system == "windows":
        return
    for said in check(pod):
        yield system if isinstance(system, Unread) else said


def _volumes(pod: Pod) -> Iterator[Said]:
    """What is in a volume's source does not matter, and may be hidden. One without a source becomes an emptyDir."""
    for volume in items(pod.spec.at("volumes")):
        entries = volume.entries()
        if isinstance(entries, Unread):
            yield entries
        elif (
            kinds := {key for key, it in entries.items() if key != "name" and not it.is_absent}
        ) and not kinds & VOLUMES:
            yield Violation("restricted volume types", f"volume {volume.at('name').value}")


def _keeps_some(dropped: object) -> bool:
    return not (isinstance(dropped, list | tuple) and "ALL" in dropped)


def _dropped(pod: Pod) -> Iterator[Said]:
    path, reason = "securityContext.capabilities.drop", "unrestricted capabilities"
    yield from each(pod, reason, path, _keeps_some, Pod.containers)


def _not_root(pod: Pod) -> Iterator[Said]:
    reason, path = "runAsNonRoot != true", "securityContext.runAsNonRoot"
    yield from each(pod, reason, path, lambda value: value is False, only_pod)
    yield from _inherited(pod, reason, path, lambda value: value is not True)


def _confined(pod: Pod) -> Iterator[Said]:
    reason, path = "seccompProfile", "securityContext.seccompProfile"
    yield from each(pod, reason, path, has_other_profile, only_pod)
    yield from _inherited(pod, reason, path, lambda value: value is None or has_other_profile(value))


def _inherited(pod: Pod, reason: str, path: str, forbids: Forbids) -> Iterator[Said]:
    """Each container for which a value is forbidden, its own or else the pod's."""
    keys = path.split(".")
    for container in pod.containers():
        own = container.at(*keys)
        yield from held(pod, container, reason, pod.spec.at(*keys) if own.is_absent else own, forbids)


OVERRIDES = frozenset(["capabilities", "hostPathVolumes", "procMount", "seccompProfile"])
"""Checks of "baseline" for which there are stricter ones here."""
CHECKS: tuple[Check, ...] = (
    proc_mount,
    _volumes,
    partial(
        _unless_windows,
        lambda pod: each(
            pod,
            "allowPrivilegeEscalation != false",
            "securityContext.allowPrivilegeEscalation",
            lambda value: value is not False,
            Pod.containers,
        ),
    ),
    partial(unless_in_user_namespace, _not_root),
    partial(
        unless_in_user_namespace,
        lambda pod: each(
            pod, "runAsUser=0", "securityContext.runAsUser", lambda user: user is not None and user == 0, Pod.setters
        ),
    ),
    partial(_unless_windows, _confined),
    partial(_unless_windows, _dropped),
    partial(
        _unless_windows,
        lambda pod: each(
            pod,
            "unrestricted capabilities",
            "securityContext.capabilities.add[]",
            lambda name: name != "NET_BIND_SERVICE",
            Pod.containers,
        ),
    ),
)
