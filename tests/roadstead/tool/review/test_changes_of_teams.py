import pytest
from tests.roadstead.tool.review.patches import Patch, outcome, patches


@pytest.mark.parametrize("patch", patches("teams"), ids=lambda patch: patch.file.stem)
def test_a_change_of_a_team_brings_what_its_head_says_and_nothing_else(patch: Patch) -> None:
    assert outcome(patch) == patch.expected
