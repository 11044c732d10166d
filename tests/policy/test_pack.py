import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel, Policy, ResourceValidationPolicy, StackValidationArgs, StackValidationPolicy
from tests.graphs import deployment, graph, namespace, node_group
from tests.policy import shown
from tests.roadstead.tool.review.rules.table import Case, only_findings
from tests.roadstead.tool.review.rules.test_rules import CASES
from tests.support import ROOT

from roadstead.tool import yaml_files
from roadstead.tool.offline.graph import Graph, Secret
from roadstead.tool.offline.render import render
from roadstead.tool.policy import pack
from roadstead.tool.policy.pack import ASKED, NOT_DECIDED, Pack
from roadstead.tool.policy.reading import Inputs
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules import COMPARING, IDS, OF_ALL_STACKS, RULES, upgrade

TODAY = date(2026, 11, 21)
OURS = [case for case in CASES if case.rule in ASKED]
BAD = graph(node_group("spot", spot=True))
WAIVER = """
- rule: spot/too-few-types
  resource: urn:pulumi:test::project::aws:eks/nodeGroup:NodeGroup::spot
  person: ada
  reason: the others are not in this region
  expires: 2026-11-21
"""


def violations(policies: Sequence[Policy], graph: Graph) -> list[tuple[str, str, str | None]]:
    """What the policies report of a stack: policy, message, URN."""
    found: list[tuple[str, str, str | None]] = []
    for each in shown.inputs(graph):
        for policy in policies:
            if isinstance(policy, ResourceValidationPolicy):
                assert policy.remediate(each) is None
    for policy in policies:
        if isinstance(policy, StackValidationPolicy):

            def report(message: str, urn: str | None = None, name: str = policy.name) -> None:
                found.append((name, message, urn))

            policy.validate(StackValidationArgs(shown.outputs(graph)), report)
    return found


def offline(graph: Graph) -> list[Finding]:
    diff = StackDiff(graph.stack, None, graph, (), is_compared=False)
    return only_findings(said for rule in RULES for said in rule(diff))


def pairs(graph: Graph) -> list[tuple[str, str | None]]:
    return sorted((rule, urn) for rule, _, urn in violations(Pack(ROOT, TODAY).policies(), graph))


@pytest.mark.parametrize("stack", ["production", "local"])
def test_the_pack_finds_what_a_review_finds(stack: str, request: pytest.FixtureRequest) -> None:
    made: Graph = request.getfixturevalue(stack)
    assert pairs(made) == sorted((finding.rule, finding.resource) for finding in offline(made))


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.rule)
def test_every_rule_that_is_asked_finds_in_the_pack_what_it_finds_in_a_review(case: Case[StackDiff]) -> None:
    assert case.finds.head is not None
    assert case.rule in {rule for rule, _ in pairs(case.finds.head)}
    assert pairs(case.finds.head) == sorted((finding.rule, finding.resource) for finding in offline(case.finds.head))


def test_every_rule_is_asked_or_needs_what_a_policy_pack_does_not_see() -> None:
    assert {*ASKED, *COMPARING, *OF_ALL_STACKS, *upgrade.ON_THE_WAY} == IDS
    assert {case.rule for case in OURS} == set(ASKED)


def test_an_error_is_mandatory_and_a_warning_advisory() -> None:
    levels = {policy.name: policy.enforcement_level for policy in Pack(ROOT, TODAY).policies()}
    for case in OURS:
        wanted = EnforcementLevel.MANDATORY if case.severity is Severity.ERROR else EnforcementLevel.ADVISORY
        assert levels[case.rule] is wanted, case.rule
    assert levels[NOT_DECIDED] is EnforcementLevel.ADVISORY


def test_a_message_says_what_is_wrong_what_to_do_and_where(staging: Graph) -> None:
    messages = [message for rule, message, _ in violations(Pack(ROOT, TODAY).policies(), staging)]
    assert messages == [
        "payments/worker may run on spot nodes with a single replica: while its node goes, it does not answer. "
        "Let it have at least 2 replicas, or keep it off spot nodes with spot: never. "
        "(infra/teams/payments.yaml: apps.worker.replicas.min)"
    ]


