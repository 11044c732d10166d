"""What holds of the whole table of changes; each change is tried in the files beside this one."""

from pathlib import Path

import pytest
from tests.review.patches import FOLDER, Patch, found, line, patches
from tests.support import ROOT, rendered

from roadstead.offline.project import stacks
from roadstead.offline.render import render
from roadstead.review.rules import IDS

TABLE = [patch for folder in sorted(FOLDER.iterdir()) for patch in patches(folder.name)]


def test_sixty_changes_and_more_are_tried() -> None:
    assert len(TABLE) >= 60
    assert sum(not patch.expected for patch in TABLE) >= 5, "of those that must give nothing, too"


def test_every_rule_finds_something_in_the_table() -> None:
    found_here = {word for patch in TABLE for text in patch.expected.splitlines() if text.startswith("  + ") for word in text.split()}
    assert found_here >= IDS, f"add a change that brings {', '.join(sorted(IDS - found_here))}"


@pytest.mark.parametrize("patch", TABLE, ids=lambda patch: patch.file.stem)
def test_a_change_begins_with_a_sentence(patch: Patch) -> None:
    assert patch.sentence[0].isupper()
    assert patch.sentence.endswith(".")


def test_the_unchanged_project_has_these_findings_and_no_others() -> None:
    graphs = {stack: rendered(ROOT, stack) for stack in stacks(ROOT)}
    single = "warning spot/single-replica Deployment payments.worker (infra/teams/payments.yaml: apps.worker.replicas.min)"
    assert {stack: [line(finding) for finding in there] for stack, there in found(graphs, graphs).items()} == {
        "local": [],
        "production": [single],
        "staging": [single],
    }


def test_a_stack_does_not_read_what_is_another_stacks_own(tmp_path: Path) -> None:
    """So the table renders only those stacks again that a patch can reach."""
