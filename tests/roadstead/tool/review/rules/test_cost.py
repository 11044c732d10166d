from dataclasses import replace
from datetime import date

from tests.graphs import diff as unpriced
from tests.graphs import graph, namespace, node_group, resource
from tests.roadstead.tool.review.rules.table import Case, found

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.cost.bill import cost
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.rules.cost import findings


def stack(*resources: Resource, region: str = "eu-west-1") -> Graph:
    return graph(resource("pulumi:providers:aws", "aws", {"region": region}), namespace(), *resources)


def diff(base: Graph | None, head: Graph | None) -> StackDiff:
    return replace(unpriced(base, head), cost=cost(base, head, date(2026, 11, 21)))


def nodes(least: int, most: int = 10, type_: str = "m7g.large") -> Graph:
    """Nodes of 66.43 USD a month each; their root volumes have no size, at the base as well."""
    return stack(node_group(least=least, most=most, instance_types=(type_,)))


def keys(number: int) -> Graph:
    return stack(*(resource("aws:kms/key:Key", f"k{n}", {}) for n in range(number)))


CASES = [
    # 66.43 of 1,328.60 is 5 %
    Case(
        "cost/increase",
        diff(nodes(20, 30), nodes(21, 30)),
        diff(nodes(21, 30), nodes(22, 30)),
        "test would cost 1,395.03 to 1,992.90 USD a month instead of 1,328.60 to 1,992.90, "
        "without the size of root volumes of general: platform +66.43 to 0.",
        Severity.NOTE,
    ),
    # 132.86 of 265.72 is half; 66.43 is less than 100 USD
    Case("cost/increase", diff(nodes(4), nodes(6)), diff(nodes(6), nodes(4)), "398.58 to 664.30", Severity.WARNING),
    Case("cost/increase", diff(nodes(4), nodes(5)), diff(None, nodes(5)), "332.15 to 664.30", Severity.NOTE),
    # the most alone: 20 nodes instead of 10
    Case("cost/increase", diff(nodes(1), nodes(1, 20)), diff(nodes(1), nodes(1)), "platform 0 to +664.30", Severity.WARNING),
    # 10 USD a month, and 9
    Case("cost/increase", diff(keys(1), keys(11)), diff(keys(1), keys(10)), "platform +10.00", Severity.NOTE),
    Case(
        "cost/missing-price",
        diff(nodes(1), nodes(1, type_="m9g.large")),
        diff(nodes(1, type_="m9g.large"), nodes(2, type_="m9g.large")),
        "test has nodes, on demand that are not counted: no price for m9g.large in eu-west-1.",
        Severity.NOTE,
    ),
]  # fmt: skip


def test_a_new_stack_and_one_that_goes_have_nothing_to_compare_with() -> None:
    assert list(findings(diff(None, nodes(9, type_="m9g.large")))) == []
    assert list(findings(diff(nodes(9), None))) == []


def test_an_increase_is_about_what_rises_most() -> None:
    more = [resource("aws:kms/key:Key", f"k{n}", {}) for n in range(30)]
    nat = resource("aws:ec2/natGateway:NatGateway", "nat", {})
    (increase,) = found(findings, diff(stack(), stack(*more, nat)), "cost/increase")
    assert increase.resource == nat.urn


def test_the_teams_that_cause_it_are_named_the_dearest_first() -> None:
    def of(team: str, number: int) -> list[Resource]:
        made = resource("roadstead:index:Team", team, {})
        return [made, *(resource("aws:kms/key:Key", f"{team}-{n}", {}, parent=made.urn) for n in range(number))]

    (increase,) = findings(diff(stack(*of("a", 1), *of("b", 1)), stack(*of("a", 6), *of("b", 21))))
    assert increase.what.endswith(": b +20.00, a +5.00.")


def test_what_both_revisions_cannot_price_is_no_finding() -> None:
    assert list(findings(diff(nodes(1), nodes(1)))) == []


def test_what_nobody_has_reckoned_is_not_compared() -> None:
    assert list(findings(unpriced(nodes(4), nodes(6)))) == []


def test_a_cluster_that_may_enter_extended_support_costs_more() -> None:
    def cluster(support: str) -> Graph:
        inputs = {"version": "1.33", "upgradePolicy": {"supportType": support}}
        return stack(resource("aws:eks/cluster:Cluster", "main", inputs))

    (increase,) = findings(diff(cluster("STANDARD"), cluster("EXTENDED")))
    assert increase.severity is Severity.WARNING
    assert "438.00 USD a month instead of 73.00" in increase.what
