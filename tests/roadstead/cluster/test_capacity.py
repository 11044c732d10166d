from fractions import Fraction

import pytest

from roadstead.cluster.capacity import allocatable, max_pods, room, takes
from roadstead.cluster.node_group_spec import NodeGroupSpec
from roadstead.facts.instance_types import instance_types

SYSTEM = {"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE"}


@pytest.mark.parametrize(
    ("name", "pods", "reserved_millicores"),
    [
        ("m7g.large", 29, 70),
        ("m7g.xlarge", 58, 80),
        ("m7g.2xlarge", 58, 90),
        ("t3.small", 11, 70),
        ("m7g.4xlarge", 234, 110),
    ],
)
def test_a_node_takes_the_pods_and_keeps_the_cpu_that_nodeadm_says(
    name: str, pods: int, reserved_millicores: int
) -> None:
    instance = instance_types()[name]
    assert max_pods(instance) == pods
    assert instance.vcpus - allocatable(instance).cpu == Fraction(reserved_millicores, 1000)


def test_every_instance_type_leaves_something_for_pods_or_says_that_it_does_not() -> None:
    for name, instance in instance_types().items():
        left = allocatable(instance)
        assert left.cpu > 0, name
        assert left.cpu < instance.vcpus, name
        assert left.memory < instance.memory_mib * 1024**2, name


def test_daemonsets_have_their_share_of_every_node() -> None:
    group: NodeGroupSpec = {"instance_types": ["m7g.large"], "min_size": 1, "max_size": 1}
    node, left = allocatable(instance_types()["m7g.large"]), room(group)
    assert node.cpu - left.cpu == Fraction(190, 1000)
    assert node.memory - left.memory == 134 * 1024**2
    assert node.pods - left.pods == 5


@pytest.mark.parametrize(
    ("capacity", "taints", "spot", "taken"),
    [
        ("on_demand", [], "prefer", True),
        ("on_demand", [], "never", True),
        ("on_demand", [SYSTEM], "prefer", False),
        ("on_demand", [{**SYSTEM, "effect": "PREFER_NO_SCHEDULE"}], "prefer", True),
        ("spot", [], "prefer", True),
        ("spot", [], "allow", True),
        ("spot", [], "never", False),
        ("spot", [SYSTEM], "prefer", False),
    ],
)
def test_a_group_takes_pods_by_its_taints_and_their_view_of_spot(
    capacity: str, taints: list[dict[str, str]], spot: str, taken: bool
) -> None:
    group = {"instance_types": ["m7g.large"], "min_size": 1, "max_size": 1, "capacity": capacity, "taints": taints}
    assert takes(NodeGroupSpec(**group), spot) is taken  # type: ignore[typeddict-item]
