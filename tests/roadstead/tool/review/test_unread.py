"""Whatever of a stack is hidden, malformed or gone, our rules say what they still can, and of the rest that they cannot."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.graphs import deployment, kubernetes, namespace, node_group

from roadstead.tool.offline.graph import Graph, Secret, Unknown
from roadstead.tool.review.capacity.plan import group_bars, plan, team_bars
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.rules import capacity, spot, upgrade, workload
from roadstead.tool.review.views.workload import workloads

RULES = (capacity.findings, spot.findings, workload.findings, upgrade.findings, upgrade.rule_towards("1.37"))
GONE = object()
VALUES: tuple[Any, ...] = (
    Unknown(),
    Secret.of(1),
    GONE,
    None,
    True,
    -1,
    3.5,
    "",
    "x",
    "[unknown]",
    "{",
    [],
    {},
    [None],
    {"a": {}},
)
PLANTED = (
    namespace("planted", team="planted"),
    node_group("planted", spot=True),
    deployment("planted", namespace="planted", cpu="900", container={"image": "nginx", "livenessProbe": None}),
    kubernetes("PodDisruptionBudget", "planted", "planted", spec={"selector": {}, "maxUnavailable": 0}),
)
"""With them come findings about things that nobody hides."""
FOR_SURE = {"workload/image-not-pinned", "workload/no-probe", "workload/budget-blocks-drain", "spot/too-few-types"}
"""What depends on them alone."""


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield from paths(item, (*path, key))


def mangled(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """The value with another one, or nothing, at a path."""
    if not path:
        return by
    key, *rest = path
    entries = dict(value.items() if isinstance(value, Mapping) else enumerate(value))
    entries[key] = mangled(entries[key], tuple(rest), by)
    left = {key: item for key, item in entries.items() if item is not GONE}
    return left if isinstance(value, Mapping) else list(left.values())


def mangled_stack(whole: Graph, seed: int) -> Graph:
    """A stack of which some values are not as they were."""
    random, resources = Random(seed), dict(whole.resources)
    for urn in random.sample(sorted(resources), random.randint(1, 6)):
        made = resources[urn]
        field = random.choice(["inputs", "inputs", "inputs", "computed"])
        there = list(paths(getattr(made, field)))
        if there:
            changed = mangled(getattr(made, field), random.choice(there), random.choice(VALUES))
            resources[urn] = replace(made, **{field: changed})
    return replace(whole, resources={**resources, **{made.urn: made for made in PLANTED}})


def said_of(graph: Graph) -> tuple[set[Finding], set[str]]:
    """What is found, and the ids that are not decided."""
    diff = StackDiff(graph.stack, None, graph, (), is_compared=False)
    said = [each for rule in RULES for each in rule(diff)]
    return (
        {each for each in said if isinstance(each, Finding)},
        {id_ for each in said if not isinstance(each, Finding) for id_ in each.rules},
    )


SEEDS = st.integers(0, 2**32)
UNSHRUNK = settings(max_examples=100, phases=[Phase.generate])
"""A seed does not get simpler by getting smaller."""


@UNSHRUNK
@given(seed=SEEDS)
def test_no_value_stops_a_rule_and_what_is_found_elsewhere_stays(seed: int, staging: Graph) -> None:
    hers = {made.urn for made in PLANTED}
    before, _ = said_of(replace(staging, resources={**staging.resources, **{made.urn: made for made in PLANTED}}))
    planted = {(finding.rule, finding.resource) for finding in before if finding.resource in hers}
    assert {rule for rule, _ in planted} >= {*FOR_SURE, "capacity/fits-no-node"}
    found, undecided = said_of(mangled_stack(staging, seed))
    lost = planted - {(finding.rule, finding.resource) for finding in found}
    assert {rule for rule, _ in lost} <= undecided - FOR_SURE


@UNSHRUNK
@given(seed=SEEDS)
def test_no_value_stops_what_the_page_and_the_bill_show_of_a_stack(seed: int, staging: Graph) -> None:
    graph = mangled_stack(staging, seed)
    assert "planted" in {bar.name for bar in group_bars(plan(graph))}
    team_bars(graph)
    assert "planted/planted" in {str(each) for each in workloads(graph)}
