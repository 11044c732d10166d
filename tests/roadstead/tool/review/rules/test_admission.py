from typing import Any

import pytest
from tests.graphs import deployment, graph, kubernetes, namespace, only, resource
from tests.roadstead.tool.review.rules.table import Case, found

from roadstead.tool.offline.graph import Resource, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Undecided
from roadstead.tool.review.rules.admission import findings

LEVEL = "pod-security.kubernetes.io/enforce"
CONTAINER: dict[str, Any] = {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
POD: dict[str, Any] = {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}


UNKNOWN: Any = Unknown()


def restricted(*resources: Resource, level: object = "restricted", **labels: Any) -> StackDiff:
    return only(graph(namespace(**{LEVEL: level, **labels}), *resources))


def admitted(**spec: Any) -> Resource:
    """Pods that the level "restricted" admits."""
    return deployment(pod={**POD, **spec.pop("pod", {})}, container={**CONTAINER, **spec.pop("container", {})}, **spec)


def limit_range(*limits: Any) -> Resource:
    return kubernetes("LimitRange", "limits", "payments", spec={"limits": list(limits)})


def limited(**bounds: dict[str, str]) -> Resource:
    return limit_range({"type": "Container", **bounds})


CASES = [
    Case(
        "admission/pod-security",
        restricted(deployment(container=CONTAINER, pod={"securityContext": {"runAsNonRoot": False}})),
        restricted(admitted()),
        "level 'restricted' of their namespace forbids runAsNonRoot != true (pod), runAsNonRoot != true (container app), seccompProfile (container app)",
    ),
    Case(
        "admission/limit-range",
        only(graph(limited(default={"cpu": "2"}, max={"cpu": "1500m"}))),
        only(graph(limited(default={"cpu": "1500m"}, max={"cpu": "1500m"}))),
        "default of cpu (2) is over its max (1500m)",
    ),
    Case(
        "admission/resources",
        only(
            graph(deployment(cpu="300m", container={"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}))
        ),
        only(graph(deployment(container={"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1000m"}}}))),
        "its request of cpu (2) is over its limit (1)",
    ),
    Case(
        "admission/form",
        only(graph(kubernetes("Service", "web", "payments", spec={"ports": [{"port": 65536}]}))),
        only(graph(kubernetes("Service", "web", "payments", spec={"ports": [{"port": 65535, "targetPort": "http"}]}))),
        "Service payments.web is refused by the API server: spec.ports[0].port is 65536, and ports go from 1 to 65535.",
    ),
]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_whatever_makes_pods_is_held_to_the_level(kind: str) -> None:
    (said,) = found(findings, restricted(deployment(kind=kind)), "admission/pod-security")
    assert "so that no rollout comes up" in said.what


def test_jobs_by_the_clock_and_single_pods_too() -> None:
    bad = {"containers": [{"name": "app"}]}
    job = kubernetes("CronJob", "nightly", "payments", spec={"jobTemplate": {"spec": {"template": {"spec": bad}}}})
    assert found(findings, restricted(job), "admission/pod-security")
    assert found(findings, restricted(kubernetes("Pod", "one", "payments", spec=bad)), "admission/pod-security")


def test_another_groups_job_is_not_kubernetes_own() -> None:
    volcano = kubernetes("Job", "train", "payments", apiVersion="batch.volcano.sh/v1alpha1", spec={"tasks": []})
    assert list(findings(restricted(volcano))) == []


@pytest.mark.parametrize(("level", "refused"), [("restricted", True), ("baseline", False), ("privileged", False)])
def test_the_level_decides(level: str, refused: bool) -> None:
    assert bool(found(findings, restricted(deployment(), level=level), "admission/pod-security")) is refused


def test_a_namespace_without_a_level_admits_what_the_cluster_does() -> None:
    privileged = deployment(container={"securityContext": {"privileged": True}})
    assert list(findings(only(graph(namespace(), privileged)))) == []


def test_of_a_namespace_that_is_not_the_stacks_nothing_is_known() -> None:
    elsewhere = deployment(namespace="kube-system", pod={"hostNetwork": True})
    assert list(findings(restricted(elsewhere))) == []


def test_a_level_that_there_is_not_is_refused_with_its_pods() -> None:
    said = found(findings, restricted(deployment(), level="restrictd"), "admission/pod-security")
    assert "asks for the Pod Security level 'restrictd', which there is not" in said[0].what
    assert "Pods of payments/api are refused" in said[1].what


def test_the_rules_are_those_of_the_version_that_the_namespace_names() -> None:
    probing = admitted(container={"livenessProbe": {"httpGet": {"host": "10.0.0.1", "port": 80}}})
    for version, refused in (("v1.33", False), ("v1.34", True), ("latest", True)):
        there = found(findings, restricted(probing, **{f"{LEVEL}-version": version}), "admission/pod-security")
        assert bool(there) is refused, version


@pytest.mark.parametrize("hidden", [Secret.of("x"), Unknown()])
@pytest.mark.parametrize(
    "stack",
    [
        lambda hidden: restricted(admitted(pod={"securityContext": hidden})),
        lambda hidden: restricted(admitted(container={"securityContext": {"privileged": hidden}})),
        lambda hidden: restricted(admitted(pod={"hostNetwork": hidden})),
        lambda hidden: restricted(deployment(), level=hidden),
        lambda hidden: restricted(admitted(container={"resources": hidden})),
        lambda hidden: only(graph(admitted(), limited(max={"cpu": hidden}))),
        lambda hidden: only(graph(admitted(), limit_range(hidden))),
    ],
)
def test_what_is_hidden_is_not_decided_and_never_called_fine(stack: Any, hidden: object) -> None:
    said = list(findings(stack(hidden)))
    assert any(isinstance(each, Undecided) for each in said)


@pytest.mark.parametrize("value", [7, "x", [], [7], {"containers": 7}, {"containers": ["x"]}, None, True])
def test_what_no_api_takes_breaks_nothing(value: Any) -> None:
    for body in (
        kubernetes("Deployment", "api", "payments", spec={"template": {"spec": value}}),
        admitted(container={"securityContext": value}),
        admitted(container={"securityContext": {"capabilities": {"drop": value, "add": [value]}}}),
        admitted(container={"resources": value}),
        limit_range(value),
        kubernetes("LimitRange", "limits", "payments", spec=value),
    ):
        list(findings(restricted(body)))


def test_what_a_namespace_gives_to_those_that_say_nothing_counts() -> None:
    asking = deployment(container={"resources": {"requests": {"cpu": "2"}}})
    given = limited(default={"cpu": "1"}, defaultRequest={"cpu": "100m"})
    (said,) = found(findings, only(graph(asking, given)), "admission/resources")
    assert "its request of cpu (2) is over its limit (1)" in said.what


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ({"min": {"memory": "1Gi"}, "max": {"memory": "512Mi"}}, "min of memory (1Gi) is over its max (512Mi)"),
        ({"min": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}}, "min of cpu (1) is over its defaultRequest (100m)"),
        ({"defaultRequest": {"cpu": "2"}, "default": {"cpu": "1"}}, "defaultRequest of cpu (2) is over its default (1)"),
        ({"type": "Pod", "default": {"cpu": "2"}}, "default is not for pods"),
    ],
)  # fmt: skip
def test_a_limit_range_that_contradicts_itself_is_refused(bounds: dict[str, Any], says: str) -> None:
    (said,) = found(findings, only(graph(limit_range({"type": "Container", **bounds}))), "admission/limit-range")
    assert says in said.what


