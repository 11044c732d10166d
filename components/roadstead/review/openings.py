"""What of a stack can be reached from outside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from roadstead.offline.graph import Graph, Resource
from roadstead.review.finding import Severity
from roadstead.review.workloads import Body, containers, declared, objects

ANYWHERE = ("0.0.0.0/0", "::/0")
ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
"""Of the Gateway API: what is behind a gateway that is there already."""


class Opening(NamedTuple):
    """Something that the internet or another network can reach."""

    resource: Resource
    what: str
    severity: Severity = Severity.WARNING
    keys: tuple[str, ...] = ()


def openings(graph: Graph) -> Iterator[Opening]:
    """Everything of a stack that can be reached from outside the cluster, or that its own network policies let in."""
    for cluster in graph.of_type("aws:eks/cluster:Cluster"):
        network = cluster.inputs.get("vpcConfig") or {}
        # Without a list EKS lets everybody in.
        for cidr in (network.get("publicAccessCidrs") or ANYWHERE[:1]) if network.get("endpointPublicAccess") else []:
            what = f"The API server of {cluster.inputs.get('name', cluster.name)} answers to {cidr}"
            yield Opening(cluster, what, _severity([cidr]), ("public_access_cidrs",))
    for resource, body in objects(graph, "Ingress", "Gateway", "Service", "NetworkPolicy", *ROUTES):
        yield from _of_object(resource, body)
    for workload in declared(graph):
        ports = [
            port["hostPort"]
            for container in containers(workload)
            for port in container.get("ports") or []
            if port.get("hostPort")
        ]
        if ports or workload.pod.get("hostNetwork"):
            yield Opening(workload.resource, f"{workload} listens on the network of its node")
    for made in graph.of_type("aws:lb/loadBalancer:LoadBalancer"):
        if not made.inputs.get("internal"):
            yield Opening(made, f"Load balancer {made.name} answers to the internet")
    for made in graph.of_type("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"):
        if made.inputs.get("publiclyAccessible"):
            yield Opening(made, f"Database {made.name} has an address on the internet")
    yield from _security_groups(graph)


def _of_object(resource: Resource, body: Body) -> Iterator[Opening]:
    metadata, kind, spec = body["metadata"], body["kind"], body.get("spec") or {}
    name = f"{kind} {metadata.get('namespace', 'default')}/{metadata.get('name', resource.name)}"
    if kind in ("Ingress", "Gateway"):
        hosts = [rule["host"] for rule in spec.get("rules") or [] if "host" in rule]
        yield Opening(resource, f"{name} takes requests from outside the cluster{_for(hosts)}")
    if kind in ROUTES:
        yield Opening(resource, f"{name} leads from a gateway into the cluster{_for(spec.get('hostnames') or [])}")
    if kind == "Service" and spec.get("type") in ("LoadBalancer", "NodePort"):
        yield Opening(resource, f"{name} takes connections from outside the cluster ({spec['type']})")
    if kind == "NetworkPolicy" and any(_is_from_anywhere(rule) for rule in spec.get("ingress") or []):
        yield Opening(resource, f"{name} lets connections in from anywhere")


def _for(hosts: Sequence[str]) -> str:
    return f" for {', '.join(hosts)}" if hosts else ""


def _is_from_anywhere(rule: Body) -> bool:
    """Whether a rule of a network policy names nobody, or everybody."""
    peers = rule.get("from") or []
    return not peers or any((peer.get("ipBlock") or {}).get("cidr") in ANYWHERE for peer in peers)


def _security_groups(graph: Graph) -> Iterator[Opening]:
    for made in graph.of_type(
        "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    ):
        for rule in made.inputs.get("ingress") or []:
            yield from _of_rule(made, rule, [*(rule.get("cidrBlocks") or []), *(rule.get("ipv6CidrBlocks") or [])])
    for made in graph.of_type("aws:ec2/securityGroupRule:SecurityGroupRule"):
        if made.inputs.get("type") == "ingress":
            cidrs = [*(made.inputs.get("cidrBlocks") or []), *(made.inputs.get("ipv6CidrBlocks") or [])]
            yield from _of_rule(made, made.inputs, cidrs)
    for made in graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        cidrs = [made.inputs[key] for key in ("cidrIpv4", "cidrIpv6") if made.inputs.get(key)]
        yield from _of_rule(made, made.inputs, cidrs)


def _of_rule(made: Resource, rule: Mapping[str, object], cidrs: list[str]) -> Iterator[Opening]:
    if set(cidrs) & set(ANYWHERE):
        ports = f"{rule.get('fromPort', 0)} to {rule.get('toPort', 65535)}"
        yield Opening(made, f"Security group rule {made.name} lets the whole internet in on ports {ports}")


def _severity(cidrs: Sequence[str]) -> Severity:
    return Severity.ERROR if set(cidrs) & set(ANYWHERE) else Severity.WARNING
