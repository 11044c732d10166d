import pytest
from tests.roadstead.tool.review.patches import Patch, outcome, patches


@pytest.mark.parametrize("patch", patches("program"), ids=lambda patch: patch.file.stem)
def test_a_change_of_the_program_brings_what_its_head_says_and_nothing_else(patch: Patch) -> None:
    assert outcome(patch) == patch.expected
