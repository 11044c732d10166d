"""One change to a stack that is there: announced is what it touches and nothing else, and then it is done."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from tests.engine.conftest import Deployed, each_stack, each_stack_in_aws
from tests.engine.environment import copied
from tests.engine.states import of_graph, of_state
from tests.support import DIGEST

UPDATED = ["update"]
REPLACED = ["create-replacement", "replace", "delete-replaced"]


class Change(NamedTuple):
    """A value in one of the project's files, and what follows from it."""

    file: str
    keys: tuple[str, ...]
    value: object
    touches: Mapping[tuple[str, str], list[str]]
    """Operations by type and name of the resource: of a component, its inputs are what is updated."""


def digest(stack: str) -> Change:
    touches = {
        ("roadstead:index:App", "payments.api"): UPDATED,
        ("kubernetes:apps/v1:Deployment", "payments.api"): UPDATED,
    }
    return Change(f"infra/releases/{stack}.yaml", ("payments", "api"), DIGEST, touches)


def quota(stack: str) -> Change:
    touches = {
        ("roadstead:index:Team", "payments"): UPDATED,
        ("roadstead:index:TeamNamespace", "payments.payments"): UPDATED,
        ("kubernetes:core/v1:ResourceQuota", "payments.payments"): UPDATED,
    }
    return Change("infra/teams/payments.yaml", ("namespaces", "payments", "quota", "pods"), 60, touches)


def replicas(stack: str) -> Change:
    """From a range to a fixed number: the scaler's business alone, so that no pod stops that is to stay."""
    touches = {
        ("roadstead:index:App", "storefront.web"): UPDATED,
        ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "storefront.web"): UPDATED,
    }
    return Change("infra/teams/storefront.yaml", ("apps", "web", "replicas"), {"min": 2, "max": 2}, touches)


def instance_types(stack: str) -> Change:
    touches = {
        ("roadstead:index:NodeGroup", f"{stack}-system"): UPDATED,
        ("aws:eks/nodeGroup:NodeGroup", f"{stack}-system"): REPLACED,
    }
    keys = ("config", "roadstead:node_groups", "system", "instance_types")
    return Change(f"Pulumi.{stack}.yaml", keys, ["m6g.large"], touches)


@pytest.mark.parametrize("change", [digest, quota, replicas])
@each_stack
def test_a_change_touches_what_it_is_about(deployed: Deployed, change: Callable[[str], Change], tmp_path: Path) -> None:
    assert_touches(deployed, change(deployed.workspace.stack), tmp_path)


@each_stack_in_aws
def test_other_instance_types_put_another_node_group_in_the_place_of_the_first(
    deployed: Deployed, tmp_path: Path
) -> None:
    assert_touches(deployed, instance_types(deployed.workspace.stack), tmp_path)


@each_stack
def test_a_new_team_is_added_and_nothing_else_touched(deployed: Deployed, tmp_path: Path) -> None:
    name = deployed.workspace.stack
    with copied(deployed, tmp_path) as stack:
        team = {"namespaces": {"search": {"quota": {"cpu": "2", "memory": "4Gi", "pods": 10}}}}
        file = stack.workspace.project / "infra" / "teams" / "search.yaml"
        file.write_text(yaml.safe_dump(team), encoding="utf-8")
        teams = ["payments", "storefront", "data", "search"]
        stack.workspace.set_value(f"Pulumi.{name}.yaml", ("config", "roadstead:teams"), teams)
        added = stack.workspace.render().resources.keys() - deployed.workspace.render().resources.keys()

        planned = stack.workspace.preview()
        assert planned == {urn: ["create"] for urn in added}
        assert ("roadstead:index:TeamNamespace", "search.search") in map(type_and_name, added)
        assert stack.workspace.up() == planned
        assert of_state(stack.workspace.state()) == of_graph(stack.workspace.render())


def assert_touches(deployed: Deployed, change: Change, folder: Path) -> None:
    """A preview of the change announces what it touches and nothing else, and `up` leaves what the project says."""
    with copied(deployed, folder) as stack:
        stack.workspace.set_value(change.file, change.keys, change.value)

        planned = stack.workspace.preview()
        assert {type_and_name(urn): what for urn, what in planned.items()} == change.touches
        assert stack.workspace.up() == planned

        replaced = {urn for urn, what in planned.items() if what == REPLACED}
        after, wanted = of_state(stack.workspace.state()), of_graph(stack.workspace.render())
        for urn in replaced:
            # Its generated name is another one now.
            assert after.pop(urn)["inputs"] == wanted.pop(urn)["inputs"]
        assert after == wanted
        assert len(stack.made()) == len(deployed.made())


def type_and_name(urn: str) -> tuple[str, str]:
    types, name = urn.split("::")[2:4]
    return types.rpartition("$")[2], name
