"""What the Pod Security level "baseline" forbids a pod.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from collections.abc import Iterator, Mapping
from functools import partial

from roadstead.tool.review.admission.held import (
    Check,
    Pod,
    Said,
    Violation,
    each,
    has_other_profile,
    is_other_than,
    is_set,
    is_true,
    items,
    only_pod,
    unless_in_user_namespace,
)
from roadstead.tool.review.views.reading import Unread

CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
"""What a container may have on top of none: what container runtimes give by default."""
SYSCTLS = {
    **dict.fromkeys(["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"], 0),
    **dict.fromkeys(["net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"], 0),
    "net.ipv4.ip_local_reserved_ports": 27,
    **dict.fromkeys(["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout"], 29),
    **dict.fromkeys(["net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"], 29),
    **dict.fromkeys(["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"], 32),
}
"""The kernel's parameters that a pod may set, each with the minor version since which."""
SELINUX_TYPES = {"": 0, "container_t": 0, "container_init_t": 0, "container_kvm_t": 0, "container_engine_t": 31}
APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


def _probe_hosts(pod: Pod) -> Iterator[Said]:
    if pod.minor < 34:
        return
    for handler in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"):
        for kind in ("httpGet", "tcpSocket"):
            yield from each(pod, "probe or lifecycle host", f"{handler}.{kind}.host", is_set, Pod.containers)


def _host_namespaces(pod: Pod) -> Iterator[Said]:
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        yield from each(pod, f"{key}=true", key, is_true, only_pod)


def _selinux(pod: Pod) -> Iterator[Said]:
    allowed = [kind for kind, since in SELINUX_TYPES.items() if since <= pod.minor]
    for key, forbids in (("type", is_other_than(*allowed)), ("user", is_set), ("role", is_set)):
        yield from each(pod, "seLinuxOptions", f"securityContext.seLinuxOptions.{key}", forbids, Pod.setters)


def _sysctls(pod: Pod) -> Iterator[Said]:
    def forbids(name: object) -> bool:
        return str(name) not in SYSCTLS or SYSCTLS[str(name)] > pod.minor

    yield from each(pod, "forbidden sysctls", "securityContext.sysctls[].name", forbids, only_pod)


def _apparmor(pod: Pod) -> Iterator[Said]:
    path = "securityContext.appArmorProfile"
    yield from each(pod, "forbidden AppArmor profile", path, has_other_profile, Pod.setters)
    annotations = pod.annotations.labels()
    if isinstance(annotations, Unread):
        yield annotations
        return
    for key, value in annotations.items():
        if key.startswith(APPARMOR_ANNOTATION) and not (
            value in ("", "runtime/default") or value.startswith("localhost/")
        ):
            yield Violation("forbidden AppArmor profile", f"annotation {key}")


def proc_mount(pod: Pod) -> Iterator[Said]:
    """Containers whose /proc is not masked."""
    yield from each(pod, "procMount", "securityContext.procMount", is_other_than("Default"), Pod.containers)


def _host_paths(pod: Pod) -> Iterator[Said]:
    for volume in items(pod.spec.at("volumes")):
        entries = volume.entries()
        if isinstance(entries, Unread):
            yield entries
        elif "hostPath" in entries and not entries["hostPath"].is_absent:
            yield Violation("hostPath volumes", f"volume {volume.at('name').value}")


CHECKS: Mapping[str, Check] = {
    "hostProcess": lambda pod: each(
        pod, "hostProcess", "securityContext.windowsOptions.hostProcess", is_true, Pod.setters
    ),
    "hostNamespaces": _host_namespaces,
    "privileged": lambda pod: each(pod, "privileged", "securityContext.privileged", is_true, Pod.containers),
    "capabilities": lambda pod: each(
        pod,
        "non-default capabilities",
        "securityContext.capabilities.add[]",
        lambda name: str(name) not in CAPABILITIES,
        Pod.containers,
    ),
    "hostPathVolumes": _host_paths,
    "hostPorts": lambda pod: each(pod, "hostPort", "ports[].hostPort", is_set, Pod.containers),
    "probeHosts": _probe_hosts,
    "appArmorProfile": _apparmor,
    "seLinuxOptions": _selinux,
    "procMount": partial(unless_in_user_namespace, proc_mount),
    "seccompProfile": lambda pod: each(
        pod, "seccompProfile", "securityContext.seccompProfile", has_other_profile, Pod.setters
    ),
    "sysctls": _sysctls,
}
"""By name."""
