"""Load balancers, declared or made for Services, Ingresses and Gateways, and their public addresses.

https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/
"""

from collections.abc import Iterator

from roadstead.facts.prices import Kind
from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.cost.line import ADDRESSES, BALANCERS, NOTHING_USD, Line, Stack, depending
from roadstead.tool.review.given import annotations, mapping, spec, text
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.reading import Place

DECLARED = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
)
APPLICATION, NETWORK, CLASSIC = "application", "network", "classic"
OF_SERVICE = "service.beta.kubernetes.io/aws-load-balancer-"
OF_INGRESS = "alb.ingress.kubernetes.io/"
PUBLIC = "internet-facing"
ALB = "alb"
GATEWAYS = {"gateway.k8s.aws/alb": APPLICATION, "gateway.k8s.aws/nlb": NETWORK}
"""By the controller of a gateway's class, what it makes."""
SUBNET, SUBNET_ROLE = "aws:ec2/subnet:Subnet", "kubernetes.io/role/elb"


def balancer_lines(stack: Stack) -> Iterator[Line]:
    """Every balancer by the hour; a public one has an address in each of its zones."""
    for made in stack.graph.of_type(*DECLARED):
        if not made.external:
            place = Place.of(made)
            deciding = (
                place.at("loadBalancerType").text(),
                place.at("internal").boolean(),
                place.at("ipAddressType").text(),
            )
            yield from depending(_declared(stack, made), *deciding)
    for service in objects_of(stack.graph, "Service"):
        if spec(service.resource.plain_inputs).get("type") == "LoadBalancer":
            yield from _of_service(stack, service)
    yield from _of_ingresses(stack)
    yield from _of_gateways(stack)


def _declared(stack: Stack, made: Resource) -> Iterator[Line]:
    is_classic = made.type == DECLARED[-1]
    type_ = CLASSIC if is_classic else text(made.inputs.get("loadBalancerType")) or APPLICATION
    yield _balancer(stack, made, made.name, type_)
    without = text(made.inputs.get("ipAddressType")) == "dualstack-without-public-ipv4"
    if made.inputs.get("internal") is not True and not without and type_ != "gateway":
        yield _addresses(stack, made, made.name, _zones(made))


def _zones(made: Resource) -> int | None:
    """In how many zones a declared balancer takes an address of AWS's; elastic ones are counted where they are made."""
    given = [made.inputs.get(key) for key in ("subnetMappings", "subnets", "availabilityZones")]
    known = next((value for value in given if value), None)
    if not isinstance(known, list):
        return None
    return sum(not mapping(subnet).get("allocationId") for subnet in known)


def _of_service(stack: Stack, service: KubernetesObject) -> Iterator[Line]:
    resource, body = service.resource, service.resource.plain_inputs

    def said(name: str) -> str:
        return str(annotations(body).get(f"{OF_SERVICE}{name}", ""))

    class_, type_ = text(spec(body).get("loadBalancerClass")), said("type")
    kind = NETWORK if "nlb" in f"{class_} {type_}" or type_ == "external" else CLASSIC
    yield _balancer(stack, resource, str(service), kind)
    # The controller in Kubernetes itself makes public ones, the one that AWS writes makes internal ones.
    is_old = not class_ and type_ in ("", "nlb")
    is_public = said("scheme") == PUBLIC or (is_old and not said("scheme") and said("internal") != "true")
    if is_public and not said("eip-allocations"):
        yield _addresses(stack, resource, str(service), _named_zones(said("subnets")) or _public_zones(stack))


def _of_ingresses(stack: Stack) -> Iterator[Line]:
    """A balancer for each Ingress of class alb; those of one group share theirs, and the first in the graph has it."""
    shared: set[str] = set()
    for made in objects_of(stack.graph, "Ingress"):
        body, said = made.resource.plain_inputs, annotations(made.resource.plain_inputs)
        class_ = spec(body).get("ingressClassName") or said.get("kubernetes.io/ingress.class")
        group = text(said.get(f"{OF_INGRESS}group.name"))
        if class_ == ALB and group not in shared:
            shared |= {group} - {""}
            yield _balancer(stack, made.resource, str(made), APPLICATION)
            if said.get(f"{OF_INGRESS}scheme") == PUBLIC:
                zones = _named_zones(text(said.get(f"{OF_INGRESS}subnets"))) or _public_zones(stack)
                yield _addresses(stack, made.resource, str(made), zones)


def _of_gateways(stack: Stack) -> Iterator[Line]:
    """A balancer for each Gateway of a class that AWS's controller has; internal ones, unless a configuration says more."""
    classes = {str(made.name): spec(made.resource.plain_inputs) for made in objects_of(stack.graph, "GatewayClass")}
    for made in objects_of(stack.graph, "Gateway"):
        class_ = text(spec(made.resource.plain_inputs).get("gatewayClassName"))
        controller = classes.get(class_, {}).get("controllerName")
        if controller in GATEWAYS:
            yield _balancer(stack, made.resource, str(made), GATEWAYS[controller])
        else:
            what = f"what makes Gateway {made} reachable"
            yield Line(made.resource, BALANCERS, what, stack.team_of(made.resource), (), NOTHING_USD, lacks=(what,))


def _balancer(stack: Stack, resource: Resource, what: str, type_: str) -> Line:
    return stack.line(resource, BALANCERS, what, Kind.FLAT, [f"{type_}_load_balancer"])


def _addresses(stack: Stack, resource: Resource, what: str, number: int | None) -> Line:
    line = stack.line(resource, ADDRESSES, f"addresses of {what}", Kind.FLAT, ["public_ipv4"])
    return line.numbered(number, number, line.what)


def _named_zones(subnets: str) -> int:
    return len([name for name in subnets.split(",") if name.strip()])


def _public_zones(stack: Stack) -> int | None:
    """The zones of the subnets that the controllers take for public balancers; nothing where the stack makes none."""
    zones = {
        zone
        for subnet in stack.graph.of_type(SUBNET)
        if SUBNET_ROLE in mapping(subnet.inputs.get("tags")) and (zone := text(subnet.inputs.get("availabilityZone")))
    }
    return len(zones) or None
