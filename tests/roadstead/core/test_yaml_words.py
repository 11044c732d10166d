from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from roadstead.core.yaml_words import LONGEST, in_quotes, in_yaml

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates()
    | st.text(max_size=8)
    | st.sampled_from(["yes", "on", "null", "~", "1.36", "0x10", "010", "1e3", "2027-03-31", "1:30", "a: b", "- a", "#x", "a #b", "*", "&a", "<<", "=", "'", "}"])
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_what_a_message_shows_is_yaml_for_the_very_value(value: Any) -> None:
    shown = in_yaml(value)
    assert "\n" not in shown
    if len(shown) < LONGEST:
        assert YAML(typ="safe", pure=True).load(f"x: {shown}") == {"x": value}


@given(st.text(max_size=20))
def test_text_in_quotes_reads_as_that_text(text: str) -> None:
    assert YAML(typ="safe", pure=True).load(f"x: {in_quotes(text)}") == {"x": text}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (None, "null"),
        ("a", "'a'"),
        ("it's", "'it''s'"),
        ("a\nb", r'"a\nb"'),
        ({"min": 3, "max": 3}, "{min: 3, max: 3}"),
        (["m7g.large", "1.36", "yes", 2], "[m7g.large, '1.36', 'yes', 2]"),
        (["arn:aws:iam::*:role/a", "10.0.0.0/16"], "['arn:aws:iam::*:role/a', 10.0.0.0/16]"),
        (date(2027, 3, 31), "2027-03-31"),
        (float("inf"), ".inf"),
        ([10**5000], "[a number of 5,001 digits]"),
        ({"a": -(10**400)}, "{a: a number of 401 digits}"),
        ([10**401 - 1], "[a number of 401 digits]"),
        (object(), "a value of type object"),
    ],
)
def test_values_are_said_in_the_words_of_yaml(value: object, shown: str) -> None:
    assert in_yaml(value) == shown


def test_a_long_value_is_cut() -> None:
    assert in_yaml("a" * 1000) == "'" + "a" * (LONGEST - 2) + "…"
