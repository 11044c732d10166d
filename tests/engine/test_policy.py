"""The policy pack on the real engine: what it stops before anything is made, what it says, and what it lets through."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.engine.conftest import Deployed
from tests.engine.environment import Environment, copied, environment
from tests.engine.workspace import PulumiError
from tests.roadstead.tool.review.rules.table import only_findings
from tests.support import ROOT

from roadstead.tool.offline.graph import Graph
from roadstead.tool.policy.pack import ASKED, INPUTS, NOT_DECIDED, NOTHING_SHOWN
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.rules import RULES

SINGLE, NO_NODE = "spot/single-replica", "capacity/fits-no-node"
PACK = ROOT / "policy"
FILES = (*ROOT.glob("Pulumi*.yaml"), ROOT / "infra", PACK)
on_staging = pytest.mark.parametrize("deployed", ["staging"], indirect=True)
SECRET = "made-up-77e1-token"
BAD = f"""

import json

import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

size = {{"requests": {{"cpu": "7"}}, "limits": {{"memory": "1Gi"}}}}
anything = {{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}
aws.iam.RolePolicy("ops", role="ops", policy=json.dumps({{"Version": "2012-10-17", "Statement": [anything]}}))
kubernetes.core.v1.Namespace("tools", metadata={{"name": "tools"}})
for name, image in (("tool", "docker.io/tool"), ("keeper", pulumi.Output.secret("docker.io/{SECRET}"))):
    kubernetes.apps.v1.Deployment(
        name,
        metadata={{"name": name, "namespace": "tools"}},
        spec={{
            "selector": {{"match_labels": {{"a": name}}}},
            "template": {{
                "metadata": {{"labels": {{"a": name}}}},
                "spec": {{"containers": [{{"name": name, "image": image, "resources": size}}]}},
            }},
        }},
    )
"""


class Outcome(NamedTuple):
    """What became of an operation with the pack."""

    is_stopped: bool
    violations: frozenset[tuple[str, str, str]]
    """Policy, level, and name of the resource."""
    messages: str
    """Everything that policies said."""
    log: str
    """Everything that was printed."""


def operate(stack: Environment, *command: str, config: Mapping[str, object] | None = None) -> Outcome:
    """Runs an operation with the pack that lies in the project."""
    workspace = stack.workspace
    log, options = workspace.folder / "policy-events.json", ["--policy-pack", "policy"]
    if config is not None:
        (workspace.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        options += ["--policy-pack-config", str(workspace.folder / "config.json")]
    try:
        printed, is_stopped = workspace.pulumi(*command, *options, "--event-log", str(log)), False
    except PulumiError as error:
        printed, is_stopped = str(error), True
    events = list(_policy_events(log))
    log.unlink()
    return Outcome(
        is_stopped,
        frozenset(
            (event["policyName"], event["enforcementLevel"], event["resourceUrn"].rpartition("::")[2])
            for event in events
        ),
        "\n".join(event["message"] for event in events),
        printed,
    )


def _policy_events(log: Path) -> Iterator[Mapping[str, str]]:
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if "policyEvent" in event:
            yield event["policyEvent"]


def offline(graph: Graph) -> set[tuple[str, str]]:
    """What the same rules find in the recorded graph: rule, and name of the resource."""
    diff = StackDiff(graph.stack, None, graph, (), is_compared=False)
    return {
        (finding.rule, graph.resources[finding.resource].name)
        for rule in RULES
        for finding in only_findings(rule(diff))
        if finding.rule in ASKED
    }


@pytest.fixture
def staging(deployed: Deployed, tmp_path: Path) -> Iterator[Environment]:
    """Staging as it is after its first `up`, with the pack in its project."""
    with copied(deployed, tmp_path) as copy:
        shutil.copytree(PACK, copy.workspace.project / "policy", ignore=shutil.ignore_patterns("__pycache__"))
        yield copy


@pytest.mark.usefixtures("pulumi")
def test_a_new_stack_is_let_through_and_its_first_preview_says_what_it_cannot_decide(tmp_path: Path) -> None:
    with environment(tmp_path, "staging", files=FILES) as stack:
        preview = operate(stack, "preview")
        assert not preview.is_stopped
        wanted = {(rule, "advisory", name) for rule, name in offline(stack.workspace.render())}
        assert wanted == {(SINGLE, "advisory", "payments.worker")}
        assert preview.violations == wanted | {(NOT_DECIDED, "advisory", "roadstead-staging")}
        assert "lock-out/key-root: not decided: policy of Key" in preview.messages
        up = operate(stack, "up", "--yes", "--skip-preview")
        assert not up.is_stopped
        assert up.violations == wanted


@on_staging
def test_a_bad_change_is_stopped_before_anything_is_made(staging: Environment) -> None:
    spoil(staging)
    before = staging.made()
    outcome = operate(staging, "up", "--yes")
    assert outcome.is_stopped
    assert staging.made() == before
    # The stand-in provider, unlike the real one, knows no secrets: the engine then hides all containers of the other one.
    recorded = {(rule, name) for rule, name in offline(staging.workspace.render()) if name != "keeper"}
    assert {(rule, name) for rule, _, name in outcome.violations} == recorded | {(NOT_DECIDED, "roadstead-staging")}
    assert outcome.violations >= {
        (NO_NODE, "mandatory", "tool"),
        ("access/pass-role", "mandatory", "ops"),
        ("workload/image-not-pinned", "mandatory", "tool"),
        (SINGLE, "advisory", "payments.worker"),
    }
    assert "workload/no-limit, workload/no-probe: not decided" in outcome.messages
    assert "containers of Deployment keeper (secret)" in outcome.messages
    assert SECRET not in outcome.messages + outcome.log


@on_staging
def test_a_waiver_and_the_packs_own_configuration_are_respected(staging: Environment) -> None:
    spoil(staging)
    (urn,) = [urn for urn in staging.workspace.render().resources if urn.endswith("::tool")]
    waiver = f"- {{rule: {NO_NODE}, resource: {urn!r}, person: ada, reason: larger nodes come, expires: 2999-01-01}}\n"
    (staging.workspace.project / "infra" / "waivers.yaml").write_text(waiver, encoding="utf-8")
    waived = operate(staging, "preview")
    assert waived.is_stopped
    assert NO_NODE not in {rule for rule, _, _ in waived.violations}
    errors = {rule for rule, level, _ in waived.violations if level == "mandatory"}
    configured = operate(staging, "preview", config={**dict.fromkeys(errors, "advisory"), SINGLE: "disabled"})
    assert not configured.is_stopped
    assert configured.violations == {(rule, "advisory", name) for rule, _, name in waived.violations if rule != SINGLE}


@on_staging
def test_without_a_preview_a_violation_fails_an_update_that_has_happened(staging: Environment) -> None:
    spoil(staging)
    before = len(staging.made())
    outcome = operate(staging, "up", "--yes", "--skip-preview")
    assert outcome.is_stopped
    assert ("access/pass-role", "mandatory", "ops") in outcome.violations
    assert len(staging.made()) == before + len(("ops", "tools", "tool", "keeper"))


@on_staging
def test_a_pack_that_is_not_shown_inputs_says_that_it_has_not_looked(staging: Environment) -> None:
    blind = operate(staging, "preview", config={INPUTS: "advisory"})
    assert blind.violations == {(NOT_DECIDED, "advisory", "roadstead-staging")}
    assert NOTHING_SHOWN in blind.messages


def spoil(stack: Environment) -> None:
    """Adds to a program what rules find and no component looks at."""
    program = stack.workspace.project / "infra" / "__main__.py"
    program.write_text(program.read_text(encoding="utf-8") + BAD, encoding="utf-8")
