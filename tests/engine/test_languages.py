"""The same stack from a program in another language: the components' plugin makes what they make in Python."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.engine.environment import Environment, environment
from tests.engine.states import of_graph, of_state
from tests.engine.workspace import PulumiError
from tests.support import ROOT, without

from roadstead.tool.offline.render import render

PROGRAMS = {"yaml-stack": ["pulumi-language-yaml"], "typescript-stack": ["pulumi-language-nodejs", "npm"]}
"""What has to be on PATH beside `pulumi`, by example."""


@pytest.fixture(scope="module")
def examples(pulumi: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for stacks of the examples, and in it a copy of the components, with which their packages are installed."""
    folder = tmp_path_factory.mktemp("languages")
    shutil.copytree(ROOT / "components", folder / "components", ignore=shutil.ignore_patterns("venv"))
    return folder


@pytest.mark.parametrize("example", PROGRAMS)
def test_a_program_in_another_language_makes_the_resources_and_inputs_of_the_one_in_python(
    example: str, examples: Path
) -> None:
    absent = [program for program in PROGRAMS[example] if not shutil.which(program)]
    if absent:
        pytest.skip(f"not on PATH: {', '.join(absent)}; {example} cannot run")
    # Files alone: where someone has tried the example, what was installed lies in folders beside them.
    files = [path for path in (ROOT / "examples" / example).iterdir() if path.is_file()]
    with environment(examples / example, "dev", files=files) as stack:
        if example != "yaml-stack":
            stack.workspace.pulumi("install")
        planned = stack.workspace.preview()
        stack.workspace.up()
        made = of_state(stack.workspace.state())
    wanted = of_graph(render(ROOT / "examples" / "key-and-registry", "dev"))
    assert planned.keys() >= wanted.keys()
    assert without_dependencies(made) == without_dependencies(wanted)


def install(stack: Environment) -> None:
    """Installs what the program needs. The newest host for YAML that is a Go module cannot link, and YAML has nothing to link."""
    try:
        stack.workspace.pulumi("install")
    except PulumiError as error:
        if "linking package: method Link not implemented" not in str(error):
            raise


def without_dependencies(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A plugin's output depends on its component, in some languages on its children too; in Python on those alone."""
    return {urn: without(resource, "dependencies") for urn, resource in resources.items()}
