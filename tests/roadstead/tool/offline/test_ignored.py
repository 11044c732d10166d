"""What a program ignores is kept by the paths that the engine reads."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.roadstead.tool.review.strategies import INPUTS

from roadstead.tool.offline.ignored import is_ignored, kept

OLD = {"a": 1, "b": {"c": [{"x": 1, "y": 1}, {"x": 2, "y": 2}], "e.f": 5}, "gone": 1}
NEW = {"a": 2, "b": {"c": [{"x": 7, "y": 7}, {"x": 8, "y": 8}], "e.f": 6}, "came": 1}


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [
        ("a", {"a": 1}),
        ('["a"]', {"a": 1}),
        ("*", OLD),
        ("gone", {"gone": 1}),
        ("came", {"came": None}),
        ("nowhere.at.all", {}),
        ("came.within", {}),
        ("b", {"b": OLD["b"]}),
        ("b.*", {"b": OLD["b"]}),
        ("b.c[0].x", {"b": {"c": [{"x": 1, "y": 7}, {"x": 8, "y": 8}], "e.f": 6}}),
        ("b.c[1]", {"b": {"c": [{"x": 7, "y": 7}, {"x": 2, "y": 2}], "e.f": 6}}),
        ("b.c[2]", {}),
        ("b.c[-1]", {}),
        ("b.c[*].x", {"b": {"c": [{"x": 1, "y": 7}, {"x": 2, "y": 8}], "e.f": 6}}),
        ('b["c"]["*"].y', {"b": {"c": [{"x": 7, "y": 1}, {"x": 8, "y": 2}], "e.f": 6}}),
        ("*.c", {"b": {**NEW["b"], "c": OLD["b"]["c"]}}),  # type: ignore[dict-item,index]
        ('b["e.f"]', {"b": {**NEW["b"], "e.f": 5}}),  # type: ignore[dict-item]
        ("b.e.f", {}),
        ("", {}),
        (".a", {}),
        ("a.", {}),
        ("b.c[", {}),
        ('b["c', {}),
        ("b.c[x]", {}),
    ],
)
def test_a_path_keeps_what_the_engine_would_keep(path: str, is_kept: dict[str, Any]) -> None:
    wanted = {key: value for key, value in {**NEW, **is_kept}.items() if value is not None}
    if path == "*":
        wanted = OLD
    assert kept(OLD, NEW, [path]) == wanted


def test_lists_keep_their_length() -> None:
    assert kept({"a": [1, 2, 3]}, {"a": [7]}, ["a[*]"]) == {"a": [1]}
    assert kept({"a": [1]}, {"a": [7, 8]}, ["a[*]"]) == {"a": [1, 8]}
    assert kept({"a": [1]}, {"a": [7, 8]}, ["a"]) == {"a": [1]}


@given(INPUTS, INPUTS)
def test_a_program_that_ignores_everything_keeps_everything(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert kept(old, new, ["*"]) == old
    assert kept(old, new, []) is new


@given(INPUTS, INPUTS, st.text(alphabet='ab.[]"*0\\', max_size=10))
def test_of_what_is_the_same_nothing_is_another_for_being_ignored(
    old: dict[str, Any], new: dict[str, Any], path: str
) -> None:
    assert kept(new, new, [path]) == new
    once = kept(old, new, [path])
    assert kept(old, once, [path]) == once


def test_a_part_of_what_is_ignored_is_ignored() -> None:
    assert is_ignored("spec.replicas", ["spec.replicas"])
    assert is_ignored("spec.template.x", ["spec.template"])
    assert is_ignored("a[3].image", ["a[*].image"])
    assert not is_ignored("spec.replicasMore", ["spec.replicas"])
    assert not is_ignored("spec", ["spec.replicas"])
    assert not is_ignored("spec", [""])
