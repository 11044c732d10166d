import contextlib
import sys
from pathlib import Path

import pytest
from tests.support import ROOT

from roadstead.tool.offline.answers import load
from roadstead.tool.offline.errors import InputError, ProgramError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.render import render


def project(folder: Path, program: str, **files: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: program/\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {aws:region: eu-west-3}\n")
    (folder / "program").mkdir()
    (folder / "program" / "__main__.py").write_text(program)
    for name, text in files.items():
        (folder / name.replace("__", "/")).with_suffix(".py" if "__" in name else ".yaml").write_text(text)
    return folder


def test_any_project_can_be_rendered(tmp_path: Path) -> None:
    program = "import helper, os, pulumi\npulumi.export('where', os.getcwd())\npulumi.export('said', helper.SAID)"
    graph = render(project(tmp_path, program, program__helper="SAID = 'hello'"), "dev")
    assert graph.outputs == {"said": "hello", "where": str(tmp_path / "program")}
    assert graph.project == "shop"


def test_one_project_leaves_nothing_of_itself_for_the_next(tmp_path: Path) -> None:
    before = (Path.cwd(), list(sys.path))
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        program = "import helper, pulumi\npulumi.export('said', helper.SAID)"
        graph = render(project(folder, program, program__helper=f"SAID = {number}"), "dev")
        assert graph.outputs == {"said": number}
    assert (Path.cwd(), list(sys.path)) == before


def test_a_main_that_is_a_file_is_run(tmp_path: Path) -> None:
    project(tmp_path, "")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: app.py\n")
    (tmp_path / "app.py").write_text("import pulumi\npulumi.export('ran', True)")
    assert render(tmp_path, "dev").outputs == {"ran": True}


def test_a_syntax_error_is_the_programs_failure(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="SyntaxError"):
        render(project(tmp_path, "def"), "dev")


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[int] = []
    render(project(tmp_path, "from pulumi_aws import s3\n[s3.Bucket(n) for n in 'abc']"), "dev", progress=seen.append)
    assert max(seen) >= 4


def test_look_ups_are_answered_by_the_projects_file(tmp_path: Path) -> None:
    program = "import pulumi, pulumi_aws\npulumi.export('zones', pulumi_aws.get_availability_zones().names)"
    answer = """
- function: aws:index/getAvailabilityZones:getAvailabilityZones
  stack: dev
  result: {names: [eu-west-3a]}
"""
    assert render(project(tmp_path, program, lookups=answer), "dev").outputs == {"zones": ["eu-west-3a"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1", "lookups.yaml: (all of it): not a list; got {a: 1}; expected a list"),
        ("- {function: x}", "lookups.yaml: 0.result: missing key; expected a mapping"),
        ("- {funtcion: x, result: {}}", "lookups.yaml: 0.funtcion: unknown key (did you mean 'function'?)"),
        ("- [", "lookups.yaml: not YAML at line"),
    ],
)
def test_answers_that_cannot_be_used_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "lookups.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        load(tmp_path, "dev")
    assert said in str(caught.value)


def test_an_answer_for_another_stack_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "lookups.yaml").write_text("- {function: f, stack: other, result: {}}")
    assert load(tmp_path, "dev").entries == ()


def test_the_graph_is_the_same_with_and_without_the_shortcuts(staging: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roadstead.tool.offline.record.shortcuts", contextlib.nullcontext)
    assert render(ROOT, "staging").to_json() == staging.to_json()
