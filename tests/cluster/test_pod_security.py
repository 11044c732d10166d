"""What a review says of pods under the Pod Security Standards, beside what Kubernetes' own code says of them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kubernetes.client import ApiClient, CoreV1Api
from kubernetes.client.exceptions import ApiException
from tests.cluster.support import applied, team_namespace
from tests.graphs import kubernetes
from tests.support import ROOT

from roadstead.tool.review.admission.pod_security import LATEST, OLDEST, violations
from roadstead.tool.review.views.reading import Place

NAMESPACES = {"restricted": "held-to-restricted", "baseline": "held-to-baseline"}


def refused(body: dict[str, Any], level: str, minor: int = LATEST) -> bool:
    """Whether a review says that a level refuses a pod."""
    spec = {key: value for key, value in body.items() if key not in ("apiVersion", "kind", "metadata")}
    pod = Place.of(kubernetes("Pod", "one", metadata=body.get("metadata") or {}, **spec))
    return any(True for _ in violations(pod.at("spec"), pod.at("metadata", "annotations"), level, minor))


def fixtures() -> list[Path]:
    """The pods with which Kubernetes tests its own admission, from the module that the sandbox's API server is built of."""
    module = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission"],
        cwd=ROOT / "tools" / "kubernetes",
        capture_output=True,
        text=True,
        check=True,
    )
    folder = Path(module.stdout.strip(), "test", "testdata")
    return [file for file in sorted(folder.glob("*/v1.*/*/*.yaml")) if _minor(file) >= OLDEST]


def _minor(file: Path) -> int:
    return int(file.parts[-3].removeprefix("v1."))


def test_every_pod_of_kubernetes_own_tests_is_judged_as_kubernetes_judges_it() -> None:
    files = fixtures()
    assert len(files) > 1000
    wrong = [
        "/".join(file.parts[-4:])
        for file in files
        if refused(yaml.safe_load(file.read_text()), file.parts[-4], _minor(file)) is not (file.parts[-2] == "fail")
    ]
    assert wrong == []


@pytest.fixture(scope="module", autouse=True)
def _namespaces(api: ApiClient) -> Iterator[None]:
    graphs = [team_namespace(name, pod_security=level) for level, name in NAMESPACES.items()]
    with applied(api, *graphs):
        yield


def some(**values: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings in which each key may be missing."""
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(choices) for key, choices in values.items()})


profiles = [{"type": "RuntimeDefault"}, {"type": "Unconfined"}]
pod_context = some(
    runAsNonRoot=[True, False],
    runAsUser=[0, 1000],
    seccompProfile=profiles,
    appArmorProfile=profiles,
    seLinuxOptions=[{"type": "container_t"}, {"type": "spc_t"}, {"user": "root"}, {"level": "s0"}],
    sysctls=[[{"name": "net.ipv4.tcp_rmem", "value": "1 2 3"}], [{"name": "kernel.msgmax", "value": "1"}]],
)
container_context = some(
    runAsNonRoot=[True, False],
    runAsUser=[0, 1000],
    seccompProfile=profiles,
    allowPrivilegeEscalation=[False],
    privileged=[False],
    capabilities=[{"drop": ["ALL"]}, {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}, {"add": ["SYS_ADMIN"]}, {}],
)
containers = st.builds(
    lambda context, more: {"name": "app", "image": "app:not-run", "securityContext": context, **more},
    container_context,
    some(ports=[[{"containerPort": 80}]], livenessProbe=[{"tcpSocket": {"port": 80, "host": "db"}}]),
)
pods = st.builds(
    lambda context, container, more, host: {"securityContext": context, "containers": [container], **more, **host},
    pod_context,
    containers,
    some(
        volumes=[[{"name": "x"}], [{"name": "x", "emptyDir": {}}], [{"name": "x", "hostPath": {"path": "/"}}]],
    ),
    # The API server refuses a pod with a user namespace of its own and the host's processes before any level is asked.
    st.sampled_from([{}, {"hostPID": True}, {"hostUsers": False}]),
)


@pytest.mark.parametrize("level", NAMESPACES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(spec=pods)
def test_any_pod_is_judged_as_the_api_server_judges_it(core: CoreV1Api, level: str, spec: dict[str, Any]) -> None:
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": spec}
    try:
        core.create_namespaced_pod(NAMESPACES[level], body, dry_run="All")
        said = ""
    except ApiException as error:
        said = str(error.body)
    assert "is invalid" not in said, said
    assert refused(body, level) is ("violates PodSecurity" in said), said
