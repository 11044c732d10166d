"""Whether subnets have the addresses that nodes and pods take from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from roadstead.cluster.nodes import DEFAULT_TYPE, NODE_GROUP
from roadstead.core.names import some
from roadstead.facts.instance_types import DATA, instance_types
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.capacity.addresses import CONTROL_PLANE, SURGE_A_ZONE, Room, Taken, room, with_pods
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.upgrade.versions import CLUSTER, in_stack_file
from roadstead.tool.review.views.addon import ADDON
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.replicas import Replicas, replicas
from roadstead.tool.review.views.subnets import NETWORK, Subnet, subnets_of

(ADDRESSES,) = IDS = ("capacity/too-few-addresses",)
NAMED = 3
"""How many subnets a sentence names before it only counts."""


@dataclass(frozen=True)
class _Group:
    """A node group, as its subnets see it."""

    subnets: Sequence[Subnet]
    least: int
    most: int
    node: Taken
    """What one node takes when it comes."""
    surge: int
    """Nodes a subnet that an update starts beside the others."""

    def nodes(self, subnet: Subnet, size: int) -> int:
        return ceil(size / len(self.subnets)) if subnet in self.subnets else 0


@dataclass(frozen=True)
class _Need:
    """What a subnet would have to give."""

    severity: Severity
    when: str
    taken: Taken
    nodes: int


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """Subnets whose nodes, pods and control plane take more than they have. Those that a stack only names are not seen."""
    graph = diff.head
    if graph is None or not graph.of_type(NODE_GROUP):
        return
    groups, pods = list(_groups(graph)), replicas(graph)
    unread = [each for each in groups if isinstance(each, Unread)]
    yield from (Undecided((ADDRESSES,), value) for value in (*unread, *pods.unread))
    read = [each for each in groups if isinstance(each, _Group)]
    alike: dict[tuple[Room, _Need], list[Subnet]] = {}
    for subnet in dict.fromkeys(subnet for group in read for subnet in group.subnets):
        if isinstance(subnet.block, Unread):
            yield Undecided((ADDRESSES,), subnet.block)
        elif subnet.block is not None:
            there = room(subnet.block)
            need = next((need for need in _needs(graph, subnet, read, pods) if not there.fits(need.taken)), None)
            if need is not None:
                alike.setdefault((there, need), []).append(subnet)
    for (there, need), subnets in alike.items():
        yield _finding(graph, there, need, subnets)


def _needs(graph: Graph, subnet: Subnet, groups: Sequence[_Group], pods: Replicas) -> Iterator[_Need]:
    """The fewest first: what is too much then, is too much for ever."""
    zones = max(len(group.subnets) for group in groups)
    of_cluster = CONTROL_PLANE if _is_the_clusters(graph, subnet) else 0

    def need(severity: Severity, when: str, sizes: list[int], most_pods: int, surge: bool = False) -> _Need:
        numbers = [
            group.nodes(subnet, size) + (group.surge if surge and subnet in group.subnets else 0)
            for group, size in zip(groups, sizes, strict=True)
        ]
        taken = Taken(0)
        for group, number in zip(groups, numbers, strict=True):
            taken = taken.plus(group.node.times(number))
        number = sum(numbers)
        in_all = with_pods(taken, number, ceil(most_pods / zones) + pods.on_every_node * number)
        return _Need(severity, when, in_all.plus(Taken(of_cluster)), number)

    least, most = [group.least for group in groups], [group.most for group in groups]
    yield need(Severity.ERROR, "with every node group at its fewest nodes", least, pods.least)
    yield need(Severity.ERROR, "with every node group at its maximum", most, pods.most)
    yield need(
        Severity.WARNING,
        "with every node group at its maximum and an update of all of them",
        most,
        pods.most,
        surge=True,
    )


def _is_the_clusters(graph: Graph, subnet: Subnet) -> bool:
    own = [subnets_of(graph, Place.of(made).at("vpcConfig", "subnetIds")) for made in graph.of_type(CLUSTER)]
    return any(subnet in listed for listed in own if not isinstance(listed, Unread))


def _groups(graph: Graph) -> Iterator[_Group | Unread]:
    plugin = _plugin(graph)
    if isinstance(plugin, Unread):
        yield plugin
        return
    for made in graph.of_type(NODE_GROUP):
        place = Place.of(made)
        subnets = subnets_of(graph, place.at("subnetIds"))
        least, most = (place.at("scalingConfig", key).number() for key in ("minSize", "maxSize"))
        node, surge = _node(graph, made, plugin), _surge(place)
        unread = [value for value in (subnets, least, most, node, surge) if isinstance(value, Unread)]
        yield from unread
        if not unread and subnets:
            yield _Group(subnets, least or 0, most or 0, node, surge)  # type: ignore[arg-type]


def _surge(group: Place) -> int | Unread:
    strategy = group.at("updateConfig", "updateStrategy").text()
    if isinstance(strategy, Unread):
        return strategy
    return 0 if strategy == "MINIMAL" else SURGE_A_ZONE


def _node(graph: Graph, group: Resource, plugin: dict[str, Any]) -> Taken | Unread:
    """What a node takes when it comes: of several types that of the smallest."""
    listed = Place.of(group).at("instanceTypes")
    own = listed.texts()
    if isinstance(own, Unread):
        return own
    templates = [graph.resources.get(urn) for urn in group.property_dependencies.get("launchTemplate", ())]
    named = [Place.of(made).at("instanceType") for made in templates if made is not None]
    types: list[str | Unread] = [*own] or [name.required_text() for name in named if not name.is_absent]
    for name in types or [DEFAULT_TYPE]:
        if isinstance(name, Unread):
            return name
        if name not in instance_types():
            return listed.malformed(f"types that data/{DATA} has")
    return _of_plugin(plugin, min(instance_types()[str(name)].ipv4_per_eni for name in types or [DEFAULT_TYPE]))


def _of_plugin(plugin: dict[str, Any], of_an_interface: int) -> Taken:
    """What the VPC CNI takes at once, as it is configured.

    https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/eni-and-ip-target.md
    """
    if plugin.get("ipFamily") == "ipv6" or _is_on(plugin, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"):
        return Taken(1)
    if _is_on(plugin, "ENABLE_PREFIX_DELEGATION"):
        return Taken(1, 1)
    targets = [str(plugin[key]) for key in ("WARM_IP_TARGET", "MINIMUM_IP_TARGET") if key in plugin]
    if targets:
        return Taken(1 + max(int(target) if target.isdecimal() else 0 for target in targets))
    return Taken(of_an_interface)


def _is_on(plugin: dict[str, Any], key: str) -> bool:
    return str(plugin.get(key)).lower() == "true"


def _plugin(graph: Graph) -> dict[str, Any] | Unread:
    """How the VPC CNI is configured: its environment, and the family of addresses."""
    said: dict[str, Any] = {}
    for made in graph.of_type(CLUSTER):
        family = Place.of(made).at("kubernetesNetworkConfig", "ipFamily").text()
        if isinstance(family, Unread):
            return family
        said["ipFamily"] = family
    for made in graph.of_type(ADDON):
        name = Place.of(made).at("addonName").required_text()
        if isinstance(name, Unread):
            return name
        variables = Place.of(made).at("configurationValues").document().at("env").entries() if name == "vpc-cni" else {}
        if isinstance(variables, Unread):
            return variables
        said |= {key: place.value for key, place in variables.items()}
    return said


def _finding(graph: Graph, there: Room, need: _Need, subnets: Sequence[Subnet]) -> Finding:
    names = some([subnet.name for subnet in subnets], NAMED)
    has = f"{there.addresses} addresses" + (" each" if len(subnets) > 1 else "")
    blocks = (
        f" ({there.whole_prefixes} whole blocks of 16, of {need.taken.prefixes} that are needed)"
        if need.taken.prefixes
        else ""
    )
    what = f"{names}: {has}{blocks}, and {need.when} {need.taken.together} are taken by {need.nodes} nodes, their pods and the control plane."
    do = "Give the subnets larger blocks, or have fewer nodes; nothing enlarges a subnet later."
    made = next(subnet.resource for subnet in subnets if subnet.resource is not None)
    found = finding(graph, made, ADDRESSES, need.severity, what, do)
    above = graph.resources.get(made.parent or "")
    if above is not None and above.type == NETWORK and above.name == graph.stack:
        file, key = in_stack_file(graph, "network")
        return replace(found, file=file, key=key)
    return found
