"""A value that cannot be read is a value of its own kind, and the place where it is hidden is named."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graphs import graph, resource
from tests.roadstead.tool.review.strategies import GRAPHS

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.views.reading import Place, Unread, Why, once_a_graph, once_for_both, read_beside

MADE = resource("test:index:Disk", "disk", {})
HIDDEN = {Why.UNKNOWN: Unknown(), Why.SECRET: Secret.of("hunter2")}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(Unknown()) | st.just(Secret.of(1)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def place(value: Any) -> Place:
    return Place(MADE, "", {"spec": value})


@given(ANYTHING, st.lists(st.text(max_size=3), max_size=3))
def test_nothing_breaks_on_whatever_a_value_is(value: Any, keys: list[str]) -> None:
    at = place(value).at("spec", *keys)
    for read in (at.text, at.number, at.boolean, at.items, at.entries, at.texts, at.labels, at.required_text):
        read()
    at.document().at("Statement").items()
    list(at.unread())


@pytest.mark.parametrize("why", HIDDEN)
def test_beneath_what_is_hidden_everything_is_and_the_place_of_that_is_named(why: Why) -> None:
    at = place({"template": HIDDEN[why]}).at("spec", "template", "containers")
    assert at.items() == at.text() == at.entries() == Unread(MADE, "spec.template", why)


def test_a_value_of_another_kind_is_malformed_and_what_was_expected_is_told() -> None:
    assert place("3").at("spec").number() == Unread(MADE, "spec", Why.MALFORMED, "a whole number")
    assert place(True).at("spec").number() == Unread(MADE, "spec", Why.MALFORMED, "a whole number")
    assert place([1]).at("spec", "name").text() == Unread(MADE, "spec", Why.MALFORMED, "a mapping")


def test_what_is_absent_is_nothing_and_what_must_be_there_is_malformed() -> None:
    at = place({}).at("spec", "name")
    assert (at.text(), at.number(), at.boolean(), at.items(), at.entries()) == (None, None, None, [], {})
    assert at.required_text() == Unread(MADE, "spec.name", Why.MALFORMED, "text")


def test_a_whole_number_may_have_been_a_float_on_its_way() -> None:
    assert repr(place(3.0).at("spec").number()) == "3"


def test_one_value_that_cannot_be_read_hides_the_list_or_the_mapping_that_it_is_in() -> None:
    assert place(["a", Unknown()]).at("spec").texts() == Unread(MADE, "spec[1]", Why.UNKNOWN)
    assert place({"a": "b", "c": Secret.of(1)}).at("spec").labels() == Unread(MADE, "spec.c", Why.SECRET)
    assert place({"a": "b"}).at("spec").labels() == {"a": "b"}


def test_a_document_of_json_is_read_as_what_it_says() -> None:
    assert place(json.dumps({"Version": "1"})).at("spec").document().at("Version").text() == "1"
    assert place("no JSON").at("spec").document().entries() == Unread(MADE, "spec", Why.MALFORMED, "JSON")
    assert place(Unknown()).at("spec").document().entries() == Unread(MADE, "spec", Why.UNKNOWN)


def test_everything_hidden_in_a_value_is_told_with_its_place() -> None:
    value = {"a": Unknown(), "b": [1, Secret.of(1)], "c": "ab[unknown]"}
    assert [(each.path, each.why) for each in place(value).unread()] == [
        ("spec.a", Why.UNKNOWN),
        ("spec.b[1]", Why.SECRET),
        ("spec.c", Why.UNKNOWN),
    ]


def test_what_is_read_from_a_graph_is_read_once() -> None:
    asked = []

    @once_a_graph
    def names(graph: Graph) -> list[str]:
        asked.append(graph)
        return [made.name for made in graph.resources.values()]

    first, second = graph(MADE), graph(MADE)
    assert names(first) is names(first)
    assert names(second) == ["disk"]
    assert len(asked) == 2


def _is_key(made: Resource) -> bool:
    return made.type.startswith("aws:kms")


@once_for_both(_is_key)
def _keys(of: Graph) -> list[tuple[str, Any]]:
    return [(made.name, made.inputs) for made in of.resources.values() if _is_key(made)]


@settings(max_examples=40)
@given(GRAPHS, GRAPHS, GRAPHS)
def test_what_is_taken_from_the_base_is_what_the_head_itself_says(base: Graph, head: Graph, other: Graph) -> None:
    alone = [_keys(replace(each)) for each in (base, head, other)]
    for before, after in ((base, head), (other, head), (head, base), (head, head)):
        read_beside(before, after)
        assert [_keys(each) for each in (base, head, other)] == alone


def test_what_matters_and_is_the_same_is_read_once_for_base_and_head() -> None:
    key, disk = resource("aws:kms/key:Key", "key", {}), resource("test:index:Disk", "disk", {})
    base, same, turned = graph(key, disk), graph(key), graph(resource("aws:kms/key:Key", "other", {}), key)
    for head in (same, turned):
        read_beside(base, head)
    assert _keys(same) is _keys(base)
    assert [name for name, _ in _keys(turned)] == ["other", "key"]
