"""A rule that cannot be decided in a preview is never just silent."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.graphs import component, deployment, graph, kubernetes, namespace, node_group, of_tier, only, resource
from tests.roadstead.tool.review.rules.table import Case
from tests.roadstead.tool.review.rules.test_rules import CASES

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review import asking
from roadstead.tool.review.asking import asked, asked_together
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.rules import COMPARING, RULES, Rule, capacity, parity, secrets

SUBNET, ADDON = "aws:ec2/subnet:Subnet", "aws:eks/addon:Addon"
REPOSITORY = "aws:ecr/repository:Repository"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
NEVER_UNKNOWN = ("kind", "apiVersion")
"""The program's own words for what a Kubernetes object is."""
HOLES: Mapping[str, Any] = {"unknown": Unknown(), "secret": Secret.of(1), "malformed": True}
"""What stands where a rule would read something; no API takes `true` for what our cases say."""
IN_FILES = secrets.IDS
"""About what stands in clear: a value that is hidden, or only known after creation, does not."""
SAYING_ITSELF = ("capacity", "spot", "workload", "upgrade")
"""The families that read nothing but views: what is malformed is named too."""


def with_holes(value: Any, hole: Any) -> Iterator[Any]:
    """The value, with each of its parts in turn a hole."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from ({**value, key: holed} for holed in with_holes(item, hole) if key not in NEVER_UNKNOWN)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from ([*value[:number], holed, *value[number + 1 :]] for holed in with_holes(item, hole))
    yield hole


def in_preview(head: Graph, hole: Any) -> Iterator[Graph]:
    for urn, made in head.resources.items():
        for field in ("inputs", "computed"):
            values: Mapping[str, Any] = getattr(made, field)
            for key, value in values.items():
                for holed in with_holes(value, hole) if key not in NEVER_UNKNOWN else []:
                    changed = replace(made, **{field: {**values, key: holed}})  # type: ignore[arg-type]
                    yield replace(head, resources={**head.resources, urn: changed})


def family(rule: str) -> Rule:
    return next(each for each in RULES if rule in sys.modules[each.__module__].IDS)


HELD = [
    pytest.param(case, hole, id=f"{case.rule}-{name}")
    for case in CASES
    for name, hole in HOLES.items()
    if case.rule not in COMPARING and case.rule not in IN_FILES
    if name == "unknown" or case.rule.partition("/")[0] in SAYING_ITSELF
]


@pytest.mark.parametrize(("case", "hole"), HELD)
def test_whatever_cannot_be_read_a_finding_is_made_or_the_rule_is_said_to_be_undecided(
    case: Case[StackDiff], hole: Any
) -> None:
    assert case.finds.head is not None
    name = case.rule.partition("/")[0]
    for head in in_preview(case.finds.head, hole):
        answers = asked([family(case.rule)], StackDiff(head.stack, None, head, (), is_compared=False))
        found = {finding.rule for finding in answers.findings}
        said = [text.partition(":")[0].split(", ") for text in answers.undecided]
        assert case.rule in found or [rules for rules in said if {case.rule, f"{name}/…"} & set(rules)], head


HPA = kubernetes(
    "HorizontalPodAutoscaler",
    "api",
    "payments",
    spec={"scaleTargetRef": {"kind": "Deployment", "name": "api"}, "minReplicas": Unknown(), "maxReplicas": 2},
)
ON_SPOT = {"tolerations": [{"key": "roadstead.dev/spot", "operator": "Exists"}]}
CLAIM = kubernetes("PersistentVolumeClaim", "data", "payments", spec={"storageClassName": "fast"})
MOUNTS = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
IMAGE = "registry.example.com/app"
WAITING: list[tuple[str, str, Resource, list[Resource]]] = [
    ("spot/too-few-zones", "availabilityZone", resource(SUBNET, "a", {"availabilityZone": Unknown()}, id="eu-west-1a"), [node_group(spot=True)]),
    ("capacity/fits-no-node", "configurationValues", resource(ADDON, "dns", {"addonName": "coredns", "configurationValues": Unknown()}), [node_group()]),
    ("spot/single-replica", "spec.minReplicas", HPA, [node_group(spot=True), namespace(), deployment(pod=ON_SPOT)]),
    ("workload/no-limit", "spec.limits", kubernetes("LimitRange", "limits", "payments", spec={"limits": Unknown()}), [deployment(container={"resources": {}})]),
    ("capacity/quotas-exceed-nodes", "spec.hard", kubernetes("ResourceQuota", "quota", "payments", spec={"hard": Unknown()}), [node_group()]),
    ("capacity/fits-no-node", "allowedTopologies", kubernetes("StorageClass", "fast", allowedTopologies=Unknown()), [node_group(), CLAIM, deployment(pod=MOUNTS)]),
    ("workload/foreign-registry", "repositoryUrl", resource(REPOSITORY, "api", {}, computed={"repositoryUrl": Unknown()}), [deployment()]),
    ("workload/digest-not-released", "digest", component("App", "payments.api", image=IMAGE, digest=Unknown()), [deployment()]),
    ("lock-out/last-admin", "policyArn", resource(ASSOCIATION, "ops", {"principalArn": "arn:ops", "policyArn": Unknown()}), []),
    ("lock-out/break-glass", "break_glass", component("Cluster", "test", break_glass=Unknown()), []),
    ("access/wildcard", "rules[].verbs", kubernetes("ClusterRole", "reader", rules=[{"verbs": Unknown()}]), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "path", "made", "beside"), WAITING, ids=[f"{rule}-{path}" for rule, path, *_ in WAITING]
)
def test_what_a_rule_looks_at_beside_that_is_said(rule: str, path: str, made: Resource, beside: list[Resource]) -> None:
    there = StackDiff(
        "test", None, graph(resource("aws:eks/cluster:Cluster", "live", {}), made, *beside), (), is_compared=False
    )
    (text,) = [text for text in asked(RULES, there).undecided if rule in text.partition(":")[0].split(", ")]
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


@pytest.mark.parametrize("hole", HOLES.values(), ids=HOLES)
@pytest.mark.parametrize(
    ("field", "families"),
    [
        ("replicas", ("capacity", "spot", "workload")),
        ("tolerations", ("capacity", "spot")),
        ("containers", ("admission", "capacity", "workload")),
        ("spec", ("admission", "capacity", "spot", "workload")),
    ],
)
def test_who_looks_at_what_cannot_be_read_names_it_and_looks_at_the_rest(
    hole: Any, field: str, families: tuple[str, ...]
) -> None:
    unreadable = {
        "replicas": deployment(replicas=hole, pod=ON_SPOT),
        "tolerations": deployment(pod={"tolerations": hole}, replicas=1),
        "containers": deployment(pod={**ON_SPOT, "containers": hole}),
        "spec": kubernetes("Deployment", "api", "payments", spec=hole),
    }[field]
    budget = kubernetes("PodDisruptionBudget", "all", "payments", spec={"selector": {}, "maxUnavailable": 0})
    large = deployment("large", cpu="90", container={"image": "nginx"})
    head = graph(node_group(spot=True), namespace(), unreadable, budget, large)
    answers = asked(RULES, StackDiff("test", None, head, (), is_compared=False))
    there = {(finding.rule, finding.resource) for finding in answers.findings}
    assert {("capacity/fits-no-node", large.urn), ("workload/image-not-pinned", large.urn)} <= there
    assert ("workload/budget-blocks-drain", budget.urn) in there
    assert ("spot/too-few-types", node_group().urn) in there
    named = [text for text in answers.undecided if "of Deployment payments.api (" in text]
    assert {id_.partition("/")[0] for text in named for id_ in text.partition(":")[0].split(", ")} == set(families)


def broken(diff: StackDiff) -> Iterator[Finding]:
    raise ValueError(diff.stack)
    yield


def test_a_projects_own_rule_that_breaks_is_said_to_have_and_the_others_are_asked() -> None:
    large = deployment("large", cpu="90")
    answers = asked([broken, capacity.findings], only(graph(node_group(), namespace(), large)))
    assert answers.undecided == (
        "tests.roadstead.tool.review.test_asking: not decided: it broke with ValueError: test.",
    )
    assert [(finding.rule, finding.resource) for finding in answers.findings] == [("capacity/fits-no-node", large.urn)]


def test_an_object_that_no_api_takes_is_named_and_the_rest_is_still_looked_at() -> None:
    malformed = [kubernetes("Deployment", name, "payments", spec={"replicas": 2}) for name in ("api", "worker")]
    large = deployment("large", cpu="90")
    answers = asked([capacity.findings], only(graph(node_group(), namespace(), malformed[0], large, malformed[1])))
    assert [(finding.rule, finding.resource) for finding in answers.findings] == [("capacity/fits-no-node", large.urn)]
    assert answers.undecided == (
        "capacity/fits-no-node, capacity/replicas-find-no-place, capacity/zone-loss-leaves-no-place: not decided: "
        "spec.template.spec.containers of Deployment payments.api, payments.worker "
        "(not what its API takes: expected a list).",
    )


def test_a_rule_of_ours_that_breaks_is_an_error_of_ours_whatever_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "RULES", (broken,))
    with pytest.raises(ValueError, match="test"):
        asked([broken], only(graph(component("Cluster", "test", size=Unknown()))))


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
