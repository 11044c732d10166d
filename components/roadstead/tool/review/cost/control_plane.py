"""What a control plane costs: by the hour, and more of it once its Kubernetes version has left standard support.

https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from roadstead.facts.eks_versions import WARN_DAYS, standard_support_ends
from roadstead.facts.prices import Kind
from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.cost.line import NOTHING_USD, Line, Stack
from roadstead.tool.review.given import mapping, text

CONTROL_PLANE = "control plane"


def control_plane_lines(stack: Stack, cluster: Resource) -> Iterator[Line]:
    """By the hour; extended support beside it, unless the cluster's upgrade policy is to do without."""
    version, name = text(cluster.inputs.get("version")), cluster.name
    plane = stack.line(cluster, CONTROL_PLANE, name, Kind.FLAT, ["eks_cluster"])
    extended = stack.line(cluster, CONTROL_PLANE, f"extended support of {name}", Kind.FLAT, ["eks_extended_support"])
    ends, is_extended = standard_support_ends(version), _may_be_extended(cluster)
    if not version:
        yield plane.saying(f"{name} does not say its Kubernetes version: reckoned as in standard support.")
    elif ends is None:
        yield plane
        yield extended.without(f"extended support of {name}, if Kubernetes {version} is in it")
    elif ends < stack.today and is_extended:
        yield plane.saying(f"{name} runs Kubernetes {version}, in extended support since {ends}.")
        yield extended
    else:
        then = (
            f"it then costs {float(extended.unit_usd):,.2f} USD a month more" if is_extended else "EKS then upgrades it"
        )
        yield plane.saying(_leaving(f"Kubernetes {version} of {name}", ends, stack.today, then))
    yield from _more(stack, cluster)


def _leaving(what: str, ends: date, today: date, then: str) -> str:
    """That a version leaves standard support, or has left it; nothing of one that has time."""
    if ends < today:
        return f"{what} left standard support on {ends}: EKS upgrades it, so no extended support is reckoned."
    return f"{what} leaves standard support on {ends}: {then}." if ends - today < timedelta(days=WARN_DAYS) else ""


def _may_be_extended(cluster: Resource) -> bool:
    """EXTENDED is what EKS takes where nothing is said."""
    return mapping(cluster.inputs.get("upgradePolicy")).get("supportType") != "STANDARD"


def _more(stack: Stack, cluster: Resource) -> Iterator[Line]:
    """What EKS asks money for besides, for which there is no price."""
    tier = mapping(cluster.inputs.get("controlPlaneScalingConfig")).get("tier", "standard")
    if tier != "standard":
        yield _without_price(
            stack, cluster, f"the tier {text(tier) or '(not known yet)'} of control plane {cluster.name}"
        )
    if mapping(cluster.inputs.get("computeConfig")).get("enabled"):
        yield _without_price(stack, cluster, f"what EKS Auto Mode runs for {cluster.name}")
    if isinstance(cluster.inputs.get("remoteNetworkConfig"), Mapping):
        yield _without_price(stack, cluster, f"hybrid nodes of {cluster.name}")


def _without_price(stack: Stack, cluster: Resource, what: str) -> Line:
    return Line(cluster, CONTROL_PLANE, what, stack.team_of(cluster), (), NOTHING_USD, lacks=(what,))
