from collections import Counter

from roadstead.core.quantities import parse
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.nodes import nodes


def labels(graph: Graph, label: str) -> Counter[str]:
    return Counter(node["metadata"]["labels"].get(label) for node in nodes(graph))


def test_each_group_has_its_smallest_number_of_nodes(staging: Graph) -> None:
    assert labels(staging, "eks.amazonaws.com/nodegroup") == {"staging-system": 2, "staging-spot": 3}


def test_a_groups_nodes_spread_over_its_zones_and_instance_types(staging: Graph) -> None:
    spot = [node for node in nodes(staging) if "-spot-" in node["metadata"]["name"]]
    zones = {node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in spot}
    types = {node["metadata"]["labels"]["node.kubernetes.io/instance-type"] for node in spot}
    assert zones == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
    assert types == {"m7g.xlarge", "m6g.xlarge", "m8g.xlarge"}


def test_nodes_carry_what_eks_says_of_them(staging: Graph) -> None:
    (first, *_) = [node for node in nodes(staging) if "-spot-" in node["metadata"]["name"]]
    assert (
        first["metadata"]["labels"]
        | {
            "kubernetes.io/arch": "arm64",
            "eks.amazonaws.com/capacityType": "SPOT",
            "topology.kubernetes.io/region": "eu-west-1",
        }
        == first["metadata"]["labels"]
    )
    assert first["spec"]["taints"] == [{"key": "roadstead.dev/spot", "value": "true", "effect": "NoSchedule"}]


def test_a_node_has_the_capacity_of_its_instance_type(staging: Graph) -> None:
    (system, *_) = [node for node in nodes(staging) if "-system-" in node["metadata"]["name"]]
    capacity, allocatable = system["status"]["capacity"], system["status"]["allocatable"]
    assert (capacity["cpu"], capacity["memory"], capacity["pods"]) == ("2", "8Gi", "29")
    assert allocatable["cpu"] == "1930m"
    assert parse(allocatable["memory"]) < parse("8Gi")


def test_without_node_groups_there_are_three_nodes_without_zones(local: Graph) -> None:
    assert labels(local, "topology.kubernetes.io/zone") == {None: 3}


def test_every_node_is_one_that_kwok_plays(production: Graph) -> None:
    assert all(node["metadata"]["annotations"] == {"kwok.x-k8s.io/node": "fake"} for node in nodes(production))
