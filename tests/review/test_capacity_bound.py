"""What is said to fit in any order does fit in every one that is tried."""

from tests.cluster.clusters import cluster

from roadstead.cluster.capacity import allocatable
from roadstead.review.capacity.bound import fits_in_any_order
from roadstead.review.capacity.plan import Plan, plan
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
        assert not any(schedule(empty(planned), planned.demands, seed).left for seed in range(ORDERS))
