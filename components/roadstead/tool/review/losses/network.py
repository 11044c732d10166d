"""What goes with a network, and with the addresses that others know a stack by."""

from collections.abc import Iterator, Sequence

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import Change, StackDiff
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.losses.fate import Loss, fate, severity
from roadstead.tool.review.views.reading import Place

CLUSTER, VPC, SUBNET = "aws:eks/cluster:Cluster", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
ADDRESS, NAT = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
NAMED = 3


def networks(diff: StackDiff) -> list[Loss]:
    """Networks that go, each with everything that cannot be without it."""
    base = diff.base
    return [_network(change, base, diff.changes) for change in going(diff, VPC)] if base else []


def addresses(diff: StackDiff) -> Iterator[Loss]:
    """Addresses that others may have in their allow-lists; with a network that goes they are said there."""
    lost = [] if going(diff, VPC) else going(diff, ADDRESS)
    by_parent: dict[str | None, list[Change]] = {}
    for change in lost:
        by_parent.setdefault(change.resource.parent, []).append(change)
    for changes in by_parent.values():
        names = some(sorted(change.resource.name for change in changes), NAMED)
        number, it = ("The address", "it") if len(changes) == 1 else (f"The {len(changes)} addresses", "them")
        what = f"{number} {names} {fate(changes[0])[0]}: who lets this stack in by {it} no longer does, and somebody else may get {it}."
        do = f"Tell whoever has {it} in an allow-list first."
        yield Loss(changes[0], Severity.WARNING, what, do)


def going(diff: StackDiff, *types: str) -> list[Change]:
    """The changes that take away something of these types that the stack makes."""
    return [
        change
        for change in diff.changes
        if change.old and change.old.type in types and change.is_ending and not change.old.external
    ]


def _network(change: Change, base: Graph, changes: Sequence[Change]) -> Loss:
    assert change.old is not None
    block = Place.of(change.old).at("cidrBlock").text()
    subnets = [made.urn for made in base.of_type(SUBNET) if change.old.urn in made.dependencies]
    ending = {each.old.urn for each in changes if each.old and each.is_ending}
    within = f"its {len(subnets)} subnets" if subnets else "what is in it"
    said = [f"{within} and everything in them go with it"]
    stuck = [made for made in base.of_type(CLUSTER) if made.urn not in ending and set(subnets) & set(made.dependencies)]
    if stuck:
        groups = len(base.of_type(NODE_GROUP))
        names = some([made.name for made in stuck], NAMED)
        said.append(
            f"EKS cannot move a cluster to another network, so {names} has to be made anew"
            f" with its {groups} node groups and everything that runs there"
        )
    gateways = [made.name for made in base.of_type(NAT) if made.urn in ending]
    if gateways:
        names = some(gateways, NAMED)
        said.append(f"NAT goes ({names}), and with it the addresses that others may have in allow-lists")
    words, do = fate(change)
    name = f"{change.old.name} ({block if isinstance(block, str) else change.old.type})"
    return Loss(change, severity(change, change.old), f"Network {name} {words}: {'; '.join(said)}.", do)
