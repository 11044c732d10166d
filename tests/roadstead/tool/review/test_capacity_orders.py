"""What is said to fit does so in whatever order the pods come."""

from collections import Counter

import pytest
from tests.cluster.clusters import cluster

from roadstead.cluster.capacity import allocatable
from roadstead.tool.review.capacity.bound import fits_in_any_order
from roadstead.tool.review.capacity.plan import Plan, plan, unplaced
from roadstead.tool.review.capacity.pods import Filled, pods_of
from roadstead.tool.review.capacity.scheduling import schedule

CLUSTERS, ORDERS = 300, 10


def empty(planned: Plan) -> list[Filled]:
    return [Filled.of(node, allocatable(node.instance)) for node in planned.nodes]


def is_sure(planned: Plan) -> bool:
    nodes = empty(planned)
    return fits_in_any_order(nodes, planned.demands, pods_of(planned.demands, nodes))


def left(planned: Plan, seed: int) -> Counter[str]:
    nodes = empty(planned)
    return schedule(nodes, planned.demands, pods_of(planned.demands, nodes), seed)


def test_no_order_leaves_out_a_pod_of_what_fits_in_any() -> None:
    sure = [planned for planned in map(plan, map(cluster, range(CLUSTERS))) if is_sure(planned)]
    assert len(sure) > CLUSTERS // 10
    for planned in sure:
        assert not any(left(planned, seed) for seed in range(ORDERS))


@pytest.mark.parametrize("number", [74, 136, 225])
def test_what_only_a_few_orders_leave_out_is_found(number: int) -> None:
    planned = plan(cluster(number))
    by_chance = [bool(left(planned, seed)) for seed in range(4, 500, 5)]
    assert sum(by_chance) < len(by_chance) / 2
    assert unplaced(planned)
