"""A rule that cannot be decided in a preview is never just silent."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from tests.graphs import component, deployment, graph, kubernetes, namespace, node_group, of_tier, only, resource
from tests.review.rules.table import Case
from tests.review.rules.test_rules import CASES

from roadstead.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.review.asking import asked, asked_together
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding
from roadstead.review.rules import COMPARING, RULES, Rule, capacity, parity

SUBNET, ADDON = "aws:ec2/subnet:Subnet", "aws:eks/addon:Addon"
REPOSITORY = "aws:ecr/repository:Repository"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
NEVER_UNKNOWN = ("kind", "apiVersion")
"""The program's own words for what a Kubernetes object is."""


def holes(value: Any) -> Iterator[Any]:
    """The value, with each of its parts unknown in turn."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from ({**value, key: hole} for hole in holes(item) if key not in NEVER_UNKNOWN)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from ([*value[:number], hole, *value[number + 1 :]] for hole in holes(item))
    yield Unknown()


def in_preview(head: Graph) -> Iterator[Graph]:
    for urn, made in head.resources.items():
        for field in ("inputs", "computed"):
            values: Mapping[str, Any] = getattr(made, field)
            for key, value in values.items():
                for hole in holes(value) if key not in NEVER_UNKNOWN else []:
                    changed = replace(made, **{field: {**values, key: hole}})  # type: ignore[arg-type]
                    yield replace(head, resources={**head.resources, urn: changed})


def family(rule: str) -> Rule:
    return next(each for each in RULES if rule in sys.modules[each.__module__].IDS)


@pytest.mark.parametrize("case", [case for case in CASES if case.rule not in COMPARING], ids=lambda case: case.rule)
def test_whatever_is_unknown_a_finding_is_made_or_the_rule_is_said_to_be_undecided(case: Case[StackDiff]) -> None:
    assert case.finds.head is not None
    name = case.rule.partition("/")[0]
    for head in in_preview(case.finds.head):
        answers = asked([family(case.rule)], StackDiff(head.stack, None, head, (), is_compared=False))
        found = {finding.rule for finding in answers.findings}
        said = [text.partition(":")[0].split(", ") for text in answers.undecided]
        assert case.rule in found or [rules for rules in said if {case.rule, f"{name}/…"} & set(rules)], head


ELSEWHERE = {
    "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "api"}, "minReplicas": Unknown(), "maxReplicas": 2}
}
WAITING = [
    ("spot/too-few-zones", "availabilityZone", resource(SUBNET, "a", {"availabilityZone": Unknown()})),
    ("capacity/fits-no-node", "configurationValues", resource(ADDON, "dns", {"addonName": "coredns", "configurationValues": Unknown()})),
    ("spot/single-replica", "spec.minReplicas", kubernetes("HorizontalPodAutoscaler", "api", "payments", **ELSEWHERE)),
    ("workload/no-limit", "spec.limits", kubernetes("LimitRange", "limits", "payments", spec={"limits": Unknown()})),
    ("capacity/quotas-exceed-nodes", "spec.hard", kubernetes("ResourceQuota", "quota", "payments", spec={"hard": Unknown()})),
    ("capacity/fits-no-node", "allowedTopologies", kubernetes("StorageClass", "fast", allowedTopologies=Unknown())),
    ("workload/foreign-registry", "repositoryUrl", resource(REPOSITORY, "api", {}, computed={"repositoryUrl": Unknown()})),
    ("workload/digest-not-released", "digest", component("App", "payments.api", digest=Unknown())),
    ("lock-out/last-admin", "policyArn", resource(ASSOCIATION, "ops", {"principalArn": "arn:ops", "policyArn": Unknown()})),
    ("lock-out/break-glass", "break_glass", component("Cluster", "test", break_glass=Unknown())),
    ("access/wildcard", "rules[].verbs", kubernetes("ClusterRole", "reader", rules=[{"verbs": Unknown()}])),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "made"), WAITING, ids=lambda value: value if isinstance(value, str) else "")
def test_what_a_rule_looks_at_beside_that_is_said(rule: str, path: str, made: Resource) -> None:
    (text,) = [text for text in asked([], only(graph(made))).undecided if rule in text.partition(":")[0].split(", ")]
    assert f": {path} of {made.type.rpartition(':')[2]} {made.name}" in text


def test_where_everything_is_known_nothing_is_undecided() -> None:
    for case in CASES:
        assert asked(RULES, case.finds).undecided == ()


def test_a_sentence_names_some_resources_and_counts_the_rest() -> None:
    image = {"image": Unknown()}
    head = graph(namespace(), *(deployment(name, container=image) for name in ("a", "b", "c", "d", "e")))
    assert asked(RULES, only(head)).undecided == (
        "workload/digest-not-released, workload/foreign-registry, workload/image-not-pinned: not decided: "
        "spec.template.spec.containers[].image of Deployment payments.a, payments.b, "
        "payments.c and 2 more (only known after creation).",
    )


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1)], ids=["unknown", "secret"])
@pytest.mark.parametrize("field", ["replicas", "spec", "containers"])
def test_what_a_rule_breaks_on_is_named_and_the_rest_is_still_looked_at(hidden: object, field: str) -> None:
    unreadable = {
        "replicas": deployment("api", replicas=hidden),  # type: ignore[arg-type]
        "spec": kubernetes("Deployment", "api", "payments", spec=hidden),
        "containers": deployment("api", pod={"containers": hidden}),
    }[field]
    large = deployment("large", cpu="90", container={"image": "nginx"})
    head = graph(node_group(spot=True), namespace(), unreadable, large)
    answers = asked(RULES, only(head))
    there = {(finding.rule, finding.resource) for finding in answers.findings}
    assert {("capacity/fits-no-node", large.urn), ("workload/image-not-pinned", large.urn)} <= there
    assert "spot/too-few-types" in {rule for rule, _ in there}
    for family in ("capacity", "spot", "workload"):
        assert [text for text in answers.undecided if f"{family}/" in text and "payments.api" in text]


def test_a_rule_that_breaks_even_so_is_said_to_be_undecided() -> None:
    def findings(diff: StackDiff) -> Iterator[Finding]:
        raise ValueError(diff.stack)

    rule = cast(Rule, findings)
    answers = asked([rule], only(graph(component("Cluster", "test", size=Unknown()))))
    assert answers.undecided == ("test-asking/…: not decided: size of Cluster test (only known after creation).",)


def test_an_object_that_no_api_takes_is_named_and_the_rest_is_still_looked_at() -> None:
    malformed = [kubernetes("Deployment", name, "payments", spec={"replicas": 2}) for name in ("api", "worker")]
    large = deployment("large", cpu="90")
    answers = asked([capacity.findings], only(graph(node_group(), namespace(), malformed[0], large, malformed[1])))
    assert [(finding.rule, finding.resource) for finding in answers.findings] == [("capacity/fits-no-node", large.urn)]
    assert answers.undecided == tuple(
        f"capacity/…: not decided: Deployment payments.{name} cannot be read (KeyError: 'template')."
        for name in ("api", "worker")
    )


def test_a_rule_that_breaks_whatever_there_is_is_an_error_of_ours() -> None:
    def findings(diff: StackDiff) -> Iterator[Finding]:
        raise KeyError(diff.stack)

    with pytest.raises(KeyError):
        asked([cast(Rule, findings)], only(graph(node_group(), deployment())))


@pytest.mark.parametrize("hidden", [{"spec": Unknown()}, {"metadata": Secret.of(1)}], ids=["unknown", "secret"])
def test_what_stacks_are_compared_by_and_cannot_be_seen_is_said_of_the_stack_that_hides_it(hidden: Any) -> None:
    policy = kubernetes("NetworkPolicy", "deny", "payments", spec={})
    urn = policy.urn.replace(":test::", ":production::")
    hiding = replace(policy, urn=urn, inputs={**policy.inputs, **hidden})
    heads = {"production": [namespace(), hiding], "staging": [namespace()]}
    diffs = {tier: only(graph(of_tier(tier), *made, stack=tier)) for tier, made in heads.items()}
    said = asked_together(parity.findings, diffs)
    assert said["production"].undecided[0].startswith("parity/policy: not decided: ")
    assert "NetworkPolicy payments.deny" in said["production"].undecided[0]
    assert said["staging"] == ((), (), ())
