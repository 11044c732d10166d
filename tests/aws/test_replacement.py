import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.tool.offline.graph import Resource
from roadstead.tool.sandbox.aws.replacement import MadeUpTextError, real_texts, replaced

made_up = st.from_regex(r"(arn:aws:x:::|https://)?[a-z]{1,4}([.-][a-z]{1,4})?-[0-9a-f]{7}(\.arn)?", fullmatch=True)
real_text = st.from_regex(r"[A-Z]{1,4}:[A-Z]{1,4}-[A-Z]{6}", fullmatch=True)
answers = st.dictionaries(made_up, real_text, min_size=1, max_size=6)
separators = st.text(' ,:/@*{}[]"', min_size=1, max_size=3)
identifiers = st.text("ABCXYZ019_-", min_size=1, max_size=3)


@st.composite
def texts(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Answers, and made-up texts of them, each with what stands before it."""
    real = draw(answers)
    return real, draw(st.lists(st.tuples(separators, st.sampled_from(sorted(real))), min_size=1, max_size=6))


@given(texts(), separators)
def test_every_made_up_text_is_replaced_by_its_own_real_one(
    drawn: tuple[dict[str, str], list[tuple[str, str]]], end: str
) -> None:
    real, parts = drawn
    before = "".join(separator + text for separator, text in parts) + end
    assert replaced(before, real) == "".join(separator + real[text] for separator, text in parts) + end


@given(texts())
def test_replacing_twice_is_replacing_once(drawn: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    real, parts = drawn
    once = replaced("".join(separator + text for separator, text in parts), real)
    assert replaced(once, real) == once


@given(st.text(), answers)
def test_other_text_is_left_alone(text: str, real: dict[str, str]) -> None:
    if not any(made in text for made in real):
        assert replaced(text, real) == text


@given(made_up, identifiers, st.booleans())
def test_nothing_is_replaced_within_another_identifier(text: str, more: str, before: bool) -> None:
    whole = more + text if before else text + more
    assert replaced(whole, {text: "REAL"}) == whole


@given(texts())
def test_a_json_document_becomes_what_its_value_becomes(drawn: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    real, parts = drawn
    value: dict[str, Any] = {
        "list": [{text: [separator.replace('"', "") + text, 7, None, True]} for separator, text in parts]
    }
    assert json.loads(replaced(json.dumps(value), real)) == replaced(value, real)
    assert not any(
        re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w.-])", json.dumps(replaced(value, real))) for text in real
    )


def test_the_longest_made_up_text_is_replaced_first() -> None:
    real = {"x-0000000": "7", "x-0000000/y-1111111": "8"}
    assert replaced("x-0000000/y-1111111, x-0000000/*", real) == "8, 7/*"


def resource(computed: dict[str, Any], **inputs: Any) -> Resource:
    return Resource("urn:x", "aws:kms/key:Key", "x", None, True, None, inputs, id="x-0000000", computed=computed)


def test_an_answer_is_found_where_the_made_up_text_is() -> None:
    made = resource({"arn": "arn:x-0000000", "of": [{"name": "x-0000000.name"}]})
    answer = {"id": "7", "arn": "arn:7", "of": [{"name": "seven"}]}
    assert real_texts(made, answer) == {"x-0000000": "7", "arn:x-0000000": "arn:7", "x-0000000.name": "seven"}


def test_what_the_inputs_say_is_not_made_up() -> None:
    made = resource({"name": "payments", "size": 3}, name="payments")
    assert real_texts(made, {"id": "7", "name": "payments"}) == {"x-0000000": "7"}


def test_a_made_up_text_that_nobody_answered_is_refused_where_it_is_used() -> None:
    real = real_texts(resource({"arn": "arn:x-0000000"}), {"id": "7"})
    assert replaced(["x-0000000", "y"], real) == ["7", "y"]
    with pytest.raises(MadeUpTextError, match="'arn:x-0000000' is made up"):
        replaced({"policy": '{"Resource": "arn:x-0000000"}'}, real)