def test_a_container_beyond_the_namespaces_bounds_is_refused() -> None:
    large = deployment(container={"resources": {"requests": {"memory": "2Gi"}, "limits": {"memory": "2Gi"}}})
    (said,) = found(findings, only(graph(large, limited(max={"memory": "1Gi"}))), "admission/resources")
    assert "its limit of memory (2Gi) is over the namespace's max (1Gi)" in said.what


def test_pods_that_every_level_admits_need_no_namespace_that_is_known() -> None:
    assert list(findings(restricted(admitted(namespace=UNKNOWN), limited(max={"cpu": "1"})))) == []


def test_pods_that_some_level_refuses_are_not_decided_where_their_namespace_is_not_known() -> None:
    (said,) = findings(restricted(deployment(namespace=UNKNOWN)))
    assert isinstance(said, Undecided)
    assert (said.rules, said.unread.path) == (("admission/pod-security",), "metadata.namespace")


def test_pods_beyond_a_limit_range_that_may_be_theirs_are_not_decided() -> None:
    (said,) = findings(restricted(admitted(namespace=UNKNOWN), limited(min={"cpu": "1"})))
    assert isinstance(said, Undecided)
    assert said.rules == ("admission/resources",)


def with_port(**port: Any) -> Resource:
    return deployment(container={"ports": [port]})


