"""What a network may be, without Pulumi."""

import re
from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core.forms import log_retention_problems, zone_problems
from roadstead.core.problems import not_one_of, problem, spec
from roadstead.network import cidrs

DEFAULT_CIDR = "10.0.0.0/16"
_VPC, _SUBNET = re.compile(r"vpc-[0-9a-z-]+"), re.compile(r"subnet-[0-9a-z-]+")
"""With hyphens, as the ids are that a preview makes up."""


@spec
class SubnetBlocksSpec(TypedDict):
    """The two subnets of one availability zone."""

    private: str
    """CIDR of the subnet for nodes and pods, e.g. "10.20.0.0/18"."""
    public: str
    """CIDR of the subnet for load balancers and NAT, e.g. "10.20.192.0/20"."""


@spec
class ExistingNetworkSpec(TypedDict):
    """A network that somebody else keeps. Its subnets must already carry the load balancer controller's tags."""

    vpc_id: str
    """Id of the VPC, e.g. "vpc-0abc"."""
    private_subnet_ids: dict[str, str]
    """Subnet for nodes and pods, by availability zone; two or three zones."""
    public_subnet_ids: NotRequired[dict[str, str]]
    """Subnet for internet-facing load balancers, by availability zone. Default: none."""


@spec
class NetworkSpec(TypedDict):
    """A VPC with a private and a public subnet in each zone, or a VPC that is there already."""

    zones: NotRequired[list[str]]
    """Availability zones of a new VPC, two or three, e.g. ["eu-west-1a", "eu-west-1b"]. Required for a new VPC."""
    cidr: NotRequired[str]
    """IPv4 block of a new VPC, /16 to /23. Default: "10.0.0.0/16"."""
    subnets: NotRequired[dict[str, SubnetBlocksSpec]]
    """Blocks of each zone's subnets, for all zones. Default: a quarter of the VPC for each private subnet and a sixteenth for each public one."""
    nat: NotRequired[str]
    """NAT gateways: "single" (cheap, one zone's loss cuts all off) or "per_zone". Default: by tier; "per_zone" in production."""
    flow_log_retention_days: NotRequired[int]
    """How long CloudWatch keeps the VPC's flow logs, in days that CloudWatch offers. Default: by tier; 365 in production."""
    existing: NotRequired[ExistingNetworkSpec]
    """A network to use instead of making one; then no other field is allowed. Default: make one."""


def problems(network: NetworkSpec, region: str) -> list[str]:
    """What the types cannot say about a network."""
    if "existing" in network:
        return _existing_problems(network, network["existing"], region)
    return _new_problems(network, region)


def _existing_problems(network: NetworkSpec, existing: ExistingNetworkSpec, region: str) -> list[str]:
    found = []
    made_by_us = sorted(set(NetworkSpec.__annotations__) & set(network) - {"existing"})
    if made_by_us:
        what = "set beside fields of a new network"
        found.append(problem("existing", what, made_by_us, "either existing or a new network"))
    zones = list(existing["private_subnet_ids"])
    if len(zones) not in (2, 3):
        found.append(problem("existing.private_subnet_ids", "wrong number of zones", zones, "two or three"))
    if not _VPC.fullmatch(existing["vpc_id"]):
        found.append(problem("existing.vpc_id", "no id of a VPC", existing["vpc_id"], "e.g. 'vpc-0abc'"))
    first: dict[str, str] = {}
    for key in ("private_subnet_ids", "public_subnet_ids"):
        for zone, subnet in existing.get(key, {}).items():  # type: ignore[attr-defined]
            here = f"existing.{key}.{zone}"
            found += zone_problems(here, zone, region)
            if not _SUBNET.fullmatch(subnet):
                found.append(problem(here, "no id of a subnet", subnet, "e.g. 'subnet-0abc'"))
            elif first.setdefault(subnet, here) != here:
                found.append(problem(here, f"the subnet of {first[subnet]} too", subnet, "each subnet once"))
    return found


def _new_problems(network: NetworkSpec, region: str) -> list[str]:
    found = []
    zones = network.get("zones", [])
    if len(zones) not in (2, 3) or len(set(zones)) != len(zones):
        found.append(problem("zones", "wrong number of zones", zones, "two or three different availability zones"))
    for zone in zones:
        found += zone_problems("zones", zone, region)
    found += not_one_of("nat", "no such choice", network.get("nat", "single"), ("single", "per_zone"))
    if "flow_log_retention_days" in network:
        found += log_retention_problems("flow_log_retention_days", network["flow_log_retention_days"])

    cidr = network.get("cidr", DEFAULT_CIDR)
    malformed = cidrs.vpc_problems("cidr", cidr)
    if "subnets" in network and not malformed:
        found += _subnet_problems(cidr, zones, network["subnets"])
    return found + malformed


def _subnet_problems(cidr: str, zones: list[str], subnets: dict[str, SubnetBlocksSpec]) -> list[str]:
    blocks = {}
    for zone, both in subnets.items():
        blocks[f"{zone}.private"] = both["private"]
        blocks[f"{zone}.public"] = both["public"]
    found = cidrs.subnet_problems("subnets", cidr, blocks)
    if set(subnets) != set(zones):
        found.append(problem("subnets", "not the same zones", sorted(subnets), ", ".join(sorted(zones))))
    return found
