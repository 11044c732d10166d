"""The AWS resources of a stack that cost money for as long as they are there."""

from collections.abc import Iterator
from typing import Any

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.facts.prices import Kind
from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.cost.balancers import SUBNET
from roadstead.tool.review.cost.control_plane import control_plane_lines
from roadstead.tool.review.cost.line import ADDRESSES, Line, Stack, depending
from roadstead.tool.review.cost.volumes import disk_lines
from roadstead.tool.review.given import items, mapping
from roadstead.tool.review.views.node_group import types
from roadstead.tool.review.views.reading import Place, Unread

ONE_EACH = {
    "aws:ec2/eip:Eip": (ADDRESSES, "public_ipv4"),
    "aws:kms/key:Key": ("keys", "kms_key"),
    "aws:kms/replicaKey:ReplicaKey": ("keys", "kms_key"),
    "aws:route53/zone:Zone": ("hosted zones", "hosted_zone"),
    "aws:secretsmanager/secret:Secret": ("secrets", "secret"),
}
"""Types of which each costs the same: what kind of thing they are, and the name of their price."""
CLUSTER, NAT = "aws:eks/cluster:Cluster", "aws:ec2/natGateway:NatGateway"
ENDPOINT, LAUNCH_TEMPLATE = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/launchTemplate:LaunchTemplate"
VOLUME = "aws:ebs/volume:Volume"
DECIDING = {
    NODE_GROUP: ("capacityType",),
    VOLUME: ("type",),
    NAT: ("availabilityMode",),
    ENDPOINT: ("vpcEndpointType",),
}
"""Texts that decide what a thing costs. Of a control plane a note says what it was taken for."""
WITHOUT_PRICE = tuple(
    f"aws:{kind}"
    for kind in (
        *("rds/", "docdb/", "neptune/", "elasticache/", "memorydb/", "opensearch/", "elasticsearch/", "redshift/"),
        *("msk/", "mq/", "kinesis/stream:", "fsx/", "transfer/server:", "directoryservice/", "acmpca/", "cloudhsmv2/"),
        *("ec2/instance:", "ec2/fleet:", "ec2/spotFleetRequest:", "ec2/spotInstanceRequest:", "autoscaling/group:"),
        *("eks/fargateProfile:", "eks/capability:", "ecs/service:", "emr/", "sagemaker/", "lightsail/"),
        *("ec2/vpnConnection:", "ec2clientvpn/", "ec2transitgateway/", "directconnect/", "networkfirewall/"),
        *("globalaccelerator/", "wafv2/webAcl:", "shield/", "route53/healthCheck:", "route53/resolverEndpoint:"),
        *("grafana/workspace:", "vpclattice/service:"),
    )
)
"""What costs money for as long as it is there too, and has no price in the table: each is said."""


def aws_lines(stack: Stack) -> Iterator[Line]:
    """What the stack makes; what it only reads costs it nothing."""
    for resource in stack.graph.resources.values():
        if not resource.external:
            deciding = (Place.of(resource).at(*path.split(".")).text() for path in DECIDING.get(resource.type, ()))
            yield from depending(_of(stack, resource), *deciding)


def _of(stack: Stack, resource: Resource) -> Iterator[Line]:
    name, inputs = resource.name, resource.inputs
    if resource.type in ONE_EACH:
        kind, flat = ONE_EACH[resource.type]
        yield stack.line(resource, kind, name, Kind.FLAT, [flat])
    elif resource.type == CLUSTER:
        yield from control_plane_lines(stack, resource)
    elif resource.type == NODE_GROUP:
        yield from _nodes(stack, resource)
    elif resource.type == VOLUME:
        yield from disk_lines(stack, resource, name, inputs, default="gp2")
    elif resource.type == NAT:
        # A regional one has a price of its own, in each of its zones.
        flat = "regional_nat_gateway" if inputs.get("availabilityMode") == "regional" else "nat_gateway"
        yield stack.line(resource, "NAT gateways", name, Kind.FLAT, [flat])
    elif resource.type == ENDPOINT and _may_be_interface(resource):
        zones = len(inputs["subnetIds"]) if isinstance(inputs.get("subnetIds"), list) else None
        endpoint = stack.line(resource, "interface endpoints", name, Kind.FLAT, ["interface_endpoint"])
        yield endpoint.numbered(zones, zones, f"zones of {name}")
    elif resource.type.startswith(WITHOUT_PRICE):
        yield stack.line(resource, "other", name, Kind.FLAT, [resource.type])