@pytest.mark.parametrize(("today", "is_lifted"), [(TODAY, True), (date(2026, 11, 22), False)])
def test_a_waiver_counts_until_its_last_day(today: date, is_lifted: bool, tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "waivers.yaml").write_text(WAIVER)
    found = {rule for rule, _, _ in violations(Pack(tmp_path, today).policies(), BAD)}
    assert ("spot/too-few-types" not in found) == is_lifted


def test_in_a_first_preview_what_is_certain_is_decided_and_the_rest_is_said() -> None:
    found = violations(Pack(ROOT, TODAY).policies(), render(ROOT, "staging", unknown=True))
    assert [(rule, urn and urn.rpartition("::")[2]) for rule, _, urn in found] == [
        ("spot/single-replica", "payments.worker"),
        (NOT_DECIDED, None),
    ]
    undecided = found[-1][1]
    assert "lock-out/key-root: not decided: policy of Key data, payments" in undecided
    assert "spot/too-few-types" not in undecided
    assert "capacity/quotas-exceed-nodes" not in undecided


def test_rules_of_the_project_are_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def acme(diff: StackDiff) -> list[Finding]:
        return [
            Finding("acme/tags", severity, group.urn, "No owner.", "Name one.", "infra/a.yaml")
            for group in (diff.head.of_type("aws:eks/nodeGroup:NodeGroup") if diff.head else [])
            for severity in Severity
        ]

    monkeypatch.setattr(pack, "project_rules", lambda: (acme,))
    found = [(rule, message) for rule, message, _ in violations(Pack(ROOT, TODAY).policies(), BAD) if "acme" in message]
    text = "acme/tags: No owner. Name one. (infra/a.yaml)"
    assert found == [("project/errors", text), ("project/warnings", text), ("project/warnings", text)]


def test_what_was_shown_of_an_earlier_state_is_forgotten() -> None:
    policies = Pack(ROOT, TODAY).policies()
    assert violations(policies, BAD) != []
    assert violations(policies, graph(node_group("general"))) == []


def test_a_secret_is_in_no_message() -> None:
    secret = graph(namespace(), deployment(container={"image": Secret.of(1)}))
    found = violations(Pack(ROOT, TODAY).policies(), secret)
    assert {rule for rule, _, _ in found} == {NOT_DECIDED}, "whether a secret image is pinned nobody knows"
    assert shown.IN_CLEAR not in str(found)
    assert "workload/image-not-pinned" in str(found)
    assert "containers[].image of Deployment payments.api (secret)" in str(found)


def test_the_graph_is_the_one_that_was_shown(production: Graph) -> None:
    known = Inputs()
    for each in shown.inputs(production):
        known.remember(each)
    read = known.graph(shown.outputs(production))
    assert list(read.resources) == list(production.resources)
    for urn, made in production.resources.items():
        there = read.resources[urn]
        for field in ("type", "name", "parent", "provider", "inputs", "protect", "custom"):
            assert getattr(there, field) == getattr(made, field), (urn, field)
        assert sorted(there.dependencies) == sorted(made.dependencies)
        assert {**there.computed, **made.computed} == there.computed


def test_without_inputs_the_pack_does_not_pretend_to_have_looked() -> None:
    policies = [policy for policy in Pack(ROOT, TODAY).policies() if policy.name != pack.INPUTS]
    assert violations(policies, BAD) == [(NOT_DECIDED, pack.NOTHING_SHOWN, None)]


def test_what_was_never_given_anything_is_read_off_its_outputs(production: Graph) -> None:
    read = Inputs().graph(shown.outputs(production))
    group = production.of_type("aws:eks/nodeGroup:NodeGroup")[0]
    assert read.resources[group.urn].inputs.items() >= group.inputs.items()


def test_a_mistake_in_the_waivers_ends_the_pack_with_its_line_and_no_traceback(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policy", tmp_path / "policy")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "waivers.yaml").write_text("- {rule: spot/stateful}\n")
    ended = subprocess.run([sys.executable, tmp_path / "policy"], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert ended.stderr.startswith("error: infra/waivers.yaml: 0.resource: missing key")


def test_the_pack_has_the_librarys_version_and_environment() -> None:
    described = yaml_files.load(ROOT / "policy" / "PulumiPolicy.yaml")
    assert described["version"] == version("roadstead")
    assert described["runtime"]["options"]["virtualenv"] == "../.venv"


def test_docs_name_what_is_also_a_policy() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+/[a-z-]+)` \|.*\| yes \|$", page, re.MULTILINE)) == set(ASKED)
