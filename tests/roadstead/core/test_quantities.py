import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils.quantity import parse_quantity

from roadstead.core.quantities import MOST, Amount, cpu, cpu_problems, memory, memory_problems, parse

SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
DIGITS = st.text("0123456789", min_size=1, max_size=6)
NUMBERS = st.one_of(
    DIGITS, st.builds("{}.{}".format, DIGITS, DIGITS), DIGITS.map("{}.".format), DIGITS.map(".{}".format)
)
EXPONENTS = st.builds("{}{}".format, st.sampled_from(["e", "E", "e-", "E+"]), st.integers(0, 30))
QUANTITIES = st.builds(
    "{}{}{}".format, st.sampled_from(["", "+", "-"]), NUMBERS, st.one_of(st.sampled_from(SUFFIXES), EXPONENTS)
)
"""The grammar in the comment above `Quantity` in apimachinery."""


@given(QUANTITIES)
def test_quantities_mean_what_kubernetes_own_client_says_within_what_the_api_server_counts(text: str) -> None:
    meant = Fraction(parse_quantity(text))
    size = min(max(abs(meant), Fraction(1, 10**9)), MOST) if meant else meant
    assert parse(text) == (size if meant >= 0 else -size)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e3", 1000), ("2Ei", 2**61), ("1E", 10**18), ("0.5", Fraction(1, 2)), ("100m", Fraction(1, 10)), ("1k", 1000), ("1Ki", 1024), ("1E3", 1000), ("1e-3", Fraction(1, 1000)), ("5.", 5), (".5", Fraction(1, 2)), ("+1", 1), ("-1", -1), ("8Ei", 2**63 - 1), ("1e999999999999999999", 2**63 - 1), ("1e-999999999999999999", Fraction(1, 10**9)), ("0e9", 0)],
)  # fmt: skip
def test_every_form_is_read(text: str, value: Fraction) -> None:
    assert parse(text) == value


def test_what_is_too_large_is_said_to_be() -> None:
    assert not memory_problems("storage", "2Ei", of_pod=False)
    assert not memory_problems("memory", "1e9")
    assert not cpu_problems("cpu", "1e2")
    (said,) = memory_problems("memory", "8Ei")
    assert (
        said
        == "memory: more than Kubernetes counts; got '8Ei'; expected less than 8Ei, 9223372036854775807 bytes at most"
    )
    (said,) = cpu_problems("cpu", "1e4")
    assert said == "cpu: no amount of CPU; got '1e4'; expected cores, 1000 at most, e.g. '250m' or '2'"
    assert memory_problems("memory", "1e99999999999")


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


@pytest.mark.parametrize(
    "text",
    ["", "1x", "1e", "1e3.5", "1e3k", "1ki", "1K", "one", "1 Gi", "Gi", ".", "+", "1.2.3", "٣", "1\n", "1" * 1001],
)
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
