"""The AWS resources of a stack that cost money for as long as they are there."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.facts.prices import Kind
from roadstead.offline.graph import Resource
from roadstead.review.cost.line import BALANCERS, VOLUMES, Line, Stack, text

ONE_EACH = {
    "aws:eks/cluster:Cluster": ("control plane", "eks_cluster"),
    "aws:ec2/natGateway:NatGateway": ("NAT gateways", "nat_gateway"),
    "aws:ec2/eip:Eip": ("public IPv4 addresses", "public_ipv4"),
    "aws:kms/key:Key": ("keys", "kms_key"),
    "aws:kms/replicaKey:ReplicaKey": ("keys", "kms_key"),
    "aws:elb/loadBalancer:LoadBalancer": (BALANCERS, "classic_load_balancer"),
}
"""Types of which each costs the same: what kind of thing they are, and the name of their price."""
ENDPOINT, LAUNCH_TEMPLATE = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/launchTemplate:LaunchTemplate"
BALANCER_TYPES = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
WITHOUT_PRICE = tuple(
    f"aws:{kind}"
    for kind in (
        *("rds/", "elasticache/", "opensearch/", "msk/", "mq/", "fsx/", "redshift/", "route53/zone:", "ebs/volume:"),
        *("ec2/instance:", "ec2/vpnConnection:", "ec2transitgateway/", "autoscaling/group:", "eks/fargateProfile:"),
    )
)
"""What costs money for as long as it is there too, and has no price in the table: each is said."""


def aws_lines(stack: Stack) -> Iterator[Line]:
    """What the stack makes; what it only reads costs it nothing."""
    for resource in stack.graph.resources.values():
        if not resource.external:
            yield from _of(stack, resource)


def _of(stack: Stack, resource: Resource) -> Iterator[Line]:
    name, inputs = resource.name, resource.inputs
    if resource.type in ONE_EACH:
        kind, flat = ONE_EACH[resource.type]
        yield stack.line(resource, kind, name, Kind.FLAT, [flat])
    elif resource.type == NODE_GROUP:
        yield from _nodes(stack, resource)
    elif resource.type == ENDPOINT and inputs.get("vpcEndpointType") == "Interface":
        zones = len(inputs["subnetIds"]) if isinstance(inputs.get("subnetIds"), list) else None
        endpoint = stack.line(resource, "interface endpoints", name, Kind.FLAT, ["interface_endpoint"])
        yield endpoint.numbered(zones, zones, f"zones of {name}")
    elif resource.type in BALANCER_TYPES:
        flat = f"{text(inputs.get('loadBalancerType')) or 'application'}_load_balancer"
        yield stack.line(resource, BALANCERS, name, Kind.FLAT, [flat])
    elif resource.type.startswith(WITHOUT_PRICE):
        yield stack.line(resource, "other", name, Kind.FLAT, [resource.type])


def _nodes(stack: Stack, group: Resource) -> Iterator[Line]:
    """A group's nodes and their root volumes, between its `minSize` and its `maxSize`.

    EKS takes on-demand types in the order of their list, so the first one counts. Of spot types it takes what is cheap
    and likely to stay, and nobody knows which: their mean counts, and where one has no price the group has none.
    """
    types = [type_ for type_ in _list(group.inputs.get("instanceTypes")) if isinstance(type_, str)]
    if group.inputs.get("capacityType") == "SPOT":
        nodes = stack.line(group, "nodes, spot", group.name, Kind.SPOT, types or [""])
    else:
        nodes = stack.line(group, "nodes, on demand", group.name, Kind.ON_DEMAND, types[:1] or [""])
    if not types:
        nodes = nodes._replace(lacks=(f"nodes of {group.name}, whose types are not known",))
    scaling = _mapping(group.inputs.get("scalingConfig"))
    least, most = (scaling[key] if isinstance(scaling.get(key), int) else None for key in ("minSize", "maxSize"))
    for line in (nodes, *_root_volumes(stack, group)):
        yield line.numbered(least, most, f"nodes of {group.name}")


def _root_volumes(stack: Stack, group: Resource) -> Iterator[Line]:
    """What the launch template says of disks; what a node image brings by itself is not known."""
    what = f"root volumes of {group.name}"
    templates = (stack.graph.resources.get(urn) for urn in group.property_dependencies.get("launchTemplate", ()))
    mappings = [
        _mapping(_mapping(mapping).get("ebs"))
        for template in templates
        if template and template.type == LAUNCH_TEMPLATE
        for mapping in _list(template.inputs.get("blockDeviceMappings"))
    ]
    for disk in mappings or [{}]:
        size = disk.get("volumeSize")
        line = stack.line(group, VOLUMES, what, Kind.FLAT, [f"ebs_{text(disk.get('volumeType')) or 'gp3'}"])
        yield line.sized(Fraction(size) if isinstance(size, int) else None)


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}
