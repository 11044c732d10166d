"""A review of the engine's own preview finds what a review of both revisions finds, for the same money."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.engine.conftest import Deployed, each_stack, each_stack_in_aws
from tests.engine.environment import copied
from tests.engine.test_changes import Change, digest, instance_types, quota

from roadstead.tool.review import from_pulumi
from roadstead.tool.review.answering import answers, priced
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.review import summary
from roadstead.tool.review.rules import RULES

TODAY = date(2026, 11, 30)


def system_grows(stack: str) -> Change:
    keys = ("config", "roadstead:node_groups", "system", "max_size")
    return Change(f"Pulumi.{stack}.yaml", keys, 5, {})


def team_leaves(stack: str) -> Change:
    return Change(f"Pulumi.{stack}.yaml", ("config", "roadstead:teams"), ["payments", "storefront"], {})


def said(diff: StackDiff) -> tuple[object, ...]:
    """What a reader is told of a difference, but for words that hold an id."""
    whole = priced(diff, TODAY)
    found = answers({diff.stack: whole}, RULES)[diff.stack].findings
    told = sorted((each.severity.value, each.rule, each.resource, each.is_new) for each in found)
    return summary(diff.changes), whole.cost and [(bill.total, bill.teams) for bill in whole.cost if bill], told


def compared(deployed: Deployed, change: Change, folder: Path) -> tuple[object, object]:
    """What is said of a change by the engine's preview, and by the recording engine's graphs."""
    with copied(deployed, folder) as stack:
        base = stack.workspace.render()
        stack.workspace.set_value(change.file, change.keys, change.value)
        file = folder / "preview.json"
        file.write_text(stack.workspace.pulumi("preview", "--json", "--show-sames"), encoding="utf-8")
        preview = from_pulumi.read(file)
        assert preview.is_whole
        return said(preview.diff), said(compare(base.stack, base, stack.workspace.render()))


@pytest.mark.parametrize("change", [digest, quota, team_leaves])
@each_stack
def test_of_a_change_the_engines_preview_says_what_both_revisions_say(
    deployed: Deployed, change: Callable[[str], Change], tmp_path: Path
) -> None:
    by_engine, by_revisions = compared(deployed, change(deployed.workspace.stack), tmp_path)
    assert by_engine == by_revisions


@pytest.mark.parametrize("change", [instance_types, system_grows])
@each_stack_in_aws
def test_of_a_change_of_nodes_the_engines_preview_says_what_both_revisions_say(
    deployed: Deployed, change: Callable[[str], Change], tmp_path: Path
) -> None:
    by_engine, by_revisions = compared(deployed, change(deployed.workspace.stack), tmp_path)
    assert by_engine == by_revisions
