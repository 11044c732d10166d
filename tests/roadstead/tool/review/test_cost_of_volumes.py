"""What volumes cost in eu-west-1: of gp3 0.088 USD a GiB and month, 0.0055 for an IOPS above 3,000, 0.044 for a MiB/s above 125."""

from typing import Any

import pytest
from tests.graphs import kubernetes, resource
from tests.roadstead.tool.review.test_cost import claim, group, stack

from roadstead.tool.offline.graph import Resource, Unknown

VOLUME = "aws:ebs/volume:Volume"


def volume(**inputs: Any) -> list[Resource]:
    return [resource(VOLUME, "data", inputs)]


def claimed(size: str = "100Gi", **parameters: str) -> list[Resource]:
    class_ = kubernetes("StorageClass", "fast", provisioner="ebs.csi.aws.com", parameters=parameters)
    return [class_, kubernetes("PersistentVolumeClaim", "data", "payments", **claim(size, storageClassName="fast"))]


def root(**disk: Any) -> list[Resource]:
    """The root volume of one node, without the node itself."""
    return list(group(least=1, most=1, disk={"volumeSize": 100, **disk}))


CASES = {
    # 100 x 0.088
    "gp3": (volume(type="gp3", size=100), "8.80"),
    # gp2 is what EC2 takes: 100 x 0.11
    "no type": (volume(size=100), "11.00"),
    "gp3 with what is included": (volume(type="gp3", size=100, iops=3000, throughput=125), "8.80"),
    # and 3000 x 0.0055 = 16.50
    "gp3 with more IOPS": (volume(type="gp3", size=100, iops=6000), "25.30"),
    # and 375 x 0.044 = 16.50
    "gp3 with more throughput": (volume(type="gp3", size=100, throughput=500), "25.30"),
    # 100 x 0.138 and 1000 x 0.072
    "io1": (volume(type="io1", size=100, iops=1000), "85.80"),
    "io2": (volume(type="io2", size=100, iops=1000), "85.80"),
    # 500 x 0.05, 500 x 0.0168 and 100 x 0.055
    "st1": (volume(type="st1", size=500), "25.00"),
    "sc1": (volume(type="sc1", size=500), "8.40"),
    "standard": (volume(type="standard", size=100), "5.50"),
    "a claim of a class with more IOPS": (claimed(type="gp3", iops="6000"), "25.30"),
    # 100 GiB x 50 = 5000
    "a claim of a class with IOPS by size": (claimed(type="io2", iopsPerGB="50"), "373.80"),
    # m7g.large 66.43
    "root volumes with more IOPS and throughput": (root(volumeType="gp3", iops=6000, throughput=500), "108.23"),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "expected"), CASES.values(), ids=CASES)
def test_a_volume_costs_its_size_and_what_is_beyond_what_is_included(resources: list[Resource], expected: str) -> None:
    found = stack(*resources)
    assert str(found.total) == expected
    assert found.lacks == ()


MISSING = {
    "IOPS that are not known yet": (volume(type="gp3", size=100, iops=Unknown()), "IOPS of data"),
    "IOPS that are no number": (claimed(type="io2", iops="many"), "IOPS of payments/data"),
    "a size that is not known yet": (volume(type="gp3", size=Unknown()), "the size of data"),
    "more IOPS of io2 than have one price": (volume(type="io2", size=100, iops=40000), "IOPS of data above 32,000"),
    "a type that nobody knows": (volume(type="gp9", size=1), "ebs gp9 in eu-west-1"),
}


@pytest.mark.parametrize(("resources", "lacks"), MISSING.values(), ids=MISSING)
def test_what_is_not_known_of_a_volume_is_said(resources: list[Resource], lacks: str) -> None:
    assert stack(*resources).lacks == (lacks,)
