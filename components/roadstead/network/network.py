"""Where a cluster lives: a VPC of its own, or one that is there already."""

from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, ec2, iam

from roadstead.core.forms import in_region
from roadstead.core.ordering import after
from roadstead.core.problems import checked
from roadstead.core.tiers import DEFAULT_TIER, TIERS, tier_problems
from roadstead.identity import documents
from roadstead.network import cidrs
from roadstead.network.network_spec import DEFAULT_CIDR, NetworkSpec, problems


class NetworkArgs(NetworkSpec):
    """What the network is, and how careful it must be."""

    tier: NotRequired[str]
    """"development", "staging" or "production". Default: "production"."""
    region: NotRequired[str]
    """AWS region; part of the name of the S3 endpoint's service. Required for a new VPC."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that is made here. Default: none."""


class Network(pulumi.ComponentResource):
    """A VPC for an EKS cluster.

    Makes a VPC with DNS names, and in each zone a public subnet (load balancers and NAT) and a private one (nodes and
    pods), tagged for the AWS Load Balancer Controller; an internet gateway, one NAT gateway or one a zone, route tables, a
    gateway endpoint for S3 so that image layers do not pay for NAT, flow logs to CloudWatch, and a default security group
    without rules. With `existing`, makes nothing and hands on the ids.

    Grants one right: the flow-log service may write to this VPC's own log group.

    https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """

    vpc_id: Output[str]
    """Id of the VPC."""
    private_subnet_ids: Output[list[str]]
    """Ids of the private subnets in the order of their zones, known once they can reach the internet."""
    public_subnet_ids: Output[list[str]]
    """Ids of the public subnets in the order of their zones."""
    nat_public_ips: Output[list[str]]
    """Addresses that the network's traffic comes from, for the allow-lists of others; empty for an existing network."""

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(
            Network,
            name,
            args,
            _all_problems,
        )
        super().__init__("roadstead:index:Network", name, {**args}, opts)

        if "existing" in args:
            existing = args["existing"]
            self.vpc_id = Output.from_input(existing["vpc_id"])
            self.private_subnet_ids = Output.from_input(list(existing["private_subnet_ids"].values()))
            self.public_subnet_ids = Output.from_input(list(existing.get("public_subnet_ids", {}).values()))
            self.nat_public_ips = Output.from_input([])
        else:
            self._make(name, args)

        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "private_subnet_ids": self.private_subnet_ids,
                "public_subnet_ids": self.public_subnet_ids,
                "nat_public_ips": self.nat_public_ips,
            }
        )

    def _make(self, name: str, args: NetworkArgs) -> None:
        child = ResourceOptions(parent=self)
        tags = args.get("tags", {})
        tier = TIERS[args.get("tier", DEFAULT_TIER)]
        region = args["region"]
        zones = args["zones"]
        cidr = args.get("cidr", DEFAULT_CIDR)
        blocks = args.get("subnets", {zone: {**both._asdict()} for zone, both in cidrs.subnets(cidr, zones).items()})

        def tagged(label: str, **more: str) -> dict[str, str]:
            return {"Name": label, **more, **tags}

        vpc = ec2.Vpc(
            name,
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tagged(name),
            opts=child,
        )
        ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=vpc.id,
            tags=tagged(f"{name}-default-unused"),
            opts=child,
        )

        internet = ec2.InternetGateway(f"{name}-internet", vpc_id=vpc.id, tags=tagged(name), opts=child)
        public_table = ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, tags=tagged(f"{name}-public"), opts=child)
        to_internet = ec2.Route(
            f"{name}-public-internet",
            route_table_id=public_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=internet.id,
            opts=child,
        )
        public: dict[str, Input[str]] = {}
        for zone in zones:
            subnet = ec2.Subnet(
                f"{name}-public-{zone}",
                vpc_id=vpc.id,
                availability_zone=zone,
                cidr_block=blocks[zone]["public"],
                tags=tagged(f"{name}-public-{zone}", **{"kubernetes.io/role/elb": "1"}),
                opts=child,
            )
            routed = ec2.RouteTableAssociation(
                f"{name}-public-{zone}", subnet_id=subnet.id, route_table_id=public_table.id, opts=child
            )
            public[zone] = after(subnet.id, routed.id, to_internet.id)

        nat_zones = zones if args.get("nat", tier.nat) == "per_zone" else zones[:1]
        nat_ids: list[Output[str]] = []
        nat_ips: list[Output[str]] = []
        for zone in nat_zones:
            address = ec2.Eip(f"{name}-nat-{zone}", domain="vpc", tags=tagged(f"{name}-nat-{zone}"), opts=child)
            nat = ec2.NatGateway(
                f"{name}-nat-{zone}",
                allocation_id=address.id,
                subnet_id=public[zone],
                tags=tagged(f"{name}-nat-{zone}"),
                opts=child,
            )
            nat_ids.append(nat.id)
            nat_ips.append(address.public_ip)

        tables: list[Output[str]] = []
        private: list[Output[str]] = []
        for index, zone in enumerate(zones):
            subnet = ec2.Subnet(
                f"{name}-private-{zone}",
                vpc_id=vpc.id,
                availability_zone=zone,
                cidr_block=blocks[zone]["private"],
                tags=tagged(f"{name}-private-{zone}", **{"kubernetes.io/role/internal-elb": "1"}),
                opts=child,
            )
            table = ec2.RouteTable(
                f"{name}-private-{zone}", vpc_id=vpc.id, tags=tagged(f"{name}-private-{zone}"), opts=child
            )
            out = ec2.Route(
                f"{name}-private-{zone}-nat",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nat_ids[index % len(nat_ids)],
                opts=child,
            )
            routed = ec2.RouteTableAssociation(
                f"{name}-private-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=child
            )
            tables.append(table.id)
            private.append(after(subnet.id, routed.id, out.id))

        ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.id,
            service_name=f"com.amazonaws.{region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=tables,
            tags=tagged(f"{name}-s3"),
            opts=child,
        )
        self._log_flows(name, args, vpc.id, tier.log_retention_days)

        self.vpc_id = vpc.id
        self.private_subnet_ids = Output.all(*private)
        self.public_subnet_ids = Output.all(*public.values())
        self.nat_public_ips = Output.all(*nat_ips)

    def _log_flows(self, name: str, args: NetworkArgs, vpc_id: Input[str], retention_days: int) -> None:
        child = ResourceOptions(parent=self)
        tags = args.get("tags", {})
        group = cloudwatch.LogGroup(
            f"{name}-flow-logs",
            retention_in_days=args.get("flow_log_retention_days", retention_days),
            tags=tags,
            opts=child,
        )
        role = iam.Role(
            f"{name}-flow-logs",
            assume_role_policy=documents.service_trust("vpc-flow-logs.amazonaws.com"),
            tags=tags,
            opts=child,
        )
        rights = iam.RolePolicy(
            f"{name}-flow-logs",
            role=role.name,
            policy=group.arn.apply(documents.log_writer),
            opts=child,
        )
        ec2.FlowLog(
            f"{name}-flow-logs",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=after(role.arn, rights.id),
            max_aggregation_interval=600,
            tags={"Name": name, **tags},
            opts=child,
        )


def _all_problems(args: NetworkArgs) -> list[str]:
    found = tier_problems(args.get("tier", DEFAULT_TIER))
    if "existing" not in args and "region" not in args:
        found.append("region: missing key; expected the AWS region of a new network, e.g. 'eu-west-1'")
    return found + in_region(args) + problems(args, args.get("region", ""))
