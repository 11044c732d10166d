"""EBS volumes: their size, and the IOPS and throughput beyond what comes with them.

https://aws.amazon.com/ebs/pricing/
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from roadstead.core.quantities import parse
from roadstead.facts.prices import Kind
from roadstead.tool.offline.graph import Resource, plain
from roadstead.tool.review.cost.line import NOTHING_USD, VOLUMES, Line, Stack
from roadstead.tool.review.given import Body, annotations, mapping, spec, text
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.review.views.workload import STATEFUL_SET

EBS = "ebs.csi.aws.com"
GIB = 1024**3
INCLUDED = {"gp3": {"iops": 3000, "throughput": 125}, "io1": {"iops": 0}, "io2": {"iops": 0}}
"""Of the types that can have more of it: what the price of their size includes, in IOPS and MiB/s."""
FIRST_TIER_IOPS = 32_000
"""Up to here an IOPS of io2 has one price; further ones are cheaper, and the table has no price for them."""


def disk_lines(stack: Stack, resource: Resource, what: str, disk: Mapping[str, Any], default: str) -> Iterator[Line]:
    """A volume as the EC2 API describes it, under `volumeSize` or `size`, and `volumeType` or `type`."""
    size = disk.get("volumeSize", disk.get("size"))
    type_ = text(disk.get("volumeType", disk.get("type"))) or default
    yield from _volume(stack, resource, what, type_, Fraction(size) if isinstance(size, int) else None, disk)


def claim_lines(stack: Stack) -> Iterator[Line]:
    """Each claim once, and a StatefulSet's claims for each of its pods."""
    classes = {str(made.name): made.resource.plain_inputs for made in objects_of(stack.graph, "StorageClass")}
    for made in objects_of(stack.graph, "PersistentVolumeClaim"):
        yield from _claim(stack, classes, made.resource, str(made), made.resource.plain_inputs)
    for workload in stack.running:
        if workload.kind == STATEFUL_SET:
            for claim in workload.claims:
                for line in _claim(stack, classes, workload.resource, workload.what, plain(claim.place.value)):
                    yield line._replace(least=workload.least, most=workload.most)


def _claim(stack: Stack, classes: Mapping[str, Body], resource: Resource, what: str, claim: Body) -> Iterator[Line]:
    default = next((name for name, body in classes.items() if _is_default(body)), "")
    name = spec(claim).get("storageClassName", default)
    if name not in classes:
        lacks = (f"a volume of class {name or '(none)'}, which the stack does not declare",)
        yield Line(resource, VOLUMES, what, stack.team_of(resource), (), NOTHING_USD, lacks=lacks)
    elif classes[name].get("provisioner") == EBS:
        parameters, gib = mapping(classes[name].get("parameters")), _gib(claim)
        per_gib = _count(parameters.get("iopsPerGB"))
        if "iopsPerGB" in parameters and gib is not None and per_gib is not None:
            parameters = {**parameters, "iops": str(per_gib * gib)}
        yield from _volume(stack, resource, what, text(parameters.get("type")) or "gp3", gib, parameters)


def _volume(
    stack: Stack, resource: Resource, what: str, type_: str, gib: Fraction | None, given: Mapping[str, Any]
) -> Iterator[Line]:
    yield stack.line(resource, VOLUMES, what, Kind.FLAT, [f"ebs_{type_}"]).times(gib, f"the size of {what}")
    for key, included in INCLUDED.get(type_, {}).items():
        if given.get(key) is None:
            continue
        asked = _count(given[key])
        if asked is None or asked > included:
            label = f"{'IOPS' if key == 'iops' else key} of {what}"
            more = stack.line(resource, VOLUMES, label, Kind.FLAT, [f"ebs_{type_}_{key}"])
            if asked is not None and type_ == "io2" and asked > FIRST_TIER_IOPS:
                yield more.without(f"{label} above {FIRST_TIER_IOPS:,}")
            else:
                yield more.times(None if asked is None else asked - included, label)


def _count(given: Any) -> Fraction | None:
    """A number, as an API or a storage class writes it; nothing for what is not known."""
    try:
        return Fraction(given) if isinstance(given, int | str) else None
    except ValueError:
        return None


def _gib(claim: Body) -> Fraction | None:
    """Its size; EBS has whole GiB."""
    asked = mapping(mapping(spec(claim).get("resources")).get("requests")).get("storage")
    try:
        return Fraction(ceil(parse(str(asked)) / GIB))
    except ValueError:
        return None


def _is_default(body: Body) -> bool:
    return str(annotations(body).get("storageclass.kubernetes.io/is-default-class")).lower() == "true"
