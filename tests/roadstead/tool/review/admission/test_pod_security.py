"""Every check of the Pod Security Standards, one by one. tests/cluster holds them to Kubernetes' own admission."""

from typing import Any

import pytest
from tests.graphs import kubernetes

from roadstead.tool.review.admission.held import Violation
from roadstead.tool.review.admission.pod_security import LATEST, violations
from roadstead.tool.review.views.reading import Place

CONTAINER: dict[str, Any] = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
POD: dict[str, Any] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def said(level: str, minor: int = LATEST, *, pod: Any = None, container: Any = None, **spec: Any) -> set[str]:
    """What a level forbids of a pod that is as "restricted" wants it but for some changes."""
    own = {**(container or {}), "securityContext": {**CONTAINER, **(container or {}).get("securityContext", {})}}
    body = {"securityContext": {**POD, **(pod or {})}, "containers": [{"name": "app", **own}], **spec}
    place = Place.of(kubernetes("Pod", "one", spec=body))
    found = list(violations(place.at("spec"), place.at("metadata", "annotations"), level, minor))
    assert all(isinstance(each, Violation) for each in found)
    return {each.reason for each in found if isinstance(each, Violation)}


BASELINE: list[tuple[str, dict[str, Any]]] = [
    ("hostNetwork=true", {"hostNetwork": True}),
    ("hostPID=true", {"hostPID": True}),
    ("hostIPC=true", {"hostIPC": True}),
    ("hostProcess", {"pod": {"windowsOptions": {"hostProcess": True}}}),
    ("privileged", {"container": {"securityContext": {"privileged": True}}}),
    ("hostPort", {"container": {"ports": [{"containerPort": 1, "hostPort": 1}]}}),
    ("probe or lifecycle host", {"container": {"startupProbe": {"tcpSocket": {"host": "db", "port": 1}}}}),
    ("probe or lifecycle host", {"container": {"lifecycle": {"preStop": {"httpGet": {"host": "db"}}}}}),
    ("forbidden AppArmor profile", {"pod": {"appArmorProfile": {"type": "Unconfined"}}}),
    ("seLinuxOptions", {"pod": {"seLinuxOptions": {"type": "spc_t"}}}),
    ("seLinuxOptions", {"container": {"securityContext": {"seLinuxOptions": {"user": "root"}}}}),
    ("seLinuxOptions", {"pod": {"seLinuxOptions": {"role": "admin"}}}),
    ("procMount", {"container": {"securityContext": {"procMount": "Unmasked"}}}),
    ("seccompProfile", {"pod": {"seccompProfile": {"type": "Unconfined"}}}),
    ("forbidden sysctls", {"pod": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}),
]
RESTRICTED: list[tuple[str, dict[str, Any]]] = [
    ("restricted volume types", {"volumes": [{"name": "share", "nfs": {"server": "x", "path": "/"}}]}),
    ("allowPrivilegeEscalation != false", {"container": {"securityContext": {"allowPrivilegeEscalation": None}}}),
    ("runAsNonRoot != true", {"pod": {"runAsNonRoot": None}}),
    ("runAsNonRoot != true", {"container": {"securityContext": {"runAsNonRoot": False}}}),
    ("runAsUser=0", {"container": {"securityContext": {"runAsUser": 0}}}),
    ("seccompProfile", {"pod": {"seccompProfile": None}}),
    ("unrestricted capabilities", {"container": {"securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}}),
    ("unrestricted capabilities", {"container": {"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}}}),
]  # fmt: skip
ADMITTED: list[dict[str, Any]] = [
    {},
    {"pod": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}},
    {"pod": {"appArmorProfile": {"type": "Localhost", "localhostProfile": "x"}}},
    {"pod": {"seLinuxOptions": {"type": "container_t", "level": "s0:c1,c2"}}},
    {"pod": {"runAsNonRoot": None}, "container": {"securityContext": {"runAsNonRoot": True}}},
    {"pod": {"runAsUser": 1000}},
    {"pod": {"seccompProfile": None}, "container": {"securityContext": {"seccompProfile": {"type": "Localhost"}}}},
    {"container": {"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}}},
    {"container": {"ports": [{"containerPort": 80, "hostPort": 0}]}},
    {"volumes": [{"name": "none"}, {"name": "tmp", "emptyDir": {}}, {"name": "token", "projected": {"sources": []}}]},
    {"hostUsers": False, "pod": {"runAsNonRoot": None, "runAsUser": 0}},
]


@pytest.mark.parametrize(("reason", "changes"), BASELINE)
def test_baseline_forbids(reason: str, changes: dict[str, Any]) -> None:
    assert said("baseline", **changes) == {reason}
    assert reason in said("restricted", **changes)
    assert said("privileged", **changes) == set()


@pytest.mark.parametrize(("reason", "changes"), RESTRICTED)
def test_restricted_forbids_more(reason: str, changes: dict[str, Any]) -> None:
    assert said("restricted", **changes) == {reason}
    assert said("baseline", **changes) == set()


def test_baseline_takes_what_runtimes_give_and_no_other_capability() -> None:
    def adding(name: str) -> set[str]:
        return said("baseline", container={"securityContext": {"capabilities": {"add": [name]}}})

    assert adding("CHOWN") == set()
    assert adding("SYS_ADMIN") == {"non-default capabilities"}


@pytest.mark.parametrize("changes", ADMITTED)
def test_restricted_admits(changes: dict[str, Any]) -> None:
    assert said("restricted", **changes) == set()


@pytest.mark.parametrize("kind", ["initContainers", "ephemeralContainers"])
def test_containers_that_run_first_or_are_added_later_are_held_to_the_same(kind: str) -> None:
    more: dict[str, Any] = {kind: [{"name": "x", "securityContext": {"privileged": True}}]}
    assert "privileged" in said("baseline", **more)


def test_pods_of_windows_are_not_asked_for_what_windows_does_not_have() -> None:
    nothing = {"allowPrivilegeEscalation": None, "capabilities": None}
    there: dict[str, Any] = {"pod": {"seccompProfile": None}, "container": {"securityContext": nothing}}
    assert len(said("restricted", **there)) == 3
    assert said("restricted", os={"name": "windows"}, **there) == set()


@pytest.mark.parametrize(("minor", "forbidden"), [(26, True), (31, True), (32, False)])
def test_what_a_newer_version_has_found_safe_is_forbidden_under_older_rules(minor: int, forbidden: bool) -> None:
    pod = {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}
    assert (said("baseline", minor, pod=pod) == {"forbidden sysctls"}) is forbidden


def test_an_annotation_of_the_old_kind_counts() -> None:
    body = {"containers": [{"name": "app"}]}
    annotations = {"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}
    place = Place.of(kubernetes("Pod", "one", spec=body, metadata={"annotations": annotations}))
    found = violations(place.at("spec"), place.at("metadata", "annotations"), "baseline")
    assert [each.reason for each in found if isinstance(each, Violation)] == ["forbidden AppArmor profile"]
