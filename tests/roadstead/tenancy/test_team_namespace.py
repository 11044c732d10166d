from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.examples import QUOTA, smallest
from tests.support import deploy, refusal

from roadstead import TeamNamespace
from roadstead.core.quantities import parse
from roadstead.tenancy.network_rules import STARTING_RULES
from roadstead.tenancy.personas import PERSONAS, rules
from roadstead.tenancy.quota import QuotaSpec, hard_limits, scaled
from roadstead.tool.offline.graph import Graph

ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
QUOTAS = "kubernetes:core/v1:ResourceQuota"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def made(**changes: Any) -> Graph:
    return deploy(lambda: TeamNamespace("payments", smallest(TeamNamespace, **changes)))


def test_pods_are_held_to_the_strictest_standard_of_the_pinned_version() -> None:
    labels = made(kubernetes_version="1.36").one("kubernetes:core/v1:Namespace").inputs["metadata"]["labels"]
    assert labels == {
        "roadstead.dev/team": "payments",
        **{f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")},
        **{f"pod-security.kubernetes.io/{mode}-version": "v1.36" for mode in ("enforce", "warn", "audit")},
    }


def test_an_exception_is_enforced_but_still_warned_about() -> None:
    labels = made(pod_security="baseline").one("kubernetes:core/v1:Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/warn"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "latest"


def test_the_quota_caps_requests_limits_and_pods_and_forbids_what_only_the_platform_hands_out() -> None:
    assert made().one(QUOTAS, "payments").inputs["spec"]["hard"] == {
        "requests.cpu": "8",
        "limits.cpu": "16",
        "requests.memory": "16Gi",
        "limits.memory": "16Gi",
        "requests.ephemeral-storage": "80Gi",
        "limits.ephemeral-storage": "80Gi",
        "requests.storage": "100Gi",
        "pods": "40",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def test_storage_is_part_of_the_quota() -> None:
    of = {**QUOTA, "storage": "1Ti", "temporary_storage": "64Gi"}
    hard = made(quota=of).one(QUOTAS, "payments").inputs["spec"]["hard"]
    assert hard["requests.storage"] == "1Ti"
    assert hard["requests.ephemeral-storage"] == hard["limits.ephemeral-storage"] == "64Gi"


@pytest.mark.parametrize(
    ("allowed", "which"),
    [
        ([], {"scopeName": "PriorityClass", "operator": "Exists"}),
        (
            ["first"],
            {
                "scopeName": "PriorityClass",
                "operator": "In",
                "values": ["system-cluster-critical", "system-node-critical"],
            },
        ),
    ],
)
def test_there_is_no_room_for_pods_of_another_priority(allowed: list[str], which: dict[str, Any]) -> None:
    spec = made(allowed={"priority_classes": allowed}).one(QUOTAS, "payments-priority").inputs["spec"]
    assert spec == {"hard": {"pods": "0"}, "scopeSelector": {"matchExpressions": [which]}}


def test_what_its_objects_may_have_stands_in_annotations() -> None:
    allowed = {
        "images": ["registry.example.com/payments/", "registry.example.com/redis"],
        "hosts": ["pay.example.com"],
        "egress": [{"cidr": "10.0.8.0/24", "ports": [5432, 6379]}],
    }
    assert made(allowed=allowed).one("kubernetes:core/v1:Namespace").inputs["metadata"]["annotations"] == {
        "roadstead.dev/allowed-images": "registry.example.com/payments/ registry.example.com/redis@ registry.example.com/redis:",
        "roadstead.dev/allowed-hosts": "pay.example.com",
        "roadstead.dev/allowed-egress": "10.0.8.0/24:5432 10.0.8.0/24:6379",
    }


def test_a_namespace_that_may_have_nothing_more_has_no_annotations() -> None:
    assert "annotations" not in made().one("kubernetes:core/v1:Namespace").inputs["metadata"]


def test_a_container_that_asks_for_nothing_gets_a_little_and_none_gets_more_than_half() -> None:
    (limits,) = made().one("kubernetes:core/v1:LimitRange").inputs["spec"]["limits"]
    assert limits == {
        "type": "Container",
        "defaultRequest": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "128Mi"},
        "default": {"cpu": "200m", "memory": "128Mi", "ephemeral-storage": "1Gi"},
        "max": {"cpu": "8", "memory": "8Gi", "ephemeral-storage": "10Gi"},
    }


def test_the_network_is_closed_both_ways_but_for_dns_and_the_namespace_itself() -> None:
    policies = {policy.inputs["metadata"]["name"]: policy.inputs["spec"] for policy in made().of_type(POLICY)}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (dns,) = policies["allow-dns"]["egress"]
    assert dns["to"][0]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
    assert {(port["protocol"], port["port"]) for port in dns["ports"]} == {("UDP", 53), ("TCP", 53)}
    assert "ingress" not in policies["allow-dns"]
    same = policies["allow-same-namespace"]
    assert same["ingress"] == [{"from": [{"podSelector": {}}]}]
    assert same["egress"] == [{"to": [{"podSelector": {}}]}]
    assert sorted(policies) == sorted(STARTING_RULES) == ["allow-dns", "allow-same-namespace", "default-deny"]


def test_each_persona_is_bound_to_its_own_group_in_this_namespace() -> None:
    graph = made()
    for persona in PERSONAS:
        binding = graph.one(BINDING, f"payments-{persona}").inputs
        assert binding["metadata"] == {"name": persona, "namespace": "payments"}
        assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": persona}
        assert [subject["name"] for subject in binding["subjects"]] == [f"roadstead:payments:{persona}"]
        assert graph.one(ROLE, f"payments-{persona}").inputs["metadata"]["namespace"] == "payments"


def granted(persona: str, *, exec_into_pods: bool = True) -> set[tuple[str, str]]:
    return {
        (f"{rule.api_group}/{resource}".lstrip("/"), verb)
        for rule in rules(persona, exec_into_pods)
        for resource in rule.resources
        for verb in rule.verbs
    }


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_persona_has_a_wildcard_or_can_raise_itself(persona: str) -> None:
    for resource, verb in granted(persona):
        assert "*" not in resource
        assert verb not in ("*", "bind", "escalate", "impersonate")
        assert "rbac.authorization.k8s.io" not in resource
        assert resource not in ("serviceaccounts/token", "pods/ephemeralcontainers")
        if verb in ("create", "delete", "patch", "update"):
            assert resource not in ("resourcequotas", "limitranges", "namespaces")


def test_only_the_deployer_touches_secrets_and_cannot_list_them() -> None:
    assert {verb for resource, verb in granted("deployer") if resource == "secrets"} == {
        "get",
        "create",
        "update",
        "patch",
        "delete",
    }
    for persona in ("developer", "viewer"):
        assert not [verb for resource, verb in granted(persona) if resource == "secrets"]


def test_the_viewer_changes_nothing() -> None:
    assert {verb for _, verb in granted("viewer")} == {"get", "list", "watch"}


def test_a_developer_restarts_pods_but_changes_no_deployment() -> None:
    assert ("pods", "delete") in granted("developer")
    assert not [verb for resource, verb in granted("developer") if resource == "apps/deployments" and verb == "patch"]


@pytest.mark.parametrize(("tier", "shell"), [("development", True), ("staging", True), ("production", False)])
def test_a_shell_in_a_pod_is_a_matter_of_the_tier(tier: str, shell: bool) -> None:
    role = made(tier=tier).one(ROLE, "payments-developer").inputs
    assert any("pods/exec" in rule["resources"] for rule in role["rules"]) is shell


def test_whoever_uses_the_namespace_waits_until_it_is_capped_and_closed() -> None:
    def program() -> None:
        namespace = TeamNamespace("payments", smallest(TeamNamespace)).namespace
        ConfigMap("user", metadata={"namespace": namespace})

    from pulumi_kubernetes.core.v1 import ConfigMap

    graph = deploy(program)
    waits_for = graph.one("kubernetes:core/v1:ConfigMap").dependencies
    needed = graph.of_type("kubernetes:core/v1:ResourceQuota", "kubernetes:core/v1:LimitRange", POLICY)
    assert {resource.urn for resource in needed} <= set(waits_for)


@given(
    cpu=st.integers(1, 64_000).map(lambda cores: f"{cores}m"),
    memory=st.integers(1, 4096).map(lambda size: f"{size}Mi"),
    pods=st.integers(1, 500),
    factor=st.integers(1, 10),
)
def test_a_larger_tier_multiplies_every_part_of_a_quota(cpu: str, memory: str, pods: int, factor: int) -> None:
    quota: QuotaSpec = {"cpu": cpu, "memory": memory, "pods": pods}
    small, large = hard_limits(quota), hard_limits(scaled(quota, factor))
    for key in (
        "requests.cpu",
        "limits.cpu",
        "requests.memory",
        "limits.memory",
        "requests.storage",
        "limits.ephemeral-storage",
        "pods",
    ):
        assert parse(large[key]) == parse(small[key]) * factor
    assert parse(small["limits.cpu"]) == parse(small["requests.cpu"]) * Fraction(2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"namespace": "Payments"}, "namespace: no DNS label; got 'Payments'"),
        ({"namespace": "kube-system"}, "namespace: Kubernetes' own namespace; got 'kube-system'"),
        ({"namespace": "default"}, "namespace: Kubernetes' own namespace; got 'default'"),
        ({"team": "a-team-with-a-very-long-name"}, "team: no DNS label; got 'a-team-with-a-very-long-name'; expected at most 20"),
        ({"tier": "x"}, "tier: no such tier"),
        ({"pod_security": "privileged"}, "pod_security: no level that a team may have; got 'privileged'"),
        ({"quota": {**QUOTA, "cpu": "8Gi"}}, "quota.cpu: no amount of CPU; got '8Gi'"),
        ({"quota": {**QUOTA, "memory": "500m"}}, "quota.memory: thousandths of a byte; got '500m'"),
        ({"quota": {**QUOTA, "memory": "lots"}}, "quota.memory: no amount of memory; got 'lots'"),
        ({"allowed": {"hosts": ["pay"]}}, "allowed.hosts.0: no name of a host; got 'pay'"),
        ({"allowed": {"images": ["a b"]}}, "allowed.images.0: no single word; got 'a b'"),
        ({"allowed": {"images": [""]}}, "allowed.images.0: no single word"),
        ({"allowed": {"priority_classes": ["system-node-critical"]}}, "allowed.priority_classes.0: a class of the system"),
        ({"allowed": {"egress": [{"cidr": "10.0.8.0", "ports": [0]}]}}, "allowed.egress.0.ports.0: no TCP port; got 0"),
        ({"allowed": {"ingress": ["10.0.8.0/33"]}}, "allowed.ingress.0: "),
        ({"quota": {**QUOTA, "temporary_storage": "much"}}, "quota.temporary_storage: no amount of memory; got 'much'"),
        ({"quota": {**QUOTA, "pods": 0}}, "quota.pods: no number of pods; got 0"),
        ({"quota": {**QUOTA, "pods": 150_001}}, "quota.pods: no number of pods; got 150001; expected 1 to 150000"),
        ({"quota": {"cpu": "1", "memory": "1Gi"}}, "quota.pods: missing key; expected a whole number"),
        ({"quota": {**QUOTA, "gpu": "1"}}, "quota.gpu: unknown key; got '1'; expected one of cpu, memory, pods, storage, temporary_storage"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: TeamNamespace("payments", smallest(TeamNamespace, **changes)))
