"""What is said to fit does so in whatever order the pods come."""

import pytest
from tests.cluster.clusters import cluster

from roadstead.cluster.capacity import allocatable
from roadstead.review.capacity.bound import fits_in_any_order
from roadstead.review.capacity.plan import Plan, plan, unplaced
from roadstead.review.capacity.pods import Filled
from roadstead.review.capacity.scheduling import schedule

CLUSTERS, ORDERS = 300, 10


def empty(planned: Plan) -> list[Filled]:
    return [Filled.of(node, allocatable(node.instance)) for node in planned.nodes]


def test_no_order_leaves_out_a_pod_of_what_fits_in_any() -> None:
    sure = [
        planned
        for planned in map(plan, map(cluster, range(CLUSTERS)))
        if fits_in_any_order(empty(planned), planned.demands)
    ]
    assert len(sure) > CLUSTERS // 10
    for planned in sure:
        assert not any(schedule(empty(planned), planned.demands, seed) for seed in range(ORDERS))


@pytest.mark.parametrize("number", [74, 136, 225])
def test_what_only_a_few_orders_leave_out_is_found(number: int) -> None:
    planned = plan(cluster(number))
    by_chance = [bool(schedule(empty(planned), planned.demands, seed)) for seed in range(4, 500, 5)]
    assert sum(by_chance) < len(by_chance) / 2
    assert unplaced(planned)
