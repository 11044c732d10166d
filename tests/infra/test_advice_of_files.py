"""One value of a file is another: whatever is said of it, once each and in YAML's words; whose advice is followed is accepted."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roadstead.core.test_advice import advice
from tests.support import ROOT

from checks import stack_problems, team_problems
from roadstead.core.problems import all_problems
from roadstead.tool import yaml_files
from spec import StackSpec, TeamFileSpec

Place = tuple[Any, ...]
FILES: list[tuple[Any, dict[str, Any], Callable[[Any], list[str]]]] = [
    (
        StackSpec,
        {
            key.removeprefix("roadstead:"): value
            for key, value in yaml_files.load(ROOT / "Pulumi.staging.yaml")["config"].items()
            if key.startswith("roadstead:")
        },
        lambda stack: stack_problems(stack, "eu-west-1"),
    ),
    (
        TeamFileSpec,
        yaml_files.load(Path(ROOT / "infra/teams/payments.yaml")),
        lambda team: team_problems("payments", team),
    ),
]
odd = st.sampled_from(
    [None, True, 0, 3, -1, 512, 250, 1.3, 2.0, "", "x", "512", "80", "yes", "TRUE", "a, b", "bundle exec", "10.0.0.0/8"]
) | st.sampled_from([[], [1], [None], ["a"], {}, {"a": 1}, {"a": {}}, [[]], [{}], {"cidr": "10.0.0.0/8", "ports": [1]}])  # fmt: skip


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*above, key)
        yield from places(part, (*above, key))


def with_value(content: Any, place: Place, value: Any) -> Any:
    changed = copy.deepcopy(content)
    inner = changed
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return changed


@settings(max_examples=150)
@given(st.data())
def test_a_wrong_value_anywhere_in_a_file(data: st.DataObject) -> None:
    spec, content, problems = data.draw(st.sampled_from(FILES))
    at = {".".join(map(str, place)): place for place in places(content)}
    key = data.draw(st.sampled_from(sorted(at)))
    wrong = with_value(content, at[key], data.draw(odd))

    said = all_problems(spec, wrong, problems)
    assert len({text.partition("; expected ")[0] for text in said}) == len(said), "once each"
    for text in said:
        assert re.fullmatch(r".+: .+; expected .+", text)
        assert not re.search(r"None|True|False|\bdict\b", text.replace("'TRUE'", "")), "in YAML's words"
        followed = advice(text)
        path = text.partition(": ")[0]
        place = {".".join(map(str, place)): place for place in places(wrong)}.get(path)
        if followed is not None and place is not None:
            left = all_problems(spec, with_value(wrong, place, followed), problems)
            assert not [other for other in left if other.startswith((f"{path}: ", f"{path}."))], text
