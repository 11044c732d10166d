from fractions import Fraction

import pytest
from tests.roadstead.tool.review.reports.samples import extra

from roadstead.core.quantities import Amount
from roadstead.tool.review.access.matrix import Cell
from roadstead.tool.review.capacity.plan import Bar
from roadstead.tool.review.reports.page import Allowed, Extra, Measure, measures, rights, rows

GIB = 2**30


@pytest.mark.parametrize(
    ("taken", "room", "expected"),
    [
        (
            (1, 1, 11),
            (4, 8, 110),
            [("1.0 of 4.0 cores", 25, False), ("1.0 of 8.0 GiB", 12, False), ("11 of 110 pods", 10, False)],
        ),
        (
            (5, 8, 1),
            (4, 8, 0),
            [("5.0 of 4.0 cores", 100, True), ("8.0 of 8.0 GiB", 100, False), ("1 of 0 pods", 100, True)],
        ),
        (
            (0, 0, 0),
            (0, 0, 0),
            [("0.0 of 0.0 cores", 0, False), ("0.0 of 0.0 GiB", 0, False), ("0 of 0 pods", 0, False)],
        ),
    ],
    ids=["room to spare", "too full", "nothing"],
)
def test_a_bar_says_how_much_is_taken_and_what_is_too_much(
    taken: tuple[int, int, int], room: tuple[int, int, int], expected: list[tuple[str, int, bool]]
) -> None:
    amounts = [Amount(Fraction(cpu), Fraction(memory * GIB), pods) for cpu, memory, pods in (taken, room)]
    assert measures(Bar("a", *amounts)) == [Measure(*measure) for measure in expected]


def test_the_matrix_says_what_is_new_and_what_is_gone() -> None:
    admin, developer = rows(extra())
    assert not admin.is_changed
    assert developer.is_changed
    assert developer.allowed == {
        "exec": Allowed([], [], ["payments"]),
        "read secrets": Allowed([], ["payments"], []),
    }


def test_the_columns_are_the_rights_that_anybody_has_or_had() -> None:
    assert rights(extra()) == ["deploy", "exec", "read secrets", "administer"]
    assert rights(Extra(may_now=frozenset({Cell("a", "juggle", "", "x"), Cell("a", "pull", "", "x")}))) == [
        "pull",
        "juggle",
    ]
