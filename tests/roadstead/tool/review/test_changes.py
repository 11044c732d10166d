"""What holds of the whole table of changes; each change is tried in the files beside this one."""

from pathlib import Path

import pytest
from tests.roadstead.tool.review.patches import FOLDER, Patch, patched, patches, standing
from tests.support import ROOT

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.render import render
from roadstead.tool.review.rules import IDS, upgrade

TABLE = [patch for folder in sorted(FOLDER.iterdir()) for patch in patches(folder.name)]


def test_sixty_changes_and_more_are_tried() -> None:
    assert len(TABLE) >= 60
    assert sum(not patch.expected for patch in TABLE) >= 5, "of those that must give nothing, too"


def test_every_rule_finds_something_in_the_table() -> None:
    brought = [text.split()[2] for patch in TABLE for text in patch.expected.splitlines() if text.startswith("  + ")]
    # What only `roadstead upgrade` finds, no change brings.
    assert set(brought) == IDS - {*upgrade.ON_THE_WAY}


@pytest.mark.parametrize("patch", TABLE, ids=lambda patch: patch.file.stem)
def test_a_change_begins_with_a_sentence(patch: Patch) -> None:
    assert patch.sentence[0].isupper()
    assert patch.sentence.endswith(".")


def test_the_unchanged_project_has_these_findings_and_no_others() -> None:
    single = (
        "warning spot/single-replica Deployment payments.worker (infra/teams/payments.yaml: apps.worker.replicas.min)"
    )
    assert standing(ROOT) == {"local": [], "production": [single], "staging": [single]}


@pytest.mark.parametrize("example", ["existing-network", "key-and-registry", "team-stack"])
def test_an_example_has_nothing_that_a_rule_finds(example: str) -> None:
    assert standing(ROOT / "examples" / example) == {"dev": []}


def test_a_stack_does_not_read_what_is_another_stacks_own(tmp_path: Path, staging: Graph) -> None:
    """So that a change of the table is rendered only where it can reach."""
    project = patched(tmp_path, [])
    for file in (
        "Pulumi.production.yaml",
        "Pulumi.local.yaml",
        "infra/releases/production.yaml",
        "infra/releases/local.yaml",
    ):
        (project / file).write_text("{{ no YAML")
    assert render(project, "staging") == staging
