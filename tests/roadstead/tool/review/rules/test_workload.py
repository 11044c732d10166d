from typing import Any

import pytest
from tests.graphs import component, deployment, diff, graph, kubernetes, namespace, only, resource
from tests.roadstead.tool.review.rules.table import Case, found, only_findings

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.rules.workload import findings

RELEASED = f"sha256:{'ab' * 32}"
APP = component("App", "payments.api", image="registry.example.com/app", digest=RELEASED)


def budget(name: str = "api", **spec: object) -> Resource:
    selector = {"matchLabels": {"app.kubernetes.io/name": "api"}}
    return kubernetes("PodDisruptionBudget", name, "payments", spec={"selector": selector, **spec})


def stack(*resources: Resource) -> StackDiff:
    return only(graph(namespace(), APP, *resources))


def running(**container: object) -> StackDiff:
    return stack(deployment(container=container))


def opening(*resources: Resource) -> StackDiff:
    return diff(graph(namespace()), graph(namespace(), *resources))


def cluster(**network: object) -> Resource:
    return resource("aws:eks/cluster:Cluster", "live", {"name": "live", "vpcConfig": network})


def service(type_: str) -> Resource:
    return kubernetes("Service", "api", "payments", spec={"type": type_})


def gateway(kind: str, **spec: object) -> Resource:
    """Something of the Gateway API."""
    return kubernetes(kind, "web", "payments", apiVersion="gateway.networking.k8s.io/v1", spec=spec)


def policy(**spec: object) -> Resource:
    return kubernetes("NetworkPolicy", "web", "payments", spec={"podSelector": {}, **spec})


def leading(port: int | str | None, selector: str = "api", name: str = "http") -> list[Resource]:
    """Pods that listen at 8080, and a Service over them."""
    target = {"port": 80, **({} if port is None else {"targetPort": port})}
    pods = deployment(container={"ports": [{"containerPort": 8080, "name": name}]})
    spec = {"ports": [target], "selector": {"app.kubernetes.io/name": selector}}
    return [pods, kubernetes("Service", "api", "payments", spec=spec)]


CASES = [
    Case(
        "workload/dead-service",
        stack(*leading("http", name="web")),
        stack(*leading("http")),
        "Service payments/api leads to port http of payments/api, which opens none of that name",
    ),
    Case(
        "workload/dead-service",
        stack(*leading(None)),
        stack(*leading(8080)),
        "leads to port 80 of payments/api, which opens none of that number",
        Severity.NOTE,
    ),
    Case(
        "workload/budget-blocks-drain",
        stack(deployment(replicas=2), budget(minAvailable=2)),
        stack(deployment(replicas=2), budget(minAvailable=1)),
        "(minAvailable 2) lets no pod go while there are 2",
    ),
    Case(
        "workload/two-budgets",
        stack(deployment(), budget(maxUnavailable=1), budget("other", maxUnavailable=1)),
        stack(deployment(), budget(maxUnavailable=1)),
        "are under 2 disruption budgets (api and other)",
    ),
    Case(
        "workload/no-probe",
        running(livenessProbe=None),
        running(readinessProbe=None),
        "has no livenessProbe",
        Severity.WARNING,
    ),
    Case(
        "workload/no-limit",
        running(resources={"requests": {"memory": "1Gi"}}),
        running(resources={"limits": {"memory": "1Gi"}}),
        "has no memory limit",
        Severity.WARNING,
    ),
    Case(
        "workload/foreign-registry",
        running(image=f"busybox@{RELEASED}"),
        running(image=f"registry.example.com/other@{RELEASED}"),
        "which is not from registry.example.com",
    ),
    Case(
        "workload/image-not-pinned",
        running(image="registry.example.com/app:1.4"),
        running(image=f"registry.example.com/app:1.4@{RELEASED}"),
        "runs registry.example.com/app:1.4 without a digest",
    ),
    Case(
        "workload/digest-not-released",
        running(image=f"registry.example.com/app@sha256:{'cd' * 32}"),
        running(image=f"registry.example.com/app@{RELEASED}"),
        "which infra/releases/test.yaml does not name",
    ),
    Case(
        "workload/newly-public",
        opening(service("LoadBalancer")),
        opening(service("ClusterIP")),
        "Service payments/api takes connections from outside the cluster (LoadBalancer), which it did not before",
        Severity.WARNING,
    ),
]


@pytest.mark.parametrize(
    ("spec", "replicas", "blocks"),
    [
        ({"maxUnavailable": 0}, 5, True),
        ({"maxUnavailable": "0%"}, 5, True),
        ({"maxUnavailable": "1%"}, 5, False),  # rounded up to one pod
        ({"minAvailable": "100%"}, 5, True),
        ({"minAvailable": "90%"}, 5, True),  # rounded up to five pods
        ({"minAvailable": "50%"}, 5, False),
        ({"minAvailable": 1}, 1, True),
        ({"minAvailable": 1}, 0, False),  # there is nobody to go
        ({}, 1, False),
    ],
)
def test_a_budget_blocks_when_it_lets_nobody_go(spec: dict[str, Any], replicas: int, blocks: bool) -> None:
    there = found(findings, stack(deployment(replicas=replicas), budget(**spec)), "workload/budget-blocks-drain")
    assert bool(there) is blocks


