from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.tool.yaml_files import YamlFileError, load


def refused(folder: Path, text: str) -> list[str]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(YamlFileError) as caught:
        load(folder / "a.yaml")
    assert str(caught.value) == "\n".join(f"a.yaml: {line}" for line in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", ["lines 1 and 3: a key twice in one mapping; got 'a'; expected it once"]),
        ("b: {c: 1, c: 2}", ["line 1: a key twice in one mapping; got 'c'; expected it once"]),
        (
            "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n",
            [
                "lines 3 and 4: a key twice in one mapping; got 'c'; expected it once",
                "lines 1 and 5: a key twice in one mapping; got 'a'; expected it once",
            ],
        ),
        ("a: 010", ['line 1: not the same number to every reader of YAML; got 010; expected a plain number, or text in quotes, "010"']),
        ("a:\n  - 012345678901", ['line 2: not the same number to every reader of YAML; got 012345678901; expected a plain number, or text in quotes, "012345678901"']),
        ("a: 1_000", ['line 1: not the same number to every reader of YAML; got 1_000; expected a plain number, or text in quotes, "1_000"']),
        ("a: 2026-02-30", ['line 1: no day of any calendar; got 2026-02-30; expected a date such as 2027-03-31, or text in quotes, "2026-02-30"']),
        (f"a: {'9' * 5000}", [f'line 1: a number of 5,000 digits; got {"9" * 119}…; expected one that people can read, or text in quotes, "{"9" * 119}…"']),
        ("a: 1\n\tb: 2", ["not YAML at line 2, column 1: a tab; expected spaces"]),
        ("a:\n<<<<<<< HEAD\n  b: 1\n=======\n  b: 2\n>>>>>>> theirs\n", ["lines 2, 4, 6: a merge that is not finished; expected one of both sides, without Git's marks"]),
        ("a: &a [*a]", ["line 1: holds itself, by an alias; expected content that ends"]),
        ("a: 1\n---\nb: 2", ["not YAML at line 2, column 1: but found another document (expected one document, without a second '---')"]),
        ("a: @b", ["not YAML at line 1, column 4: found character '@' that cannot start any token (text that starts with it wants quotes)"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_with_its_lines(tmp_path: Path, text: str, said: list[str]) -> None:
    assert refused(tmp_path, text) == said


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", None),
        ("# nothing yet\n", None),
        ("a: '010'\nb: \"1_000\"\nc: 0\nd: 0.5\ne: 10", {"a": "010", "b": "1_000", "c": 0, "d": 0.5, "e": 10}),
        ("a: yes\nb: on\nc: 1:30", {"a": "yes", "b": "on", "c": "1:30"}),
        ("a: &x {k: 1}\nb: *x\nc: {<<: *x, l: 2}", {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1, "l": 2}}),
        ("a: |\n  =======\n", {"a": "=======\n"}),
    ],
)
def test_what_is_clear_is_read(tmp_path: Path, text: str, content: object) -> None:
    (tmp_path / "a.yaml").write_text(text)
    assert load(tmp_path / "a.yaml") == content


@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`#,? \n\t0189._<=", max_size=30))
def test_any_text_is_read_or_refused_in_lines(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("yaml") / "a.yaml"
    path.write_text(text)
    try:
        load(path)
        problems = ["none"]
    except YamlFileError as error:
        problems = error.problems
    assert problems
    assert not any("\n" in line for line in problems)


def test_content_that_aliases_make_longer_than_anybody_writes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roadstead.tool.yaml_files.MOST_NODES", 5)
    assert refused(tmp_path, "a: &a [x, y]\nb: *a\nc: *a\n") == [
        "more than 5 values by aliases; expected them written out"
    ]
