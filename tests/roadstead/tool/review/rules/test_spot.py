from tests.graphs import deployment, graph, kubernetes, namespace, node_group, of_tier, only
from tests.roadstead.tool.review.rules.table import Case, found, only_findings

from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.rules.spot import findings

TYPES = ["m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7gd.xlarge"]
SPOT = node_group("spot", spot=True, instance_types=TYPES)
BEARS = {"tolerations": [{"key": "roadstead.dev/spot", "operator": "Exists"}]}
NEVER = {
    **BEARS,
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": "eks.amazonaws.com/capacityType", "operator": "NotIn", "values": ["SPOT"]}
                        ]
                    }
                ]
            }
        }
    },
}
VOLUME = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}


def stack(*resources: object, tier: str = "staging") -> StackDiff:
    return only(graph(of_tier(tier), namespace(), *resources))  # type: ignore[arg-type]


CASES = [
    Case(
        "spot/too-few-types",
        stack(node_group("spot", spot=True, instance_types=TYPES[:3])),
        stack(SPOT),
        "has 3 instance types (m7g.xlarge, m6g.xlarge, m8g.xlarge)",
    ),
    Case(
        "spot/too-few-zones",
        stack(node_group("spot", spot=True, instance_types=TYPES, zones=["eu-west-1a"])),
        stack(node_group("spot", spot=True, instance_types=TYPES, zones=["eu-west-1a", "eu-west-1b"])),
        "has nodes in eu-west-1a alone",
        Severity.WARNING,
    ),
    Case(
        "spot/mixed-sizes",
        stack(node_group("spot", spot=True, instance_types=[*TYPES, "m7g.large"])),
        stack(node_group("general", instance_types=["m7g.large", "m7g.xlarge"]), SPOT),
        "m7g.large: 2 vCPU, 8192 MiB, arm64",
    ),
    Case(
        "spot/single-replica",
        stack(SPOT, deployment(replicas=1, pod=BEARS)),
        stack(SPOT, deployment(replicas=1, pod=NEVER)),
        "payments/api may run on spot nodes with a single replica",
        Severity.WARNING,
    ),
    Case(
        "spot/stateful",
        stack(SPOT, deployment(replicas=2, pod={**BEARS, **VOLUME})),
        stack(SPOT, deployment(replicas=2, pod={**NEVER, **VOLUME})),
        "keeps data on volumes and may run on spot nodes",
    ),
    Case(
        "spot/grace-period",
        stack(SPOT, deployment(pod={**BEARS, "terminationGracePeriodSeconds": 121})),
        stack(SPOT, deployment(pod={**BEARS, "terminationGracePeriodSeconds": 120})),
        "takes up to 121 seconds to stop; a spot node is gone after 120",
    ),
    Case(
        "spot/no-on-demand-floor",
        stack(SPOT, node_group("general", least=0), deployment(pod=BEARS), tier="production"),
        stack(SPOT, node_group("general", least=1), deployment(pod=BEARS), tier="production"),
        "no on-demand node that apps may run on",
    ),
]


def test_on_demand_nodes_that_only_the_clusters_own_pods_bear_are_no_floor() -> None:
    system = node_group("system", taints=[{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}])
    assert found(findings, stack(SPOT, system, deployment(pod=BEARS), tier="production"), "spot/no-on-demand-floor")


def test_staging_needs_no_floor() -> None:
    assert list(findings(stack(SPOT, deployment(pod=BEARS)))) == []


def test_without_a_spot_group_nothing_may_run_on_spot() -> None:
    assert list(findings(stack(node_group(), deployment(replicas=1, pod={**BEARS, **VOLUME})))) == []


def test_a_statefulset_is_stateful() -> None:
    database = deployment(kind="StatefulSet", pod=BEARS)
    assert [finding.rule for finding in only_findings(findings(stack(SPOT, database)))] == ["spot/stateful"]


def test_a_scalers_fewest_replicas_count() -> None:
    target = {"kind": "Deployment", "name": "api"}
    spec = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 5}
    scaler = kubernetes("HorizontalPodAutoscaler", "api", "payments", spec=spec)
    assert found(findings, stack(SPOT, deployment(replicas=3, pod=BEARS), scaler), "spot/single-replica")


def test_a_job_has_no_replicas_to_lose() -> None:
    assert list(findings(stack(SPOT, deployment(kind="Job", replicas=1, pod=BEARS)))) == []
