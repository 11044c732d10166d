import re
from typing import Any

import pytest
from tests.examples import smallest
from tests.support import deploy, refusal

from roadstead import TenancyGuard
from roadstead.tenancy.guard.policies import POLICIES
from roadstead.tool.offline.graph import Graph

POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
BINDING = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
RULES = [rule for policy in POLICIES for rule in policy.rules]


def made(**changes: Any) -> Graph:
    return deploy(lambda: TenancyGuard("guard", smallest(TenancyGuard, **changes)))


def test_every_policy_is_bound_to_the_namespaces_of_teams_and_to_no_other() -> None:
    graph = made()
    names = {policy.inputs["metadata"]["name"] for policy in graph.of_type(POLICY)}
    assert {binding.inputs["spec"]["policyName"] for binding in graph.of_type(BINDING)} == names
    assert len(names) == len(POLICIES)
    for binding in graph.of_type(BINDING):
        assert binding.inputs["spec"]["matchResources"] == {
            "namespaceSelector": {"matchExpressions": [{"key": "roadstead.dev/team", "operator": "Exists"}]}
        }


@pytest.mark.parametrize(
    ("isolation", "actions"), [(None, ["Deny", "Audit"]), ("enforce", ["Deny", "Audit"]), ("warn", ["Warn", "Audit"])]
)
def test_what_breaks_a_rule_is_refused_unless_warnings_are_asked_for(isolation: str | None, actions: list[str]) -> None:
    for binding in made(isolation=isolation).of_type(BINDING):
        assert binding.inputs["spec"]["validationActions"] == actions


def test_what_cannot_be_judged_is_refused() -> None:
    for policy in made().of_type(POLICY):
        assert policy.inputs["spec"]["failurePolicy"] == "Fail"


def test_only_resources_of_namespaces_are_looked_at_and_none_by_a_wildcard() -> None:
    for policy in made().of_type(POLICY):
        for rule in policy.inputs["spec"]["matchConstraints"]["resourceRules"]:
            assert rule["scope"] == "Namespaced"
            assert "*" not in (*rule["resources"], *rule["operations"], *rule["apiGroups"])


def test_every_rule_has_a_name_of_its_own_that_begins_with_its_policys() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for policy in POLICIES:
        for rule in policy.rules:
            assert re.fullmatch(rf"{policy.name}/[a-z-]+", rule.name)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.name))
def test_what_a_rule_says_can_stand_in_an_expression_and_is_short(rule: Any) -> None:
    """The API server falls back on another text where one has several lines or is long."""
    assert not set("'\"\\\n") & set(rule.do)
    assert len(rule.do) < 200


def test_whoever_uses_the_names_waits_until_the_policies_are_bound() -> None:
    from pulumi_kubernetes.core.v1 import ConfigMap

    def program() -> None:
        names = TenancyGuard("guard", {}).policy_names
        ConfigMap("user", metadata={"namespace": "default"}, data=names.apply(lambda known: {"names": " ".join(known)}))

    graph = deploy(program)
    waits_for = graph.one("kubernetes:core/v1:ConfigMap").dependencies
    assert {resource.urn for resource in graph.of_type(BINDING)} <= set(waits_for)


def test_another_way_is_refused() -> None:
    said = refusal(lambda: TenancyGuard("guard", smallest(TenancyGuard, isolation="off")))
    assert "isolation: no such way; got 'off'; expected one of enforce, warn" in said
