from ipaddress import ip_network
from typing import Any

from tests.aws.support import Account
from tests.support import without


def vpc(made: Account) -> str:
    ((_, vpc_id, _),) = made.of_type("aws:ec2/vpc:Vpc")
    return vpc_id


def tags(described: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described["Tags"]}


def default_route(made: Account, subnet_id: str) -> dict[str, Any]:
    """Where a subnet's traffic for everywhere goes."""
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    (table,) = made.aws.ec2.describe_route_tables(Filters=of_subnet)["RouteTables"]
    (route,) = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    found: dict[str, Any] = route
    return found


def test_the_vpc_has_names_in_dns(made: Account) -> None:
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = made.aws.ec2.describe_vpc_attribute(VpcId=vpc(made), Attribute=attribute)
        assert answer[attribute[0].upper() + attribute[1:]] == {"Value": True}


def test_subnets_have_the_blocks_and_zones_that_were_computed_and_do_not_overlap(made: Account) -> None:
    subnets = made.of_type("aws:ec2/subnet:Subnet")
    for resource, subnet_id, inputs in subnets:
        (found,) = made.aws.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"]
        assert found["VpcId"] == vpc(made)
        assert found["CidrBlock"] == inputs["cidrBlock"]
        assert resource.name.endswith(found["AvailabilityZone"])
    blocks = [ip_network(inputs["cidrBlock"]) for _, _, inputs in subnets]
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)


def test_private_subnets_leave_by_nat_and_public_ones_by_the_internet_gateway(made: Account) -> None:
    for resource, subnet_id, _ in made.of_type("aws:ec2/subnet:Subnet"):
        route = default_route(made, subnet_id)
        if "-public-" in resource.name:
            assert route["GatewayId"] == made.of_type("aws:ec2/internetGateway:InternetGateway")[0][1]
        else:
            (nat,) = made.aws.ec2.describe_nat_gateways(NatGatewayIds=[route["NatGatewayId"]])["NatGateways"]
            assert "GatewayId" in default_route(made, nat["SubnetId"]), "a NAT gateway needs a public subnet"


def test_in_production_each_zone_has_a_nat_gateway_of_its_own(in_production: Account) -> None:
    ec2 = in_production.aws.ec2
    for resource, subnet_id, inputs in in_production.of_type("aws:ec2/subnet:Subnet"):
        if "-private-" in resource.name:
            nat_id = default_route(in_production, subnet_id)["NatGatewayId"]
            (nat,) = ec2.describe_nat_gateways(NatGatewayIds=[nat_id])["NatGateways"]
            (home,) = ec2.describe_subnets(SubnetIds=[nat["SubnetId"]])["Subnets"]
            assert home["AvailabilityZone"] == inputs["availabilityZone"]


def test_load_balancers_find_their_subnets(made: Account) -> None:
    for resource, subnet_id, _ in made.of_type("aws:ec2/subnet:Subnet"):
        (found,) = made.aws.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"]
        role = "kubernetes.io/role/elb" if "-public-" in resource.name else "kubernetes.io/role/internal-elb"
        assert tags(found)[role] == "1"


def test_the_default_security_group_lets_nothing_in_or_out(made: Account) -> None:
    ((_, group_id, _),) = made.of_type("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    (group,) = made.aws.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    assert (group["GroupName"], group["VpcId"]) == ("default", vpc(made))
    assert group["IpPermissions"] == group["IpPermissionsEgress"] == []


def test_s3_is_reached_from_every_private_subnet_without_nat(made: Account) -> None:
    ((_, endpoint_id, _),) = made.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
    (endpoint,) = made.aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
    assert (endpoint["VpcEndpointType"], endpoint["ServiceName"]) == ("Gateway", "com.amazonaws.eu-west-1.s3")
    private = [id_ for table, id_, _ in made.of_type("aws:ec2/routeTable:RouteTable") if "-private-" in table.name]
    assert sorted(endpoint["RouteTableIds"]) == sorted(private)


def test_all_flows_are_logged_to_the_networks_own_group(made: Account) -> None:
    ((_, flow_log_id, _),) = made.of_type("aws:ec2/flowLog:FlowLog")
    (log,) = made.aws.ec2.describe_flow_logs(FlowLogIds=[flow_log_id])["FlowLogs"]
    name = made.id_of("aws:cloudwatch/logGroup:LogGroup", f"{made.graph.stack}-flow-logs")
    assert (log["ResourceId"], log["TrafficType"], log["MaxAggregationInterval"]) == (vpc(made), "ALL", 600)
    assert log["LogDestination"].endswith(f":log-group:{name}")
    role = made.id_of("aws:iam/role:Role", f"{made.graph.stack}-flow-logs")
    assert log["DeliverLogsPermissionArn"] == made.role_arn(role)


def test_everything_has_the_providers_tags_and_its_own(made: Account) -> None:
    (provider,) = made.graph.of_type("pulumi:providers:aws")
    assert '"environment"' in provider.inputs["defaultTags"]
    for type_, describe, key in (
        ("aws:ec2/vpc:Vpc", made.aws.ec2.describe_vpcs, "VpcId"),
        ("aws:ec2/subnet:Subnet", made.aws.ec2.describe_subnets, "SubnetId"),
        ("aws:ec2/natGateway:NatGateway", made.aws.ec2.describe_nat_gateways, "NatGatewayId"),
    ):
        for _, id_, inputs in made.of_type(type_):
            ((_, described),) = without(describe(**{f"{key}s": [id_]}), "ResponseMetadata").items()
            expected = {"environment": made.graph.stack, "managed-by": "roadstead", **inputs["tags"]}
            assert expected.items() <= tags(described[0]).items()
