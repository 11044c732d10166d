"""Whatever of the table is weakened in a stack of ours is told; what is tightened, or written in another order, is not."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roadstead.tool.review.protection.mutations import Spot, spots
from tests.roadstead.tool.review.protection.properties import graphs

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.rules import admission, network, protection, workload

WEAKER = [(spot, value) for spot in spots() for value in spot.weaker]
STRONGER = [(spot, value) for spot in spots() for value in spot.stronger]
BY_ROW: dict[int, list[tuple[Spot, Any]]] = {}
for each in WEAKER:
    BY_ROW.setdefault(id(each[0].row), []).append(each)


def told(base: Graph, head: Graph) -> list[Finding]:
    diff = compare(base.stack, base, head)
    said = [*protection.findings(diff), *network.findings(diff), *workload.findings(diff)]
    kept = (*protection.IDS, *network.IDS, workload.EXPOSED)
    return [each for each in said if isinstance(each, Finding) and each.rule in kept]


def refused(base: Graph, head: Graph) -> list[Finding]:
    """Pods that come up nowhere: that they would also have fewer bounds is not said."""
    said = admission.findings(compare(base.stack, base, head))
    return [each for each in said if isinstance(each, Finding) and each.rule == admission.POD_SECURITY]


def base_of(spot: Spot) -> Graph:
    return replace(spot.graph, resources={**spot.graph.resources, spot.resource.urn: spot.resource})


@settings(max_examples=300)
@given(st.sampled_from([*BY_ROW.values()]).flatmap(st.sampled_from))
def test_a_random_weakening_is_told(weakened: tuple[Spot, Any]) -> None:
    spot, value = weakened
    base, head = base_of(spot), spot.with_value(value)
    there = [each for each in told(base, head) if each.rule == spot.row.id] or refused(base, head)
    assert [each.resource for each in there] == [spot.resource.urn], f"{spot.row.paths} {spot.address}: {value}"


@settings(max_examples=150)
@given(st.sampled_from(STRONGER))
def test_a_random_tightening_is_called_weaker_by_nobody(tightened: tuple[Spot, Any]) -> None:
    spot, value = tightened
    assert told(base_of(spot), spot.with_value(value)) == [], f"{spot.row.paths} {spot.address}: {value}"


def turned(value: Any) -> Any:
    """A value with its keys and lists in the other order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in reversed(value)] if isinstance(value, list) else value


def test_another_order_of_keys_and_of_lists_that_are_sets_weakens_nothing() -> None:
    for graph in graphs():
        head = {urn: replace(made, inputs=turned(made.inputs)) for urn, made in graph.resources.items()}
        assert told(graph, replace(graph, resources=head)) == []


def test_most_rows_are_tried_on_stacks_of_ours() -> None:
    assert len(BY_ROW) >= 45
