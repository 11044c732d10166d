"""The files in `previews/` are what pulumi 3.272 printed for a small program whose second version differs in every way.

Left out of them: outputs, times, stack traces, and the code of the program's dynamic provider.
"""

import json
from pathlib import Path

import pytest

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Unknown
from roadstead.tool.review.change import Change, Kind
from roadstead.tool.review.from_pulumi import read
from roadstead.tool.review.review import summary

PREVIEWS = Path(__file__).parent / "previews"
WHOLE = ["document.json", "events.json"]


def by_name(file: str) -> dict[str, Change]:
    return {change.resource.name: change for change in read(PREVIEWS / file).diff.changes}


@pytest.mark.parametrize("file", WHOLE)
def test_everything_that_the_engine_would_do_is_told(file: str) -> None:
    preview = read(PREVIEWS / file)
    assert preview.diff.stack == "dev"
    assert preview.is_whole
    expected = "1 to replace, 1 to delete, 3 to update, 1 to create, 1 moved"
    assert summary(preview.diff.changes) == expected


@pytest.mark.parametrize("file", WHOLE)
def test_what_is_replaced_is_replaced_for_what_the_provider_says(file: str) -> None:
    change = by_name(file)["replaced"]
    assert (change.kind, change.forcing) == (Kind.REPLACE, ("size",))
    assert [(changed.path, changed.old, changed.new) for changed in change.properties] == [("size", 1, 2)]


@pytest.mark.parametrize("file", WHOLE)
def test_what_follows_a_replaced_resource_is_not_known_yet(file: str) -> None:
    (changed,) = by_name(file)["follower"].properties
    assert changed.new == Unknown()


@pytest.mark.parametrize("file", WHOLE)
def test_the_graphs_hold_what_stays_as_it_is_too(file: str) -> None:
    diff = read(PREVIEWS / file).diff
    assert diff.base
    assert diff.head
    names = {"updated", "replaced", "follower", "secret", "same", "shop-dev"}
    assert {made.name for made in diff.base.resources.values()} == names | {"old", "gone"}
    assert {made.name for made in diff.head.resources.values()} == names | {"new", "came"}


def test_a_preview_without_what_stays_as_it_is_says_so() -> None:
    assert not read(PREVIEWS / "changes-only.json").is_whole


BEGINNING = (PREVIEWS / "document.json").read_text()[:2000]
EVENTS = (PREVIEWS / "events.json").read_text().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a preview that did not come to its end"),
        (BEGINNING, "line 1: not JSON, or cut off"),
        ("".join(EVENTS[:-3]), "a preview that did not come to its end"),
        ("".join(EVENTS)[:-400], "not JSON, or cut off"),
        ("[]", "no preview of Pulumi's; got 'list'"),
        ('{"name": "x"}', "no preview of Pulumi's; got 'dict'"),
        ('{"steps": [], "changeSummary": {}}', "no resource in it"),
        (
            '{"diagnostics": [{"severity": "error", "message": "no such user"}]}',
            "a preview that did not come to its end; got 'no such user'",
        ),
        ('{"name": "x"}\n{"name": "y"}', "line 1: no event of Pulumi's"),
        ('{"steps": [{"op": "same"}], "changeSummary": {}}', "a step of another form"),
    ],
)
def test_a_file_that_is_cut_or_something_else_is_a_clear_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "preview.json").write_text(text)
    with pytest.raises(InputError) as refused:
        read(tmp_path / "preview.json")
    assert said in str(refused.value)
    assert "expected the whole output of `pulumi preview --json --show-sames`" in str(refused.value)


def test_two_stacks_in_one_file_are_refused(tmp_path: Path) -> None:
    document = json.loads((PREVIEWS / "document.json").read_text())
    other = {**document["steps"][0], "urn": document["steps"][0]["urn"].replace(":dev:", ":prod:")}
    (tmp_path / "preview.json").write_text(json.dumps({**document, "steps": [*document["steps"], other]}))
    with pytest.raises(InputError, match="more than one stack; got 'dev, prod'"):
        read(tmp_path / "preview.json")


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "preview.json")