def _may_be_interface(endpoint: Resource) -> bool:
    """Whether it costs by the hour; one of a kind that cannot be read may."""
    kind = Place.of(endpoint).at("vpcEndpointType").text()
    return isinstance(kind, Unread) or kind == "Interface"


def _nodes(stack: Stack, group: Resource) -> Iterator[Line]:
    """A group's nodes, their root volumes and public addresses, between its `minSize` and its `maxSize`.

    EKS takes on-demand types in the order of their list, so the first one counts. Of spot types it takes what is cheap
    and likely to stay, and nobody knows which: their mean counts, and where one has no price the group has none.
    """
    named = types(stack.graph, group)
    names = [] if isinstance(named, Unread) else [*named]
    if group.inputs.get("capacityType") == "SPOT":
        nodes = stack.line(group, "nodes, spot", group.name, Kind.SPOT, names or [""])
    else:
        nodes = stack.line(group, "nodes, on demand", group.name, Kind.ON_DEMAND, names[:1] or [""])
    if not names:
        nodes = nodes._replace(lacks=(f"nodes of {group.name}, whose types are not known",))
    scaling = mapping(group.inputs.get("scalingConfig"))
    least, most = (scaling[key] if isinstance(scaling.get(key), int) else None for key in ("minSize", "maxSize"))
    for line in (nodes, *_root_volumes(stack, group), *_addresses(stack, group)):
        yield line.numbered(least, most, f"nodes of {group.name}")


def _root_volumes(stack: Stack, group: Resource) -> Iterator[Line]:
    """What the launch template says of disks; what a node image brings by itself is not known."""
    disks = [mapping(mapping(disk).get("ebs")) for disk in _of_templates(stack, group, "blockDeviceMappings")]
    for disk in disks or [{}]:
        yield from disk_lines(stack, group, f"root volumes of {group.name}", disk, default="gp3")


def _addresses(stack: Stack, group: Resource) -> Iterator[Line]:
    """A public address of each node, where the launch template or all of the group's subnets say so."""
    interfaces = [Place.of(made).at("networkInterfaces") for made in _templates(stack, group)]
    asked = [mapping(each).get("associatePublicIpAddress") for place in interfaces for each in items(place.value)]
    subnets = [made for made in _depends(stack, group, "subnetIds") if made.type == SUBNET]
    given = [Place.of(made).at("mapPublicIpOnLaunch").boolean() for made in subnets]
    unread = [
        *(value for place in interfaces for value in place.unread()),
        *(v for v in given if isinstance(v, Unread)),
    ]
    said = {str(value).lower() for value in asked if value is not None}
    public = sum(value is True for value in given)
    line = stack.line(group, ADDRESSES, f"addresses of nodes of {group.name}", Kind.FLAT, ["public_ipv4"])
    if unread:
        yield from depending([line], *unread)
    elif said == {"true"} or (not said and public and public == len(subnets)):
        yield line
    elif not said and public:
        yield line.without(f"how many nodes of {group.name} have a public address")


def _templates(stack: Stack, group: Resource) -> list[Resource]:
    return [made for made in _depends(stack, group, "launchTemplate") if made.type == LAUNCH_TEMPLATE]


def _of_templates(stack: Stack, group: Resource, key: str) -> list[Any]:
    return [item for template in _templates(stack, group) for item in items(template.inputs.get(key))]


def _depends(stack: Stack, resource: Resource, key: str) -> list[Resource]:
    """The resources of the stack from which one of its properties comes."""
    urns = resource.property_dependencies.get(key, ())
    return [stack.graph.resources[urn] for urn in urns if urn in stack.graph.resources]
