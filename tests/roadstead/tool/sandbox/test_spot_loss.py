import pytest

from roadstead.tool.sandbox.spot_loss import chosen


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0.0, []), (0.01, ["a"]), (0.5, ["a", "b"]), (0.67, ["a", "b", "c"]), (1.0, ["a", "b", "c"])],
)
def test_a_fraction_of_the_nodes_goes_rounded_up(fraction: float, expected: list[str]) -> None:
    assert chosen(["c", "a", "b"], fraction) == expected


def test_a_third_of_three_is_one_however_the_fraction_is_written() -> None:
    assert len(chosen(["a", "b", "c"], 1 / 3)) == 1
