"""What load balancers and public addresses cost in us-east-1: 16.425 USD a month for a balancer, 18.25 for a classic one, 3.65 for an address."""

from dataclasses import replace
from typing import Any

import pytest
from tests.graphs import changed, kubernetes, node_group, resource
from tests.roadstead.tool.review.test_cost import group, stack

from roadstead.tool.offline.graph import Resource, Unknown
from roadstead.tool.review.cost.bill import Bill

LB, CLASSIC = "aws:lb/loadBalancer:LoadBalancer", "aws:elb/loadBalancer:LoadBalancer"
OF_SERVICE, OF_INGRESS = "service.beta.kubernetes.io/aws-load-balancer-", "alb.ingress.kubernetes.io/"
NLB = "service.k8s.aws/nlb"


def subnet(zone: str, *, public: bool = True, **inputs: Any) -> Resource:
    role = "elb" if public else "internal-elb"
    tags = {f"kubernetes.io/role/{role}": "1"}
    name = f"{role}-{zone}-{len(inputs)}"
    return resource("aws:ec2/subnet:Subnet", name, {"availabilityZone": zone, "tags": tags, **inputs})


PUBLIC = [subnet("us-east-1a"), subnet("us-east-1b"), subnet("us-east-1c", public=False)]


def service(
    annotations: dict[str, str] | None = None, class_: str | None = None, type_: str = "LoadBalancer"
) -> Resource:
    said = {f"{OF_SERVICE}{name}": value for name, value in (annotations or {}).items()}
    spec = {"type": type_, **({"loadBalancerClass": class_} if class_ else {})}
    return kubernetes("Service", "web", "payments", metadata={"annotations": said}, spec=spec)


def ingress(name: str = "a", class_: str = "alb", **annotations: str) -> Resource:
    said = {f"{OF_INGRESS}{key.replace('_', '.')}": value for key, value in annotations.items()}
    return kubernetes("Ingress", name, "payments", metadata={"annotations": said}, spec={"ingressClassName": class_})


def gateway(controller: str) -> list[Resource]:
    api = {"apiVersion": "gateway.networking.k8s.io/v1"}
    class_ = replace(kubernetes("GatewayClass", "aws", spec={"controllerName": controller}))
    made = kubernetes("Gateway", "web", "payments", spec={"gatewayClassName": "aws"})
    return [changed(class_, **api), changed(made, **api)]


def declared(type_: str = LB, **inputs: Any) -> Resource:
    return resource(type_, "declared", inputs)


def in_virginia(*resources: Resource) -> Bill:
    return stack(*resources, region="us-east-1")


CASES = {
    "a Service of the controller that AWS writes is internal": ([service(class_=NLB)], "16.43"),
    "unless it says otherwise: two public zones": ([service({"scheme": "internet-facing"}, NLB)], "23.73"),
    "one with elastic addresses, which are counted where they are made": (
        [service({"scheme": "internet-facing", "eip-allocations": "eipalloc-1,eipalloc-2"}, NLB)], "16.43"),
    "one that names its subnets": ([service({"scheme": "internet-facing", "subnets": "a, b, c"}, NLB)], "27.38"),
    "a Service of Kubernetes' own controller is public": ([service()], "25.55"),
    "unless it says internal": ([service({"internal": "true"})], "18.25"),
    "a network balancer of Kubernetes' own controller": ([service({"type": "nlb"})], "23.73"),
    "a Service inside": ([service(type_="ClusterIP")], "0.00"),
    "an Ingress is internal": ([ingress()], "16.43"),
    "a public Ingress": ([ingress(scheme="internet-facing")], "23.73"),
    "an Ingress of another class": ([ingress(class_="nginx")], "0.00"),
    "Ingresses that share one": ([ingress("a", group_name="web"), ingress("b", group_name="web")], "16.43"),
    "a Gateway": (gateway("gateway.k8s.aws/alb"), "16.43"),
    "a declared internal balancer": ([declared(internal=True, subnets=["a", "b"])], "16.43"),
    "a declared public balancer in three subnets": ([declared(subnets=["a", "b", "c"])], "27.38"),
    "one with elastic addresses": (
        [declared(subnetMappings=[{"subnetId": "a", "allocationId": "e"}, {"subnetId": "b", "allocationId": "f"}])], "16.43"),
    "one without public IPv4 addresses": ([declared(subnets=["a"], ipAddressType="dualstack-without-public-ipv4")], "16.43"),
    "a declared classic balancer": ([declared(CLASSIC, internal=True)], "18.25"),
    "one that is only read": ([replace(declared(subnets=["a"]), external=True)], "0.00"),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "expected"), CASES.values(), ids=CASES)
def test_a_balancer_costs_its_hours_and_its_public_addresses(resources: list[Resource], expected: str) -> None:
    found = in_virginia(*PUBLIC, *resources)
    assert str(found.total) == expected
    assert found.lacks == ()


MISSING = {
    "zones that the stack does not make": ([service()], "how many there are of addresses of payments/web"),
    "subnets that are not known yet": ([declared(subnets=Unknown())], "how many there are of addresses of declared"),
    "a Gateway of another controller": (gateway("example.com/other"), "what makes Gateway payments/web reachable"),
    "a gateway balancer": ([declared(loadBalancerType="gateway", subnets=["a"])], "gateway load balancer in us-east-1"),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "lacks"), MISSING.values(), ids=MISSING)
def test_what_is_not_known_of_a_balancer_is_said(resources: list[Resource], lacks: str) -> None:
    assert lacks in in_virginia(*resources).lacks


def nodes(subnets: list[Resource], interface: dict[str, str] | None = None) -> list[Resource]:
    template, made = group("general", least=2, most=3)
    if interface is not None:
        template = changed(template, networkInterfaces=[interface])
    dependencies = {**made.property_dependencies, "subnetIds": tuple(each.urn for each in subnets)}
    return [*subnets, template, replace(made, property_dependencies=dependencies)]


WITH, WITHOUT = subnet("us-east-1a", mapPublicIpOnLaunch=True), subnet("us-east-1b")


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (nodes([WITHOUT]), None),
        (nodes([WITH]), (2, 3)),
        (nodes([WITH], {"associatePublicIpAddress": "false"}), None),
        (nodes([WITHOUT], {"associatePublicIpAddress": "true"}), (2, 3)),
    ],
)
def test_each_node_in_public_subnets_has_an_address(
    resources: list[Resource], expected: tuple[int, int] | None
) -> None:
    found = [line for line in in_virginia(*resources).lines if line.kind == "public IPv4 addresses"]
    assert [(line.least, line.most, float(line.unit_usd)) for line in found] == (
        [(*expected, 3.65)] if expected else []
    )


def test_of_nodes_in_public_and_private_subnets_nobody_knows_how_many_have_an_address() -> None:
    assert "how many nodes of general have a public address" in in_virginia(*nodes([WITH, WITHOUT])).lacks


def test_the_addresses_of_a_teams_balancer_are_the_teams() -> None:
    assert str(in_virginia(*PUBLIC, service()).teams["payments"]) == "25.55"


def test_a_group_whose_subnets_stand_elsewhere_has_no_addresses() -> None:
    assert not [line for line in in_virginia(node_group()).lines if line.kind == "public IPv4 addresses"]
