"""EC2: the network's resources."""

from typing import Any

from roadstead.tool.sandbox.aws.clients import Answer, Clients
from roadstead.tool.sandbox.aws.inputs import Inputs
from roadstead.tool.sandbox.aws.tags import pairs


def _vpc(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_vpc(CidrBlock=inputs.take("cidrBlock"), TagSpecifications=_tags("vpc", inputs))["Vpc"]
    # One attribute a call, and names in DNS only where DNS is.
    for key in ("enableDnsSupport", "enableDnsHostnames"):
        if (value := inputs.take(key)) is not None:
            aws.ec2.modify_vpc_attribute(VpcId=made["VpcId"], **{_upper(key): {"Value": value}})
    return {"id": made["VpcId"]}


def _default_security_group(inputs: Inputs, aws: Clients) -> Answer:
    """The group is there with its VPC; to manage it without rules is to take its rules away."""
    vpc_id = {"Name": "vpc-id", "Values": [inputs.take("vpcId")]}
    default = {"Name": "group-name", "Values": ["default"]}
    (group,) = aws.ec2.describe_security_groups(Filters=[vpc_id, default])["SecurityGroups"]
    if group["IpPermissions"]:
        aws.ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        aws.ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    if tags := pairs(inputs.tags()):
        aws.ec2.create_tags(Resources=[group["GroupId"]], Tags=tags)
    return {"id": group["GroupId"]}


def _subnet(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_subnet(
        VpcId=inputs.take("vpcId"),
        AvailabilityZone=inputs.take("availabilityZone"),
        CidrBlock=inputs.take("cidrBlock"),
        TagSpecifications=_tags("subnet", inputs),
    )["Subnet"]
    return {"id": made["SubnetId"], "arn": made["SubnetArn"]}


def _internet_gateway(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_internet_gateway(TagSpecifications=_tags("internet-gateway", inputs))["InternetGateway"]
    aws.ec2.attach_internet_gateway(InternetGatewayId=made["InternetGatewayId"], VpcId=inputs.take("vpcId"))
    return {"id": made["InternetGatewayId"]}


def _eip(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.allocate_address(Domain=inputs.take("domain"), TagSpecifications=_tags("elastic-ip", inputs))
    return {"id": made["AllocationId"], "allocationId": made["AllocationId"], "publicIp": made["PublicIp"]}


def _nat_gateway(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_nat_gateway(
        AllocationId=inputs.take("allocationId"),
        SubnetId=inputs.take("subnetId"),
        TagSpecifications=_tags("natgateway", inputs),
    )["NatGateway"]
    return {"id": made["NatGatewayId"]}


def _route_table(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_route_table(VpcId=inputs.take("vpcId"), TagSpecifications=_tags("route-table", inputs))
    return {"id": made["RouteTable"]["RouteTableId"]}


def _route(inputs: Inputs, aws: Clients) -> Answer:
    table, destination = inputs.take("routeTableId"), inputs.take("destinationCidrBlock")
    aws.ec2.create_route(
        RouteTableId=table,
        DestinationCidrBlock=destination,
        GatewayId=inputs.take("gatewayId"),
        NatGatewayId=inputs.take("natGatewayId"),
    )
    return {"id": f"{table}/{destination}"}


def _route_table_association(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.associate_route_table(RouteTableId=inputs.take("routeTableId"), SubnetId=inputs.take("subnetId"))
    return {"id": made["AssociationId"]}


def _vpc_endpoint(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_vpc_endpoint(
        VpcId=inputs.take("vpcId"),
        VpcEndpointType=inputs.take("vpcEndpointType"),
        ServiceName=inputs.take("serviceName"),
        RouteTableIds=inputs.take("routeTableIds"),
        TagSpecifications=_tags("vpc-endpoint", inputs),
    )["VpcEndpoint"]
    return {"id": made["VpcEndpointId"]}


def _flow_log(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[inputs.take("vpcId")],
        TrafficType=inputs.take("trafficType"),
        LogDestinationType=inputs.take("logDestinationType"),
        LogDestination=inputs.take("logDestination"),
        DeliverLogsPermissionArn=inputs.take("iamRoleArn"),
        MaxAggregationInterval=inputs.take("maxAggregationInterval"),
        TagSpecifications=_tags("vpc-flow-log", inputs),
    )
    (flow_log_id,) = made["FlowLogIds"]
    return {"id": flow_log_id}


def _launch_template(inputs: Inputs, aws: Clients) -> Answer:
    # The version that is made with the template is its default one; later ones become it.
    inputs.take("updateDefaultVersion")
    made = aws.ec2.create_launch_template(
        LaunchTemplateName=inputs.name(),
        LaunchTemplateData={
            "BlockDeviceMappings": [_block_device(mapping) for mapping in inputs.take("blockDeviceMappings") or []],
            "MetadataOptions": _upper_keys(inputs.take("metadataOptions") or {}),
            "TagSpecifications": [
                {**_upper_keys(tagged), "Tags": pairs(tagged.get("tags", {}))}
                for tagged in inputs.take("tagSpecifications") or []
            ],
        },
        TagSpecifications=_tags("launch-template", inputs),
    )["LaunchTemplate"]
    return {"id": made["LaunchTemplateId"], "name": made["LaunchTemplateName"]}


def _block_device(mapping: dict[str, Any]) -> dict[str, Any]:
    """Pulumi has these two as text, so that they can be left out."""
    ebs = {
        key: value == "true" if value in ("true", "false") else value for key, value in mapping.get("ebs", {}).items()
    }
    return {**_upper_keys(mapping), "Ebs": _upper_keys(ebs)}


def _tags(resource_type: str, inputs: Inputs) -> list[dict[str, Any]] | None:
    """Nothing where there are no tags: EC2 refuses an empty list of them."""
    tags = pairs(inputs.tags())
    return [{"ResourceType": resource_type, "Tags": tags}] if tags else None


def _upper_keys(values: dict[str, Any]) -> dict[str, Any]:
    return {_upper(key): value for key, value in values.items()}


def _upper(key: str) -> str:
    """Pulumi's key as EC2 writes it."""
    return key[0].upper() + key[1:]


CREATORS = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _default_security_group,
    "aws:ec2/eip:Eip": _eip,
    "aws:ec2/flowLog:FlowLog": _flow_log,
    "aws:ec2/internetGateway:InternetGateway": _internet_gateway,
    "aws:ec2/launchTemplate:LaunchTemplate": _launch_template,
    "aws:ec2/natGateway:NatGateway": _nat_gateway,
    "aws:ec2/route:Route": _route,
    "aws:ec2/routeTable:RouteTable": _route_table,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _route_table_association,
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:ec2/vpc:Vpc": _vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _vpc_endpoint,
}
