"""What an EC2 instance type has, and how many pods a node of it takes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from roadstead.facts import files

DATA = "instance_types.json"


@dataclass(frozen=True)
class InstanceType:
    """The size of one instance type."""

    vcpus: int
    memory_mib: int
    architecture: str
    """`x86_64` or `arm64`."""
    enis: int
    """Network interfaces of the default network card."""
    ipv4_per_eni: int
    spot: bool
    """Whether EC2 sells it as spot."""

    @property
    def size(self) -> str:
        """What must be the same within a node group."""
        return f"{self.vcpus} vCPU, {self.memory_mib} MiB, {self.architecture}"


@cache
def instance_types() -> dict[str, InstanceType]:
    """Every instance type that a node group can use, by name."""
    return {name: InstanceType(**facts) for name, facts in files.read(DATA)["instance_types"].items()}


def table(described: Iterable[dict[str, Any]], source: str, date: str) -> dict[str, Any]:
    """The content of the data file, from what AWS's DescribeInstanceTypes answers.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
    """
    found = {facts["InstanceType"]: instance_type for facts in described if (instance_type := _instance_type(facts))}
    return {
        "source": source,
        "date": date,
        "instance_types": {name: asdict(found[name]) for name in sorted(found)},
    }


def _instance_type(facts: dict[str, Any]) -> InstanceType | None:
    network = facts["NetworkInfo"]
    usable = [name for name in ("x86_64", "arm64") if name in facts["ProcessorInfo"]["SupportedArchitectures"]]
    if not usable:
        return None
    cards = {card["NetworkCardIndex"]: card for card in network.get("NetworkCards", [])}
    default_card = cards.get(network.get("DefaultNetworkCardIndex", 0), network)
    return InstanceType(
        vcpus=facts["VCpuInfo"]["DefaultVCpus"],
        memory_mib=facts["MemoryInfo"]["SizeInMiB"],
        architecture=usable[0],
        enis=default_card["MaximumNetworkInterfaces"],
        ipv4_per_eni=network["Ipv4AddressesPerInterface"],
        spot="spot" in facts["SupportedUsageClasses"],
    )
