"""What a control plane may be, without Pulumi."""

from ipaddress import IPv4Network
from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.cluster import public_access
from roadstead.core.forms import dns_label_problems, log_retention_problems, role_problems
from roadstead.core.problems import not_one_of, problem, spec, within
from roadstead.facts.eks_versions import eks_versions
from roadstead.network.cidrs import cidr_problems

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
BREAK_GLASS = "break-glass"
"""Short name of the break-glass role among the administrators."""
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


@spec
class ClusterSpec(TypedDict):
    """An EKS control plane and who administers it."""

    version: str
    """Kubernetes version, e.g. "1.36". Those that data/eks_versions.json names are accepted."""
    admins: dict[str, str]
    """Cluster administrators: ARN of an IAM role by a short name, e.g. {"platform": "arn:aws:iam::111122223333:role/platform-admin"}. Whoever runs `pulumi up` must be among them: the caller gets no rights of its own."""
    break_glass: str
    """ARN of the IAM role that gets in when all else fails. Must not be one of the admins."""
    public_access_cidrs: NotRequired[list[str]]
    """Blocks that may reach the API server from the internet, at most 40 and none of private or reserved addresses. In production all together no more addresses than a /8 has. Default: none; the endpoint is private alone."""
    control_plane_logs: NotRequired[list[str]]
    """Log types to keep: "api", "audit", "authenticator", "controllerManager", "scheduler". Default: by tier; all in production."""
    log_retention_days: NotRequired[int]
    """How long CloudWatch keeps them, in days that CloudWatch offers. Default: by tier; 365 in production."""
    deletion_protection: NotRequired[bool]
    """Whether EKS refuses to delete the cluster. Default: by tier; true in production."""
    zonal_shift: NotRequired[bool]
    """Whether AWS may move traffic away from an impaired zone. Default: by tier; true in production."""
    service_cidr: NotRequired[str]
    """IPv4 block of Services, /12 to /24, of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, and apart from the VPC; cannot be changed later. Default: EKS chooses 10.100.0.0/16 or 172.20.0.0/16."""
    irsa: NotRequired[bool]
    """Make an IAM OIDC provider, for workloads that need IAM roles for service accounts. Default: false; Pod Identity needs none."""


def problems(cluster: ClusterSpec, tier: str, account_id: str, region: str) -> list[str]:
    """What the types cannot say about a control plane."""
    found = []
    versions = eks_versions()
    if cluster["version"] not in versions:
        expected = f"one of {', '.join(versions)}"
        found.append(problem("version", "an EKS version that is not supported here", cluster["version"], expected))
    found += _admin_problems(cluster, account_id, region)
    if "public_access_cidrs" in cluster:
        found += public_access.problems("public_access_cidrs", cluster["public_access_cidrs"], tier)
    for index, log_type in enumerate(cluster.get("control_plane_logs", [])):
        found += not_one_of(f"control_plane_logs.{index}", "no such log type", log_type, LOG_TYPES)
    if "log_retention_days" in cluster:
        found += log_retention_problems("log_retention_days", cluster["log_retention_days"])
    if "service_cidr" in cluster:
        found += _service_cidr_problems(cluster["service_cidr"])
    return found


def version_warning(version: str) -> str | None:
    """What to say about a version that is accepted, but not for long."""
    return eks_versions()[version].warning


def _admin_problems(cluster: ClusterSpec, account_id: str, region: str) -> list[str]:
    """EKS has one access entry a principal. IAM tells no case apart in the names of roles."""
    found = role_problems("break_glass", cluster["break_glass"], region, account_id)
    if not cluster["admins"]:
        found.append(problem("admins", "nobody", {}, "at least one administrator, or nobody could sign in"))
    names: dict[str, str] = {}
    for name, arn in cluster["admins"].items():
        found += within(
            "admins", dns_label_problems(name, name, longest=30) + role_problems(name, arn, region, account_id)
        )
        if name == BREAK_GLASS:
            found.append(
                problem(f"admins.{name}", "a name of ours", name, "another name: break_glass goes by this one")
            )
        first = names.setdefault(arn.casefold(), name)
        if first != name:
            expected = f"another role than {first}'s: EKS has one access entry a role"
            found.append(problem(f"admins.{name}", f"the role of {first} too", arn, expected))
        if arn.casefold() == cluster["break_glass"].casefold():
            expected = "another role than break_glass: one that is lost must not take both with it"
            found.append(problem(f"admins.{name}", "the break-glass role", arn, expected))
    return found


def _service_cidr_problems(cidr: str) -> list[str]:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html"""
    malformed = cidr_problems("service_cidr", cidr)
    if malformed:
        return malformed
    found, block = [], IPv4Network(cidr)
    if not 12 <= block.prefixlen <= 24:
        found.append(problem("service_cidr", "a block of the wrong size", cidr, "/12 to /24"))
    if not any(block.subnet_of(IPv4Network(private)) for private in PRIVATE):
        found.append(problem("service_cidr", "no private block", cidr, f"a part of {', '.join(PRIVATE)}"))
    return found
