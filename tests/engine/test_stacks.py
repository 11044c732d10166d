"""Each stack on the real engine: previewed, made, looked at again, and taken away."""

from pathlib import Path

import pytest
from tests.engine.conftest import STACKS, Deployed, each_stack
from tests.engine.environment import Environment, copied, environment
from tests.engine.states import ENGINES_OWN, of_graph, of_state

from roadstead.tool.offline.graph import Graph, plain
from roadstead.tool.sandbox.apply import Cluster, Reference
from roadstead.tool.sandbox.objects import objects


@each_stack
def test_a_first_preview_announces_what_the_recording_engine_shows_and_up_makes_it(deployed: Deployed) -> None:
    wanted = {urn: ["create"] for urn in deployed.workspace.render().resources}
    for said in (deployed.planned, deployed.done):
        assert {urn: what for urn, what in said.items() if not urn.endswith(ENGINES_OWN)} == wanted


@each_stack
def test_the_outputs_are_complete_and_known(deployed: Deployed) -> None:
    outputs = deployed.workspace.outputs()
    assert outputs == plain(deployed.workspace.render().outputs)
    assert "[unknown]" not in str(outputs)


@each_stack
def test_the_state_is_what_the_recording_engine_shows(deployed: Deployed) -> None:
    assert of_state(deployed.workspace.state()) == of_graph(deployed.workspace.render())


@each_stack
def test_a_second_preview_is_empty_also_after_a_refresh(deployed: Deployed) -> None:
    operations = deployed.faults.operations
    deployed.workspace.preview("--expect-no-changes")
    deployed.workspace.refresh("--expect-no-changes")
    deployed.workspace.preview("--expect-no-changes")
    assert deployed.faults.operations == operations


@each_stack
def test_destroy_removes_nothing_that_something_else_needs_and_leaves_nothing(
    deployed: Deployed, tmp_path: Path
) -> None:
    graph = deployed.workspace.render()
    with copied(deployed, tmp_path) as stack:
        allow_deletion(stack)
        order = stack.workspace.destroy()
        assert stack.made() == []
        assert "resources" not in stack.workspace.state()
    assert set(order) >= set(graph.resources)
    assert too_early(order, graph) == []


@pytest.mark.usefixtures("pulumi")
@pytest.mark.parametrize("stack", STACKS)
def test_an_api_server_takes_a_stack_and_nothing_is_left_there_when_it_is_gone(
    stack: str, cluster: Cluster, tmp_path: Path
) -> None:
    with environment(tmp_path, stack, cluster=cluster) as made:
        wanted = [Reference.of(body) for body in objects(made.workspace.render())]
        made.workspace.up()
        assert [reference for reference in wanted if cluster.get(reference) is None] == []
        made.workspace.refresh("--expect-no-changes")
        allow_deletion(made)
        made.workspace.destroy()
        assert [reference for reference in wanted if cluster.get(reference)] == []
        assert made.made() == []


def allow_deletion(stack: Environment) -> None:
    """Turns off what keeps EKS from deleting a production cluster, as a user has to."""
    if stack.workspace.stack == "production":
        keys = ("config", "roadstead:cluster", "deletion_protection")
        stack.workspace.set_value("Pulumi.production.yaml", keys, False)
        stack.workspace.up()


def too_early(order: list[str], graph: Graph) -> list[str]:
    """What was deleted before something that depends on it."""
    deleted = {urn: number for number, urn in enumerate(order)}
    return [
        f"{needed} before {urn}"
        for urn, resource in graph.resources.items()
        for needed in (*resource.dependencies, resource.parent, resource.provider)
        if needed and deleted[needed] < deleted[urn]
    ]
