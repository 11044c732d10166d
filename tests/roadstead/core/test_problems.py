from typing import Any, NotRequired

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict

from roadstead.core.problems import spec, type_problems
from roadstead.workload.app_spec import AppSpec


@spec
class InnerSpec(TypedDict):
    """A part."""

    size: int
    """How large."""


@spec
class OuterSpec(TypedDict):
    """The whole."""

    name: str
    """Its name."""
    parts: NotRequired[dict[str, InnerSpec]]
    """Its parts."""
    words: NotRequired[list[str]]
    """Some words."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, ["name: missing key; expected text"]),
        ({"name": 1}, ['name: not text; got 1; expected text: write it in quotes, "1"']),
        ({"name": True}, ["name: not text; got true; expected text: write it in quotes, \"true\""]),
        ({"name": None}, ["name: not text; got null; expected text"]),
        ({"name": "x", "nme": 1}, ["nme: unknown key (did you mean 'name'?); got 1; expected one of name, parts, words"]),
        ({"name": "x", "zzz": 1}, ["zzz: unknown key; got 1; expected one of name, parts, words"]),
        ({"name": "x", "words": "a"}, ["words: not a list; got 'a'; expected a list: write [a]"]),
        ({"name": "x", "words": ["a", 2]}, ['words.1: not text; got 2; expected text: write it in quotes, "2"']),
        ({"name": "x", "parts": []}, ["parts: not a mapping; got []; expected a mapping: {<name>: {size: a whole number}, …}"]),
        ({"name": "x", "parts": {"a": {}}}, ["parts.a.size: missing key; expected a whole number"]),
        ({"name": "x", "parts": {"a": {"size": "1"}}}, ["parts.a.size: not a whole number; got '1'; expected a whole number: write it without quotes, 1"]),
        ({"name": "x", "parts": {"a": {"size": 1, "sise": 2}}}, ["parts.a.sise: unknown key (did you mean 'size'?); got 2; expected one of size"]),
        ({"name": "x", "parts": {"a": {"size": 10**400}}}, ["parts.a.size: too large a number; got a number of 401 digits; expected a whole number, at most 9007199254740991"]),
        ({"name": "x", "parts": {"a": {"size": -(2**53)}}}, ["parts.a.size: too small a number; got -9007199254740992; expected a whole number, at least -9007199254740991"]),
        ({"name": "x\ud83d"}, ['name: half a character; got "x\\ud83d"; expected text of whole characters']),
        ({"name": "x", "parts": {"\ud83d": {"size": 1}}}, ['parts."\\ud83d": a key with half a character; got "\\ud83d"; expected text of whole characters']),
        ({"name": "x", "words\ud83d": 1}, ['(all of it): a key with half a character; got "words\\ud83d"; expected text of whole characters']),
        ({1: 2, "name": "x"}, ["1: unknown key; got 1; expected one of name, parts, words"]),
    ],
)  # fmt: skip
def test_what_a_type_can_say_is_said_with_its_path(value: Any, said: list[str]) -> None:
    assert type_problems(OuterSpec, value) == said


def test_everything_is_said_at_once() -> None:
    value = {"zzz": 1, "words": [1], "parts": {"a": {"size": "x"}}}
    assert len(type_problems(OuterSpec, value)) == 4


def test_what_is_not_even_a_mapping_is_said_too() -> None:
    assert type_problems(OuterSpec, [1]) == ["(all of it): not a mapping; got [1]; expected a mapping: {name: text}"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*AppSpec.__annotations__, "typo"]), values))
def test_any_value_is_taken_or_described_in_lines(value: dict[str, Any]) -> None:
    for text in type_problems(AppSpec, value):
        assert text.count("\n") == 0 or "\\n" in repr(text)
        assert "; expected " in text