def labelled(**labels: str) -> Resource:
    return kubernetes("ConfigMap", "settings", "payments", metadata={"labels": labels})


def ports_of_a_service(*ports: dict[str, Any]) -> Resource:
    return kubernetes("Service", "web", "payments", spec={"ports": [*ports]})


LABEL = {"app.kubernetes.io/name": "api"}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (with_port(containerPort=0), "is 0, and ports go from 1 to 65535"),
        (with_port(containerPort=1, name="a" * 15), ""),
        (with_port(containerPort=1, name="a" * 16), "has 16 characters, and at most 15"),
        (with_port(containerPort=1, name="8080"), "('8080') has characters that are not allowed"),
        (with_port(containerPort=1, name="my--port"), "('my--port') has characters that are not allowed"),
        (deployment(container={"livenessProbe": {"httpGet": {"port": 70000}}}), "livenessProbe.httpGet.port is 70000"),
        (labelled(tier="a" * 63), ""),
        (labelled(tier=""), ""),
        (labelled(tier="a" * 64), "metadata.labels.tier ('aaaa"),
        (labelled(tier="two words"), "metadata.labels.tier ('two words')"),
        (labelled(**{"Acme.dev/tier": "web"}), "has the key 'Acme.dev/tier'"),
        (kubernetes("Namespace", "a" * 63), ""),
        (kubernetes("Namespace", "a" * 64), "has 64 characters, and at most 63"),
        (kubernetes("Namespace", "pay.ments"), "('pay.ments')"),
        (kubernetes("ConfigMap", "pay.ments"), ""),
        (kubernetes("ConfigMap", "a" * 254), "at most 253"),
        (kubernetes("ConfigMap", "pay_ments"), "('pay_ments')"),
        (kubernetes("ClusterRole", "acme:pods_viewer"), ""),
        (kubernetes("CronJob", "a" * 53, spec={}), "at most 52"),
        (kubernetes("Job", "a" * 63, spec={}), ""),
        (deployment(selector={"matchLabels": {"app": "other"}}), "spec.selector does not select its own pods"),
        (deployment(selector={"matchExpressions": [{"key": "app", "operator": "Exists"}]}), "does not select its own pods"),
        (deployment(kind="StatefulSet", selector={}), "spec.selector is empty"),
        (deployment(kind="Job", selector=None), ""),
        (deployment(kind="Job", selector={"matchLabels": {**LABEL, "app": "other"}}), "does not select its own pods"),
        (ports_of_a_service({"port": 80}), ""),
        (ports_of_a_service({"port": 80}, {"port": 81}), "each of several needs a name"),
        (ports_of_a_service({"port": 80, "name": "http"}, {"port": 81, "name": "https"}), ""),
        (ports_of_a_service({"port": 80, "name": "http"}, {"port": 81, "name": "http"}), "spec.ports[0].name ('http') is there twice"),
        (deployment(container={"ports": [{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]}), "ports[0].name ('a') is there twice"),
        (deployment(container={"ports": [{"containerPort": 1}, {"containerPort": 2}]}), ""),
        (deployment(container={"volumeMounts": [{"name": "a", "mountPath": "/tmp"}, {"name": "b", "mountPath": "/tmp"}]}), "mountPath ('/tmp') is there twice"),
        (deployment(pod={"initContainers": [{"name": "app", "image": "a"}]}), "name ('app') is there twice"),
        (kubernetes("Service", "web", apiVersion="serving.knative.dev/v1", spec={"ports": [{"port": 0}]}), ""),
    ],
)  # fmt: skip
def test_what_is_of_a_form_that_kubernetes_does_not_take_is_refused(made: Resource, says: str) -> None:
    said = found(findings, only(graph(made)), "admission/form")
    assert [each.what for each in said if says in each.what] == [each.what for each in said]
    assert bool(said) is bool(says)


@pytest.mark.parametrize(("version", "is_refused"), [("1.35", True), ("1.36", False), (None, False)])
def test_a_service_may_begin_with_a_digit_since_1_36(version: str | None, is_refused: bool) -> None:
    cluster = resource("aws:eks/cluster:Cluster", "live", {"version": version} if version else {})
    said = found(findings, only(graph(cluster, kubernetes("Service", "2fa", "payments"))), "admission/form")
    assert bool(said) is is_refused


def test_a_form_that_cannot_be_read_is_undecided() -> None:
    (said,) = findings(only(graph(with_port(containerPort=UNKNOWN))))
    assert isinstance(said, Undecided)
    assert said.rules == ("admission/form",)
