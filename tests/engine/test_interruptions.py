"""A first `up` that is killed, or refused something, on its way: another one ends where an undisturbed one does."""

from pathlib import Path

import pytest
from tests.engine import documented
from tests.engine.conftest import Deployed
from tests.engine.environment import Environment, copied, environment
from tests.engine.faults import Faults
from tests.engine.interruptions import EMPTY, PAGE, kill_up, repair, run
from tests.engine.states import of_state
from tests.engine.workspace import PulumiError

PARTS = 8
"""Into how many parts the operations of a stack are divided; at the end of each there is a kill."""
only_staging = pytest.mark.parametrize("deployed", ["staging"], indirect=True)


@pytest.mark.parametrize("part", range(PARTS + 1))
@only_staging
def test_an_up_killed_on_its_way_and_begun_again_ends_where_an_undisturbed_one_does(
    deployed: Deployed, part: int, tmp_path: Path
) -> None:
    # In turn before the operation takes effect and after it, when nobody has heard of what was made.
    operation = max(1, part * deployed.operations // PARTS)
    # Each takes a while, so that there are others under way.
    faults = Faults(latency_seconds=0.02, halt_at=operation, halt_when_done=bool(part % 2))
    with environment(tmp_path, "staging", faults) as stack:
        kill_up(stack, faults.halted.is_set)
    with environment(tmp_path, "staging") as stack:
        assert repair(stack)
        stack.workspace.up()
        assert_same(stack, deployed)


@pytest.mark.parametrize("part", [1, 3])
@only_staging
def test_an_up_that_is_refused_something_and_begun_again_ends_where_an_undisturbed_one_does(
    deployed: Deployed, part: int, tmp_path: Path
) -> None:
    faults = Faults(fail_at=part * deployed.operations // 4)
    with environment(tmp_path, "staging", faults) as stack:
        with pytest.raises(PulumiError, match=f"operation {faults.fail_at} is refused"):
            stack.workspace.up()
        stack.workspace.up()
        assert_same(stack, deployed)


@only_staging
def test_an_empty_file_of_attributes_makes_every_command_fail_and_without_it_nothing_is_lost(
    deployed: Deployed, tmp_path: Path
) -> None:
    with copied(deployed, tmp_path) as stack:
        before = stack.workspace.state()
        Path(f"{stack.workspace.checkpoint}.attrs").write_text("", encoding="utf-8")
        for command in (("stack", "export"), ("preview",)):
            with pytest.raises(PulumiError, match="EOF"):
                stack.workspace.pulumi(*command)
        run(stack, documented.commands(PAGE, EMPTY), in_backend=True)
        assert stack.workspace.state() == before
        stack.workspace.preview("--expect-no-changes")


def assert_same(stack: Environment, undisturbed: Environment) -> None:
    assert stack.made() == undisturbed.made()
    assert of_state(stack.workspace.state()) == of_state(undisturbed.workspace.state())
