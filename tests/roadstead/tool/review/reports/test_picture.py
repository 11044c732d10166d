from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roadstead.tool.review.reports.samples import DEPLOYMENT, GROUP, NAMESPACE, SUBNET, diff, environment
from tests.roadstead.tool.review.strategies import VALUES, graph, resource

from roadstead.tool.offline.graph import Secret, Unknown
from roadstead.tool.review.change import Kind, StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.reports.picture import CLUSTER, VPC, Box, Picture, Run, picture


def boxes(drawn: Picture) -> dict[str, Box]:
    found = [*drawn.networks, *drawn.clusters, *(band.box for band in drawn.groups)]
    found += [box for subnets in drawn.subnets.values() for box in subnets]
    found += [box for place in drawn.places for box in (place.box, *place.runs)]
    return {box.name: box for box in found}


def test_an_environment_that_stays_as_it_is_is_drawn_without_a_mark() -> None:
    drawn = picture(diff({}))
    assert [(box.name, box.about) for box in drawn.networks] == [("net", "10.0.0.0/16")]
    assert list(drawn.subnets) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert [(box.name, box.about) for box in drawn.clusters] == [("main", "Kubernetes 1.36")]
    assert [(place.team, place.box.name, [box.name for box in place.runs]) for place in drawn.places] == [
        ("platform", "kube-system", ["dns"]),
        ("payments", "payments", ["api", "worker"]),
    ]
    assert {box.kind for box in boxes(drawn).values()} == {None}


def test_a_node_group_lies_across_the_zones_of_its_subnets() -> None:
    general, spot = picture(diff({})).groups
    assert (general.box.about, general.runs) == ("on demand, 1 to 4 nodes, m7g.large", (Run(3, True),))
    assert spot.box.about == "spot, 1 to 4 nodes, m7g.large and 2 more types"
    assert spot.runs == (Run(1, True), Run(1, False), Run(1, True))


BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"


@pytest.mark.parametrize(
    ("change", "box", "kind"),
    [
        ({f"{DEPLOYMENT} payments.api": {"spec": {"image": "api:2"}}}, "api", Kind.UPDATE),
        ({f"{DEPLOYMENT} payments.worker": None}, "worker", Kind.DELETE),
        ({f"{BUDGET} payments.api": None}, "api", Kind.UPDATE),
        ({f"{BUDGET} payments.api": None}, "worker", None),
        ({f"{SUBNET} private-c": {"cidrBlock": "10.0.9.0/24"}}, "10.0.9.0/24", Kind.REPLACE),
        ({f"{SUBNET} private-c": {"cidrBlock": "10.0.9.0/24"}}, "10.0.0.0/24", None),
        ({f"{GROUP} spot": {"instanceTypes": ["m7g.large"]}}, "spot", Kind.REPLACE),
        ({f"{GROUP} spot": {"instanceTypes": ["m7g.large"]}}, "general", None),
        ({f"{NAMESPACE} .payments": None, f"{DEPLOYMENT} payments.worker": None}, "payments", Kind.DELETE),
    ],
)
def test_what_changes_is_marked(change: Mapping[str, Mapping[str, Any] | None], box: str, kind: Kind | None) -> None:
    assert boxes(picture(diff(change)))[box].kind is kind


def test_a_mark_leads_to_the_change_that_it_is_for() -> None:
    there = diff({f"{BUDGET} payments.api": None})
    assert boxes(picture(there))["api"].urn == there.changes[0].resource.urn


def test_a_removed_stack_is_drawn_as_it_was() -> None:
    there = environment()
    drawn = boxes(picture(compare("test", there, None)))
    assert {"net", "main", "general", "payments", "api"} <= drawn.keys()
    assert {box.kind for name, box in drawn.items() if name != "kube-system"} == {Kind.DELETE}


INPUTS = st.dictionaries(
    st.sampled_from(
        ["metadata", "name", "version", "cidrBlock", "availabilityZone", "subnetIds", "scalingConfig", "instanceTypes"]
    ),
    VALUES,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(INPUTS, min_size=6, max_size=6))
def test_whatever_stands_in_the_inputs_there_is_a_box_for_each(inputs: list[dict[str, Any]]) -> None:
    types = [VPC, SUBNET, CLUSTER, GROUP, NAMESPACE, DEPLOYMENT]
    drawn = picture(StackDiff("test", None, graph(*map(resource, types, types, inputs)), ()))
    assert (len(drawn.networks), len(drawn.clusters), len(drawn.groups)) == (1, 1, 1)
    assert [len(subnets) for subnets in drawn.subnets.values()] == [1]
    assert sum(len(place.runs) for place in drawn.places) == 1


def test_values_that_are_unknown_or_secret_are_drawn_as_such() -> None:
    there = graph(
        resource(SUBNET, "a", {"availabilityZone": Unknown(), "cidrBlock": Secret.of("10.0.0.0/8")}),
        resource(GROUP, "g", {"subnetIds": Unknown(), "scalingConfig": Unknown(), "instanceTypes": Unknown()}),
    )
    drawn = picture(StackDiff("test", there, there, ()))
    assert [(zone, [box.name for box in found]) for zone, found in drawn.subnets.items()] == [
        ('"[unknown]"', ['"[secret]"'])
    ]
    assert [(band.box.about, band.runs) for band in drawn.groups] == [("on demand", (Run(1, True),))]
