"""The same stack from a program in another language: the components' plugin makes what they make in Python."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.engine.environment import environment
from tests.engine.states import of_graph, of_state
from tests.support import ROOT, without

from roadstead.offline.render import render


@pytest.mark.usefixtures("pulumi")
def test_a_program_in_yaml_makes_the_resources_and_inputs_of_the_one_in_python(tmp_path: Path) -> None:
    if not shutil.which("pulumi-language-yaml"):
        pytest.skip("pulumi-language-yaml is not beside pulumi on PATH: no program in YAML can run")
    # As `pulumi install` would leave it, but with the packages that are there already.
    components = shutil.copytree(ROOT / "components", tmp_path / "components", ignore=shutil.ignore_patterns("venv"))
    (components / "venv").symlink_to(ROOT / ".venv")
    example = (ROOT / "examples" / "yaml-stack").iterdir()
    with environment(tmp_path / "examples", "dev", files=example) as stack:
        planned = stack.workspace.preview()
        stack.workspace.up()
        made = of_state(stack.workspace.state())
    wanted = of_graph(render(ROOT / "examples" / "key-and-registry", "dev"))
    assert planned.keys() >= wanted.keys()
    assert without_dependencies(made) == without_dependencies(wanted)


def without_dependencies(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The engine tells YAML that a component's output depends on the component, and Python on which of its children."""
    return {urn: without(resource, "dependencies") for urn, resource in resources.items()}
