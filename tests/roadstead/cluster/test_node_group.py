from typing import Any

import pytest
from tests.examples import smallest
from tests.support import deploy, refusal

from roadstead import NodeGroup
from roadstead.cluster.node_group_spec import release_problems
from roadstead.facts.instance_types import instance_types
from roadstead.tool.offline.graph import Graph

GROUP, TEMPLATE = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"
SPOT_TYPES = ["m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7gd.xlarge"]


def made(**changes: Any) -> Graph:
    return deploy(lambda: NodeGroup("live-main", smallest(NodeGroup, **changes)))


def group(**changes: Any) -> dict[str, Any]:
    return dict(made(**changes).one(GROUP).inputs)


def test_the_smallest_group_is_on_demand_and_repairs_itself() -> None:
    made_group = group()
    assert made_group["capacityType"] == "ON_DEMAND"
    assert made_group["amiType"] == "AL2023_ARM_64_STANDARD"
    assert made_group["scalingConfig"] == {"minSize": 1, "maxSize": 3, "desiredSize": 1}
    assert made_group["nodeRepairConfig"] == {"enabled": True}
    assert made_group["updateConfig"] == {"maxUnavailablePercentage": 33}
    assert "taints" not in made_group or made_group["taints"] == []


def test_nodes_change_only_with_the_pinned_release() -> None:
    assert group()["releaseVersion"] == "1.36.4-20260930"


def test_the_autoscaler_owns_the_number_of_nodes() -> None:
    assert made().one(GROUP).ignore_changes == ("scalingConfig.desiredSize",)


def test_its_name_is_generated_so_that_a_new_group_comes_before_the_old_one_goes() -> None:
    made_group = group()
    assert made_group["nodeGroupNamePrefix"] == "live-main-"
    assert "nodeGroupName" not in made_group


def test_pods_cannot_take_the_rights_of_their_node() -> None:
    assert made().one(TEMPLATE).inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_its_disks_are_encrypted() -> None:
    (device,) = made(disk_gib=80).one(TEMPLATE).inputs["blockDeviceMappings"]
    assert device["ebs"] == {
        "volumeType": "gp3",
        "volumeSize": 80,
        "encrypted": "true",
        "deleteOnTermination": "true",
    }


def test_instances_volumes_and_interfaces_carry_the_tags() -> None:
    tagged = made(tags={"team": "platform"}).one(TEMPLATE).inputs["tagSpecifications"]
    assert [kind["resourceType"] for kind in tagged] == ["instance", "volume", "network-interface"]
    assert all(kind["tags"] == {"Name": "live-main", "team": "platform"} for kind in tagged)


def test_its_role_has_the_two_rights_that_a_node_needs_and_they_come_first() -> None:
    graph = made()
    attached = graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert {right.inputs["policyArn"].rpartition("/")[2] for right in attached} == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
    }
    assert {right.urn for right in attached} <= set(graph.one(GROUP).dependencies)


def test_a_spot_group_keeps_away_what_cannot_bear_its_loss() -> None:
    made_group = group(capacity="spot", instance_types=SPOT_TYPES)
    assert made_group["capacityType"] == "SPOT"
    assert made_group["instanceTypes"] == SPOT_TYPES
    assert made_group["taints"] == [{"key": "roadstead.dev/spot", "value": "true", "effect": "NO_SCHEDULE"}]


def test_labels_and_taints_are_handed_on() -> None:
    made_group = group(labels={"disk": "fast"}, taints=[{"key": "only", "effect": "NO_EXECUTE"}])
    assert made_group["labels"] == {"disk": "fast"}
    assert made_group["taints"] == [{"key": "only", "value": "", "effect": "NO_EXECUTE"}]


def test_intel_nodes_get_the_image_for_intel() -> None:
    assert group(instance_types=["m7i.large"])["amiType"] == "AL2023_x86_64_STANDARD"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"instance_types": ["m99.huge"]}, "instance_types: unknown instance type; got 'm99.huge'"),
        ({"instance_types": []}, "instance_types: wrong number of types for on_demand; got []"),
        (
            {"instance_types": ["m7g.large", "m7g.xlarge"]},
            "mixed sizes or architectures; got m7g.large: 2 vCPU, 8192 MiB, arm64; m7g.xlarge: 4 vCPU, 16384 MiB, arm64",
        ),
        ({"instance_types": ["m7g.large", "m7i.large"]}, "mixed sizes or architectures"),
        (
            {"capacity": "spot", "instance_types": SPOT_TYPES[:3]},
            "instance_types: wrong number of types for spot",
        ),
        ({"capacity": "spot", "instance_types": [*SPOT_TYPES[:3], SPOT_TYPES[0]]}, "expected 4 to 15 different types"),
        ({"capacity": "reserved"}, "capacity: no such capacity; got 'reserved'; expected one of on_demand, spot"),
        ({"min_size": 4}, "min_size: no range of sizes; got '4 to 3'"),
        ({"min_size": 0, "max_size": 0}, "min_size: no range of sizes; got '0 to 0'"),
        (
            {"max_size": 5001},
            "min_size: no range of sizes; got '1 to 5001'; expected 0 <= min_size <= max_size <= 5000",
        ),
        ({"disk_gib": 5}, "disk_gib: no size of a volume; got 5; expected 20 to 16384"),
        ({"taints": [{"key": "a", "effect": "NoSchedule"}]}, "taints.0.effect: no such effect; got 'NoSchedule'"),
        ({"taints": [{"key": "a"}]}, "taints.0.effect: missing key; expected one of NO_SCHEDULE, "),
        ({"taints": [{"key": str(i), "effect": "NO_SCHEDULE"} for i in range(50)]}, "taints: too many; got 50"),
        ({"min_size": "1"}, "min_size: not a whole number; got '1'; expected a whole number"),
    ],
)
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: NodeGroup("live-main", smallest(NodeGroup, **changes)))


def test_whole_numbers_from_another_language_arrive_as_floats_and_leave_as_integers() -> None:
    scaling = group(min_size=1.0, max_size=3.0)["scalingConfig"]
    assert all(type(size) is int for size in scaling.values())


def test_every_type_that_is_sold_as_spot_can_be_in_a_spot_group_of_its_size() -> None:
    by_size: dict[str, list[str]] = {}
    for name, facts in instance_types().items():
        if facts.spot:
            by_size.setdefault(facts.size, []).append(name)
    largest = max(by_size.values(), key=len)
    assert group(capacity="spot", instance_types=largest[:15])["instanceTypes"] == largest[:15]


@pytest.mark.parametrize(
    ("release", "version", "fits"),
    [
        ("1.36.4-20260930", "1.36", True),
        ("1.33.9-20260930", "1.36", True),
        ("1.32.9-20260930", "1.36", False),
        ("1.36.4-20260930", "1.35", False),
        ("1.36.99-20260930", "1.36", False),
        ("1.36.5-20260930", "1.36", False),
        ("1.36.3-20260801", "1.36", True),
        ("1.36.5-20261001", "1.36", True),
        ("1.36.6-20261030", "1.36", True),
        ("1.36.7-20261030", "1.36", False),
        ("1.36.99-20270930", "1.36", False),
        ("latest", "1.36", False),
        ("1.36-20260930", "1.36", False),
    ],
)
def test_a_release_is_of_a_patch_that_there_is_and_nodes_are_never_newer_than_the_control_plane_nor_more_than_three_minors_older(
    release: str, version: str, fits: bool
) -> None:
    assert (release_problems("node_release_version", release, version) == []) is fits
