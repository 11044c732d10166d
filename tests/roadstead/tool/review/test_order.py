"""The same files again, and the same in another order: nothing of it is a change."""

import json
import subprocess
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roadstead.tool.review.patches import FOLDER, differences, graphs, lines, patched, standing
from tests.support import ROOT, shuffled
from typer.testing import CliRunner

from roadstead.tool import yaml_files
from roadstead.tool.cli.main import app
from roadstead.tool.offline.project import stacks
from roadstead.tool.offline.render import render
from roadstead.tool.review.revisions import revision

CROWDED = FOLDER / "environments" / "nodes-too-few.patch"
"""With it there are findings whose order could be another."""


@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_and_of_files_says_nothing(random: Random) -> None:
    base = {"staging": graphs(ROOT, CROWDED)["staging"]}
    with tempfile.TemporaryDirectory() as folder:
        project = patched(Path(folder), [CROWDED])
        texts = {
            file: yaml_files.load(file) for file in [*project.glob("Pulumi*.yaml"), *project.glob("infra/*/*.yaml")]
        }
        for file in texts:
            file.unlink()
        for file in random.sample(list(texts), len(texts)):
            file.write_text(json.dumps(shuffled(texts[file], random)))  # JSON is YAML.
        head = {"staging": render(project, "staging")}
    assert standing(ROOT, CROWDED)["staging"], "there is something to find"
    assert list(lines(differences(base, head), standing(ROOT, CROWDED))) == []


def test_a_revision_against_itself_is_empty_for_every_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Both revisions by the command and by Git, but in this process: six others would take half a minute to start.
    monkeypatch.setattr(revision, "render_many", lambda jobs: [render(job.project, job.stack) for job in jobs])
    project = patched(tmp_path, [])
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it is"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments], cwd=project, check=True
        )
    result = CliRunner().invoke(app, ["diff", "--project", str(project), "--format", "json"])
    assert result.exit_code == 0, result.stderr
    review = json.loads(result.stdout)
    assert {stack["stack"]: stack["changes"] for stack in review["stacks"]} == {stack: [] for stack in stacks(ROOT)}
