"""Updates that the service refuses, in the middle of `pulumi up`, though a preview shows them as any other."""

from collections.abc import Iterator, Sequence

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.ignored import is_ignored
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.values import covers
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.upgrade.versions import CLUSTER
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.subnets import Subnet, subnets_of

DESIRED, ZONES = IDS = ("updates/desired-size", "updates/zones")
DESIRED_SIZE = "scalingConfig.desiredSize"


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What does not get through."""
    if diff.base is None or diff.head is None:
        return
    for change in diff.changes:
        if change.kind is Kind.UPDATE and change.resource.type == NODE_GROUP:
            yield from _desired(diff.head, change)
        elif change.kind is Kind.UPDATE and change.resource.type == CLUSTER:
            yield from _zones(diff, change)


def _desired(head: Graph, change: Change) -> Iterator[Finding | Undecided]:
    """A desired size that would be outside of its bounds.

    One that a program ignores is, at the head too, what it was, and is sent with every update of the bounds; EKS refuses all of it.
    https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html
    """
    if not any(covers("scalingConfig", changed.path) for changed in change.properties):
        return
    is_kept = is_ignored(DESIRED_SIZE, change.resource.ignore_changes)
    bounds = Place.of(change.resource).at("scalingConfig")
    desired, least, most = (bounds.at(name).number() for name in ("desiredSize", "minSize", "maxSize"))
    for value in (desired, least, most):
        if isinstance(value, Unread):
            yield Undecided((DESIRED,), value)
    if not isinstance(desired, int) or not isinstance(least, int) or not isinstance(most, int):
        return
    if least <= desired <= most:
        return
    bound = f"at least {least}" if desired < least else f"at most {most}"
    why = "it was made with, and which no change of the program alters," if is_kept else "it is given"
    what = f"{change.resource.name} would have {bound} nodes, and the desired size that {why} is {desired}: EKS refuses the update."
    wanted = least if desired < least else most
    do = f"Set it to {wanted} with `aws eks update-nodegroup-config --scaling-config desiredSize={wanted}`, run `pulumi refresh`, and then this."
    yield finding(
        head, change.resource, DESIRED, Severity.ERROR, what, do, "min_size" if desired < least else "max_size"
    )


def _zones(diff: StackDiff, change: Change) -> Iterator[Finding | Undecided]:
    """A control plane takes other subnets, but only in the same VPC and the very zones that it was made with.

    https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """
    if (
        diff.base is None
        or diff.head is None
        or change.old is None
        or not any(covers("vpcConfig.subnetIds", changed.path) for changed in change.properties)
    ):
        return
    before, after = (
        subnets_of(graph, Place.of(made).at("vpcConfig", "subnetIds"))
        for graph, made in ((diff.base, change.old), (diff.head, change.resource))
    )
    if isinstance(before, Unread) or isinstance(after, Unread):
        yield Undecided((ZONES,), before if isinstance(before, Unread) else after)  # type: ignore[arg-type]
        return
    name = change.resource.name
    renewed = {
        each.resource.urn for each in diff.changes if each.kind is Kind.REPLACE and each.resource.type.endswith(":Vpc")
    }
    if any(subnet.resource and renewed & {*subnet.resource.dependencies} for subnet in after):
        # That EKS does not move a cluster to another VPC says `blast-radius/network`.
        return
    old, new = _named_zones(before), _named_zones(after)
    if old is None or new is None:
        what = f"The control plane of {name} gets other subnets: EKS takes them only in the very zones, and the VPC, that it was made with."
        do = "See that each of those zones has one, and that none is in another."
        yield finding(diff.head, change.resource, ZONES, Severity.WARNING, what, do)
    elif old != new:
        lacking, more = ", ".join(sorted(old - new)), ", ".join(sorted(new - old))
        told = " and ".join(filter(None, [lacking and f"lose {lacking}", more and f"gain {more}"]))
        what = f"The control plane of {name} would {told}: EKS takes subnets only in the very zones that it was made with, and refuses the update."
        do = "Keep its zones; node groups may do with fewer of them."
        yield finding(diff.head, change.resource, ZONES, Severity.ERROR, what, do)


def _named_zones(subnets: Sequence[Subnet]) -> set[str] | None:
    """The zones that subnets are in; nothing where one does not say."""
    zones = [subnet.zone for subnet in subnets]
    known = {zone for zone in zones if isinstance(zone, str)}
    return known if all(isinstance(zone, str) for zone in zones) else None
