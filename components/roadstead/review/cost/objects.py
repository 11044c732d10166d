"""The Kubernetes objects of a stack for which AWS asks money: balancers and volumes."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil

from roadstead.facts.prices import Kind
from roadstead.offline.graph import Resource
from roadstead.quantities import parse
from roadstead.review.cost.line import BALANCERS, NOTHING_USD, VOLUMES, Line, Stack
from roadstead.review.workloads import STATEFUL_SET, Body, objects

EBS = "ebs.csi.aws.com"
GIB = 1024**3
ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-type"
ALB, GROUP = "alb", "alb.ingress.kubernetes.io/group.name"


def object_lines(stack: Stack) -> Iterator[Line]:
    """What the stack's objects make AWS make."""
    yield from _services(stack)
    yield from _ingresses(stack)
    yield from _claims(stack)


def _services(stack: Stack) -> Iterator[Line]:
    for resource, body in objects(stack.graph, "Service"):
        if body["spec"].get("type") == "LoadBalancer":
            asked = f"{body['spec'].get('loadBalancerClass', '')} {_annotations(body).get(ANNOTATION, '')}"
            kind = "network" if "nlb" in asked or "external" in asked else "classic"
            yield stack.line(resource, BALANCERS, _name(body), Kind.FLAT, [f"{kind}_load_balancer"])


def _ingresses(stack: Stack) -> Iterator[Line]:
    """A balancer for each Ingress of class alb; those of one group share theirs, and the first in the graph has it."""
    shared: set[str] = set()
    for resource, body in objects(stack.graph, "Ingress"):
        class_ = body["spec"].get("ingressClassName") or _annotations(body).get("kubernetes.io/ingress.class")
        group = _annotations(body).get(GROUP, "")
        if class_ == ALB and group not in shared:
            shared |= {group} - {""}
            yield stack.line(resource, BALANCERS, _name(body), Kind.FLAT, ["application_load_balancer"])


def _claims(stack: Stack) -> Iterator[Line]:
    """Each claim once, and a StatefulSet's claims for each of its pods."""
    classes = {body["metadata"]["name"]: body for _, body in objects(stack.graph, "StorageClass")}
    for resource, body in objects(stack.graph, "PersistentVolumeClaim"):
        yield from _volume(stack, classes, resource, _name(body), body)
    for workload in stack.running:
        if workload.kind == STATEFUL_SET:
            for claim in workload.claims:
                for line in _volume(stack, classes, workload.resource, str(workload), claim):
                    yield line._replace(least=workload.least, most=workload.most)


def _volume(stack: Stack, classes: Mapping[str, Body], resource: Resource, what: str, claim: Body) -> Iterator[Line]:
    default = next((name for name, body in classes.items() if _is_default(body)), "")
    name = claim["spec"].get("storageClassName", default)
    if name not in classes:
        lacks = (f"a volume of class {name or '(none)'}, which the stack does not declare",)
        yield Line(resource, VOLUMES, what, stack.team_of(resource), (), NOTHING_USD, lacks=lacks)
    elif classes[name].get("provisioner") == EBS:
        type_ = (classes[name].get("parameters") or {}).get("type", "gp3")
        yield stack.line(resource, VOLUMES, what, Kind.FLAT, [f"ebs_{type_}"]).sized(_gib(claim))


def _gib(claim: Body) -> Fraction | None:
    """Its size; EBS has whole GiB."""
    asked = ((claim["spec"].get("resources") or {}).get("requests") or {}).get("storage")
    try:
        return Fraction(ceil(parse(str(asked)) / GIB))
    except ValueError:
        return None


def _is_default(body: Body) -> bool:
    return str(_annotations(body).get("storageclass.kubernetes.io/is-default-class")).lower() == "true"


def _annotations(body: Body) -> Mapping[str, str]:
    return body["metadata"].get("annotations") or {}


def _name(body: Body) -> str:
    return f"{body['metadata'].get('namespace', 'default')}/{body['metadata'].get('name', '')}"
