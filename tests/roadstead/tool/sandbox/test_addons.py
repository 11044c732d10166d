from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.addons import addon_objects


def by_name(graph: Graph) -> dict[str, dict[str, object]]:
    return {body["metadata"]["name"]: body for body in addon_objects(graph)}


def test_every_addon_of_a_stack_runs_something(staging: Graph) -> None:
    assert set(by_name(staging)) == {
        "aws-node",
        "coredns",
        "ebs-csi-controller",
        "ebs-csi-node",
        "eks-node-monitoring-agent",
        "eks-pod-identity-agent",
        "kube-proxy",
        "metrics-server",
    }


def test_tolerations_are_the_addons_own_or_those_that_the_stack_configures(staging: Graph) -> None:
    tolerated = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
    for name in ("coredns", "metrics-server"):
        assert by_name(staging)[name]["spec"]["template"]["spec"]["tolerations"] == tolerated  # type: ignore[index]


def test_a_stack_without_addons_runs_none(local: Graph) -> None:
    assert addon_objects(local) == []
