"""A mapping says the same in any order: what is made of it is the same to the letter."""

import json
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import ROOT, rendered, shuffled

from roadstead.tool import yaml_files
from roadstead.tool.offline.render import render


def turned_round(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: turned_round(value[key]) for key in reversed(value)}
    return [turned_round(item) for item in value] if isinstance(value, list) else value


def made(stack: str, change: Any) -> str:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copytree(ROOT / "infra", project / "infra", ignore=shutil.ignore_patterns("__pycache__"))
        files = [*ROOT.glob("Pulumi*.yaml"), *ROOT.glob("infra/*/*.yaml")]
        for file in files:
            content = change(yaml_files.load(file))
            (project / file.relative_to(ROOT)).write_text(json.dumps(content))  # JSON is YAML.
        return json.dumps(render(project, stack).to_json())


@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
@pytest.mark.parametrize("stack", ["staging", "local"])
def test_the_order_of_keys_in_the_files_decides_nothing(stack: str, random: Random) -> None:
    assert made(stack, lambda content: shuffled(content, random)) == json.dumps(rendered(ROOT, stack).to_json())


def test_keys_from_the_last_to_the_first_make_the_same() -> None:
    assert made("production", turned_round) == json.dumps(rendered(ROOT, "production").to_json())


def test_the_order_in_which_an_environment_names_its_teams_decides_nothing() -> None:
    def teams_turned_round(content: Any) -> Any:
        if "roadstead:teams" in content.get("config", {}):
            content["config"]["roadstead:teams"].reverse()
        return content

    assert made("staging", teams_turned_round) == json.dumps(rendered(ROOT, "staging").to_json())
