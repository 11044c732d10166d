import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.roadstead.tool.review.strategies import INPUTS, VALUES

from roadstead.tool.offline.graph import Secret, Unknown
from roadstead.tool.review.difference.values import ABSENT, PropertyChange, changes, covers


def reordered(value: Any, reverse: bool) -> Any:
    """The same value with the keys of its mappings the other way around."""
    if isinstance(value, dict):
        return {key: reordered(value[key], reverse) for key in sorted(value, reverse=reverse)}
    return [reordered(item, reverse) for item in value] if isinstance(value, list) else value


@given(VALUES)
def test_a_value_does_not_differ_from_itself_whatever_the_order_of_its_keys(value: Any) -> None:
    assert list(changes(reordered(value, False), reordered(value, True))) == []


def as_told(value: Any) -> Any:
    """A value in which everything that differs is told apart, and JSON is what it says."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            value = json.loads(value)
        except ValueError:
            return ("text", value)
    if isinstance(value, dict):
        return ("mapping", tuple((key, as_told(value[key])) for key in sorted(value)))
    if isinstance(value, list):
        return ("list", tuple(as_told(item) for item in value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return (type(value).__name__, repr(value), getattr(value, "digest", ""))


@given(VALUES, VALUES)
def test_two_values_that_differ_have_a_difference(old: Any, new: Any) -> None:
    if as_told(old) != as_told(new):
        assert list(changes(old, new))


@given(INPUTS, INPUTS)
def test_a_difference_is_told_at_the_same_keys_the_other_way_around(old: Any, new: Any) -> None:
    forth, back = ([change.path.partition("[")[0] for change in changes(*pair)] for pair in ((old, new), (new, old)))
    assert sorted(forth) == sorted(back)


@given(INPUTS, st.sampled_from(["added", "other"]), VALUES)
def test_one_key_that_is_added_is_the_only_difference(inputs: dict[str, Any], key: str, value: Any) -> None:
    (change,) = changes(inputs, {**inputs, key: value})
    assert change.path == key
    assert change.old == ABSENT


CASES: list[tuple[Any, Any, list[tuple[str, Any, Any]]]] = [
    ({"a": 1}, {"a": True}, [("a", 1, True)]),
    ({"a": {"b.c": 1}}, {"a": {"b.c": 2}}, [('a["b.c"]', 1, 2)]),
    (
        {"containers": [{"name": "a", "image": "x"}, {"name": "b"}]},
        {"containers": [{"name": "b"}, {"name": "a", "image": "y"}]},
        [("containers[a].image", "x", "y"), ("containers (order)", ["a", "b"], ["b", "a"])],
    ),
    ({"a": ["x", "y"]}, {"a": ["x", "z"]}, [("a[1]", "y", "z")]),
    ({"a": ["x", "y"]}, {"a": ["y", "x"]}, [("a (order)", ["x", "y"], ["y", "x"])]),
    ({"a": ["x"]}, {"a": ["x", "y"]}, [("a[]", ABSENT, "y")]),
    ({"a": ["x", "x"]}, {"a": ["x"]}, [("a", ["x", "x"], ["x"])]),
    ({"a": [{"name": 1}, {"name": "1"}]}, {"a": [{"name": 1}]}, [("a[]", {"name": "1"}, ABSENT)]),
    ({"a": [Secret.of("x")]}, {"a": [Secret.of("y")]}, [("a[0]", Secret.of("x"), Secret.of("y"))]),
    ({"a": Unknown()}, {"a": "[unknown]"}, [("a", Unknown(), "[unknown]")]),
    ({"a": 1}, {"a": 1.0}, []),
    ({"a": [{"b": 0}, -0.0]}, {"a": [{"b": 0.0}, 0]}, []),
    ({"a": 1}, {"a": "1"}, [("a", 1, "1")]),
    ({"policy": '{"a":[1]}'}, {"policy": '{"a": [1]}'}, [("policy (spelling)", '{"a":[1]}', '{"a": [1]}')]),
    (
        {"policy": '{"Statement": [{"Sid": "a", "Action": "x"}]}'},
        {"policy": '{"Statement": [{"Sid": "a", "Action": "y"}]}'},
        [("policy.Statement[a].Action", "x", "y")],
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES, ids=lambda value: str(value)[:40])
def test_what_differs_is_told_by_its_path(old: Any, new: Any, expected: list[tuple[str, Any, Any]]) -> None:
    assert list(changes(old, new)) == [PropertyChange(*change) for change in expected]


@pytest.mark.parametrize(
    ("path", "inner", "expected"),
    [
        ("a", "a", True),
        ("a", "a.b", True),
        ("a", "a[0]", True),
        ("a", "a (order)", True),
        ("a", "a (spelling)", True),
        ("a", "ab", False),
        ("a.b", "a", False),
    ],
)
def test_a_path_covers_what_it_holds(path: str, inner: str, expected: bool) -> None:
    assert covers(path, inner) is expected
