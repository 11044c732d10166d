"""An app's pod: what every pod of ours has, whatever runs in it. Documents as data; nothing is made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roadstead.core.placement import node_affinity, tolerations
from roadstead.core.tiers import TIERS
from roadstead.workload.app_spec import DEFAULT_CPU, DEFAULT_GRACE_SECONDS, DEFAULT_MEMORY, AppSpec, cpu_limit
from roadstead.workload.temporary_storage import temporary_volume, with_temporary_storage

if TYPE_CHECKING:
    from pulumi import Input
    from pulumi_kubernetes.core.v1 import (
        ContainerArgsDict,
        PodSpecArgsDict,
        ProbeArgsDict,
        TopologySpreadConstraintArgsDict,
    )

NAME_LABEL = "app.kubernetes.io/name"
PORT_NAME = "app"
UNPRIVILEGED_ID = 65532
"""User and group of the process: `nonroot` in the common base images."""
LEAVE_SERVICE_SECONDS = 10
"""How long a stopped pod still answers, until every load balancer has heard that it goes."""
SLOWEST_START_SECONDS = 300


def pod_spec(service_account: Input[str], name: str, app: AppSpec, image: Input[str], tier: str) -> PodSpecArgsDict:
    """The `spec` of an app's pods, admitted under Pod Security's level "restricted".

    https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    spot = app.get("spot", TIERS[tier].spot)
    spec: PodSpecArgsDict = {
        "service_account_name": service_account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "termination_grace_period_seconds": LEAVE_SERVICE_SECONDS + app.get("grace_seconds", DEFAULT_GRACE_SECONDS),
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": UNPRIVILEGED_ID,
            "run_as_group": UNPRIVILEGED_ID,
            "fs_group": UNPRIVILEGED_ID,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "topology_spread_constraints": [
            _spread(name, "topology.kubernetes.io/zone", TIERS[tier].spread_zones),
            _spread(name, "kubernetes.io/hostname", "ScheduleAnyway"),
        ],
        "containers": [with_temporary_storage(_container(name, app, image), app)],
        # The root file system is read-only; nearly every program wants a place for temporary files.
        "volumes": [temporary_volume("tmp", app)],
    }
    if affinity := node_affinity(spot):
        spec["affinity"] = {"node_affinity": affinity}
    if tolerated := tolerations(spot):
        spec["tolerations"] = tolerated
    return spec


def _container(name: str, app: AppSpec, image: Input[str]) -> ContainerArgsDict:
    memory = app.get("memory", DEFAULT_MEMORY)
    container: ContainerArgsDict = {
        "name": name,
        "image": image,
        "resources": {
            "requests": {"cpu": app.get("cpu", DEFAULT_CPU), "memory": memory},
            "limits": {"cpu": cpu_limit(app), "memory": memory},
        },
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],
        "startup_probe": _probe(app, period_seconds=5, failure_threshold=SLOWEST_START_SECONDS // 5),
        "liveness_probe": _probe(app, period_seconds=20, failure_threshold=3, honest=False),
    }
    if app.get("env"):
        container["env"] = [{"name": key, "value": value} for key, value in sorted(app["env"].items())]
    if "command" in app:
        container["command"] = app["command"]
    if "port" in app:
        container["ports"] = [{"name": PORT_NAME, "container_port": app["port"]}]
        container["readiness_probe"] = _probe(app, period_seconds=5, failure_threshold=2)
        container["lifecycle"] = {"pre_stop": {"sleep": {"seconds": LEAVE_SERVICE_SECONDS}}}
    return container


def _probe(app: AppSpec, *, period_seconds: int, failure_threshold: int, honest: bool = True) -> ProbeArgsDict:
    """A probe. Liveness is not the honest one: a dependency that is down must not get pods killed, so a port is enough."""
    probe: ProbeArgsDict = {
        "period_seconds": period_seconds,
        "failure_threshold": failure_threshold,
        "timeout_seconds": 2,
    }
    if "port" not in app:
        probe["exec_"] = {"command": app["health_command"]}
    elif honest and "health_path" in app:
        probe["http_get"] = {"path": app["health_path"], "port": PORT_NAME}
    else:
        probe["tcp_socket"] = {"port": PORT_NAME}
    return probe


def _spread(name: str, topology_key: str, when_unsatisfiable: str) -> TopologySpreadConstraintArgsDict:
    """One pod's difference between zones (or nodes), counted anew for each rollout.

    Nodes whose taints the pod does not bear do not count: a zone that is being lost must not hold pods back elsewhere.
    """
    return {
        "topology_key": topology_key,
        "max_skew": 1,
        "when_unsatisfiable": when_unsatisfiable,
        "label_selector": {"match_labels": {NAME_LABEL: name}},
        "match_label_keys": ["pod-template-hash"],
        "node_taints_policy": "Honor",
    }
