import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils.quantity import parse_quantity

from roadstead.quantities import Amount, cpu, cpu_problems, memory, memory_problems, parse

SUFFIXES = ["", "m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"]


@given(st.integers(0, 10**9), st.sampled_from(SUFFIXES))
def test_quantities_mean_what_kubernetes_own_client_says(number: int, suffix: str) -> None:
    assert parse(f"{number}{suffix}") == Fraction(parse_quantity(f"{number}{suffix}"))


@given(st.integers(1, 10**7))
def test_cpu_is_written_so_that_it_reads_the_same(thousandths: int) -> None:
    assert parse(cpu(parse(f"{thousandths}m"))) == parse(f"{thousandths}m")


@given(st.integers(0, 2**45))
def test_memory_is_written_so_that_it_reads_the_same(size: int) -> None:
    assert parse(memory(parse(str(size)))) == size


@given(st.text(max_size=8))
def test_any_text_is_a_quantity_or_one_problem(text: str) -> None:
    for check in (cpu_problems, memory_problems):
        found = check("cpu", text)
        assert len(found) <= 1
        if not found:
            assert parse(text) > 0


@pytest.mark.parametrize(("text", "written"), [("1500m", "1500m"), ("2000m", "2"), ("0.1", "100m"), ("0.0001", "1m")])
def test_cpu_is_written_as_kubernetes_writes_it(text: str, written: str) -> None:
    assert cpu(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "written"), [("1024Mi", "1Gi"), ("1500Mi", "1500Mi"), ("1000", "1000"), ("2Ti", "2Ti")]
)
def test_memory_is_written_in_the_largest_unit_that_divides_it(text: str, written: str) -> None:
    assert memory(parse(text)) == written


@pytest.mark.parametrize("text", ["", "1x", "-1", "1e3", "one", "1 Gi", "Gi", "1.2.3"])
def test_what_is_no_quantity_cannot_be_parsed(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse(text)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(1, 5))
def test_amounts_add_up(cores: int, size: int, pods: int, times: int) -> None:
    one = Amount(Fraction(cores), Fraction(size), pods)
    total = Amount(Fraction(0), Fraction(0), 0)
    for _ in range(times):
        total = total.plus(one)
    assert total == one.times(times)
    assert one.fits(total)