def test_a_budget_of_another_namespace_is_none_of_its() -> None:
    elsewhere = kubernetes("PodDisruptionBudget", "all", "ledger", spec={"selector": {}, "maxUnavailable": 0})
    assert list(findings(stack(deployment(), elsewhere))) == []


def test_a_container_with_ports_needs_readiness_too() -> None:
    silent = running(ports=[{"containerPort": 8080}], readinessProbe=None)
    assert "no readinessProbe" in found(findings, silent, "workload/no-probe")[0].what


def test_a_job_needs_no_probes() -> None:
    assert list(findings(stack(deployment(kind="Job", container={"livenessProbe": None})))) == []


def test_a_pod_that_nothing_manages_is_looked_at_too() -> None:
    template = deployment(container={"image": "elsewhere.example.com/app:1"}).inputs["spec"]["template"]
    there = found(findings, stack(kubernetes("Pod", "api", "payments", **template)), "workload/foreign-registry")
    assert [finding.resource.rpartition("::")[2] for finding in there] == ["payments.api"]


def test_a_namespaces_own_limit_counts() -> None:
    limits = {"type": "Container", "default": {"memory": "128Mi"}}
    defaults = kubernetes("LimitRange", "limits", "payments", spec={"limits": [limits]})
    assert list(findings(stack(defaults, deployment(container={"resources": {}})))) == []


def test_a_foreign_image_is_one_finding_for_no_release_names_it_either() -> None:
    there = only_findings(findings(running(image=f"quay.io/agent@sha256:{'cd' * 32}")))
    assert [finding.rule for finding in there] == ["workload/foreign-registry"]


def test_with_an_ecr_of_its_own_a_stack_takes_images_from_nowhere_else() -> None:
    url = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/payments/api"
    own = resource("aws:ecr/repository:Repository", "api", {}, computed={"repositoryUrl": url})
    assert found(findings, stack(own, deployment()), "workload/foreign-registry")


@pytest.mark.parametrize(
    ("opened", "severity"),
    [
        (cluster(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24"]), Severity.WARNING),
        (cluster(endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"]), Severity.ERROR),
        (cluster(endpointPublicAccess=True), Severity.ERROR),
        (cluster(endpointPublicAccess=False, publicAccessCidrs=["0.0.0.0/0"]), None),
        (service("NodePort"), Severity.WARNING),
        (kubernetes("Ingress", "web", "payments", spec={"rules": [{"host": "acme.example"}]}), Severity.WARNING),
        (gateway("HTTPRoute", hostnames=["acme.example"]), Severity.WARNING),
        (gateway("ReferenceGrant"), None),
        (policy(ingress=[{}]), Severity.WARNING),
        (policy(ingress=[{"from": [{"podSelector": {}}, {"ipBlock": {"cidr": "0.0.0.0/0"}}]}]), Severity.WARNING),
        (policy(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]), None),
        (policy(egress=[{}]), None),
        (resource("aws:lb/loadBalancer:LoadBalancer", "edge", {}), Severity.WARNING),
        (resource("aws:lb/loadBalancer:LoadBalancer", "edge", {"internal": True}), None),
        (resource("aws:rds/instance:Instance", "db", {"publiclyAccessible": True}), Severity.WARNING),
        (resource("aws:rds/instance:Instance", "db", {}), None),
        (
            resource(
                "aws:ec2/securityGroup:SecurityGroup",
                "open",
                {"ingress": [{"fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]},
            ),
            Severity.WARNING,
        ),
        (
            resource(
                "aws:ec2/securityGroupRule:SecurityGroupRule", "out", {"type": "egress", "cidrBlocks": ["0.0.0.0/0"]}
            ),
            None,
        ),
    ],
    ids=range(18),
)
def test_what_the_internet_can_reach_is_found_when_it_is_new(opened: Resource, severity: Severity | None) -> None:
    assert [finding.severity for finding in only_findings(findings(opening(opened)))] == (
        [severity] if severity else []
    )
    assert list(findings(only(graph(opened)))) == []


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet"])
def test_what_listens_on_its_nodes_network_is_found_when_it_is_new(kind: str) -> None:
    there = found(findings, opening(deployment(kind=kind, pod={"hostNetwork": True})), "workload/newly-public")
    assert [finding.what for finding in there] == [
        "payments/api listens on the network of its node, which it did not before."
    ]


@pytest.mark.parametrize(
    ("api", "kind", "spec"),
    [
        ("batch.volcano.sh/v1alpha1", "Job", {"tasks": []}),
        ("crd.projectcalico.org/v1", "NetworkPolicy", {"ingress": [{"action": "Allow"}]}),
        ("networking.istio.io/v1", "Gateway", {"servers": []}),
    ],
)
def test_a_kind_of_somebody_elses_that_has_the_same_name_is_not_kubernetes_own(
    api: str, kind: str, spec: dict[str, Any]
) -> None:
    assert list(findings(opening(kubernetes(kind, "web", "payments", apiVersion=api, spec=spec)))) == []


def test_what_add_ons_bring_is_not_the_programs_doing() -> None:
    proxy = resource("aws:eks/addon:Addon", "proxy", {"addonName": "kube-proxy"})
    assert list(findings(opening(proxy))) == []
