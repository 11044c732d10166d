"""Whatever way in or out of pods is opened, closed or left to one gateway in a stack of ours is told."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roadstead.tool.review.protection.properties import graphs

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.rules import network, workload
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.review.views.workload import declared

EVERYBODY: tuple[dict[str, Any], ...] = (
    {"ipBlock": {"cidr": "0.0.0.0/0"}},
    {"ipBlock": {"cidr": "0.0.0.0/2"}},
    {"ipBlock": {"cidr": "::/0"}},
    {"namespaceSelector": {}},
    {"namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "Exists"}]}},
)
PORTS: tuple[dict[str, Any], ...] = ({}, {"ports": [{"port": 9}]}, {"ports": [{"port": 9, "protocol": "UDP"}]})
ROUTE = "aws:ec2/route:Route"


class Step(NamedTuple):
    """A stack, what becomes of it, and the rule that tells."""

    base: Graph
    head: Graph
    rule: str

    def __repr__(self) -> str:
        return f"{self.base.stack}: {[each.resource.name for each in compare(self.base.stack, self.base, self.head).changes]}"

    def told(self) -> set[str]:
        diff = compare(self.base.stack, self.base, self.head)
        said = [*network.findings(diff), *workload.findings(diff)]
        return {each.rule for each in said if isinstance(each, Finding)} - {workload.PROBE}


def put(graph: Graph, made: Resource, **inputs: Any) -> Graph:
    changed = replace(made, inputs={**made.inputs, **inputs})
    return replace(graph, resources={**graph.resources, made.urn: changed})


def without(graph: Graph, *gone: Resource) -> Graph:
    urns = {made.urn for made in gone}
    return replace(graph, resources={urn: made for urn, made in graph.resources.items() if urn not in urns})


def policies(graph: Graph) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    return ((made.resource, made.resource.inputs["spec"]) for made in objects_of(graph, "NetworkPolicy"))


@cache
def opened() -> list[Step]:
    found = []
    for graph in graphs():
        for made, spec in policies(graph):
            for way, peers, rule in (("egress", "to", network.ANYWHERE), ("ingress", "from", workload.EXPOSED)):
                if way.capitalize() in spec["policyTypes"] and {} not in spec.get(way, []):  # kube-system is open
                    for whom in EVERYBODY:
                        for ports in PORTS:
                            more = [*spec.get(way, []), {peers: [whom], **ports}]
                            found.append(Step(graph, put(graph, made, spec={**spec, way: more}), rule))
        for namespace in {made.inputs["metadata"]["namespace"] for made, _ in policies(graph)}:
            own = [made for made, _ in policies(graph) if made.inputs["metadata"]["namespace"] == namespace]
            found.append(Step(graph, without(graph, *own), network.OPEN))
    return found


def is_alone(graph: Graph, policy: Resource) -> bool:
    """Whether one app is in a namespace, which then has nobody beside it to call."""
    namespace = policy.inputs["metadata"]["namespace"]
    return len([each for each in declared(graph) if each.namespace == namespace]) < 2


@cache
def closed() -> list[Step]:
    found = []
    for graph in graphs():
        for made, spec in policies(graph):
            for way in ("egress", "ingress"):
                for number in range(len(spec.get(way, []))):
                    if made.name.endswith("-allow-same-namespace") and is_alone(graph, made):
                        continue
                    left = [rule for position, rule in enumerate(spec[way]) if position != number]
                    found.append(Step(graph, put(graph, made, spec={**spec, way: left}), network.CUT))
    return found


def gateways() -> list[Step]:
    found = []
    for graph in graphs():
        used = [made for made in graph.of_type(ROUTE) if made.inputs.get("natGatewayId")]
        for one in used if len({str(made.inputs["natGatewayId"]) for made in used}) > 1 else ():
            others = [made for made in used if made.inputs["natGatewayId"] != one.inputs["natGatewayId"]]
            head = put(graph, others[0], natGatewayId=one.inputs["natGatewayId"])
            found.append(Step(graph, head, network.NAT))
    return found


@settings(max_examples=150)
@given(st.sampled_from(opened()))
def test_a_way_that_is_opened_at_random_is_told(step: Step) -> None:
    assert step.rule in step.told()


@settings(max_examples=100)
@given(st.sampled_from(opened()))
def test_a_way_that_is_closed_to_everybody_opens_none(step: Step) -> None:
    assert not Step(step.head, step.base, "").told() - {network.CUT}


@settings(max_examples=100)
@given(st.sampled_from(closed()))
def test_a_rule_that_goes_at_random_is_told(step: Step) -> None:
    assert step.told() == {step.rule}
    assert not Step(step.head, step.base, "").told() & {network.CUT, network.OPEN}


def test_every_gateway_that_is_left_without_a_route_is_told() -> None:
    steps = gateways()
    assert steps
    assert [step.told() for step in steps] == [{network.NAT}] * len(steps)
