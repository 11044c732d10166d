"""The way to another Kubernetes: its order for any stacks, and what it says of ours."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graphs import (
    changed,
    component,
    deployment,
    diff,
    graph,
    kubernetes,
    namespace,
    node_group,
    of_tier,
    resource,
)
from tests.roadstead.tool.review.rules.table import only_findings
from tests.support import ROOT
from typer.testing import CliRunner, Result

from roadstead.core.tiers import TIERS
from roadstead.core.yaml_words import in_yaml
from roadstead.facts.kubernetes_versions import MOST_BEHIND, minor
from roadstead.tool.cli.main import app
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.offline.render import render
from roadstead.tool.review.change import Kind
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.revisions import revision
from roadstead.tool.review.rules.upgrade import findings
from roadstead.tool.review.upgrade.plan import StackUpgrade, Step, Task, in_turn, steps
from roadstead.tool.review.upgrade.versions import versions
from roadstead.tool.review.upgrading import way_to
from roadstead.tool.review.views.tier import tier

TODAY = date(2026, 11, 21)
Here = Callable[..., None]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    """Lets the files of a project be these stacks, without rendering them."""

    def set_to(*graphs: Graph) -> None:
        monkeypatch.setattr(revision, "here", lambda *_: {made.stack: made for made in graphs})

    return set_to


@pytest.fixture(scope="module")
def staging_at_1_35(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Our own staging, with another version and another release in its stack file."""
    project = tmp_path_factory.mktemp("at-1.35")
    shutil.copytree(ROOT / "infra", project / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, project)
    file = project / "Pulumi.staging.yaml"
    text, number = re.subn(r'version: "1\.36"', 'version: "1.35"', file.read_text())
    text, also = re.subn(r"1\.36\.4-20260930", "1.35.8-20260930", text)
    assert (number, also) == (1, 1)
    file.write_text(text)
    return render(project, "staging")


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["upgrade", "--project", str(project), *arguments])


def shown(result: Result) -> str:
    """What is printed from the steps on."""
    return result.stdout[result.stdout.index("Changes to make") :]


# Order, for any stacks


def a_stack(name: str, tier_: str, control_plane: int, groups: Sequence[int]) -> Graph:
    cluster = resource("aws:eks/cluster:Cluster", "live", {"version": f"1.{control_plane}"})
    nodes = [
        changed(node_group(f"group-{number}"), releaseVersion=f"1.{version}.1-20260101")
        for number, version in enumerate(groups)
    ]
    return graph(of_tier(tier_), cluster, *nodes, stack=name)


@st.composite
def stacks(draw: st.DrawFn) -> list[Graph]:
    made = []
    for number, tier_ in enumerate(draw(st.lists(st.sampled_from(list(TIERS)), min_size=1, max_size=4))):
        control_plane = draw(st.integers(28, 36))
        groups = draw(st.lists(st.integers(control_plane - MOST_BEHIND, control_plane), max_size=3))
        made.append(a_stack(f"stack-{number}", tier_, control_plane, groups))
    return made


def planned(graphs: Sequence[Graph], target: int) -> tuple[list[StackUpgrade], list[Step]]:
    ordered = in_turn(StackUpgrade(made.stack, versions(made), ()) for made in graphs)
    return ordered, steps(ordered, f"1.{target}")


@settings(max_examples=50)
@given(stacks(), st.integers(30, 37))
def test_no_version_is_skipped_and_no_node_is_ever_newer_or_too_old(graphs: list[Graph], target: int) -> None:
    ordered, way = planned(graphs, target)
    control_planes = {one.stack: minor(str(one.versions.version)) for one in ordered}
    nodes = {one.stack: [minor(group.version) for group in one.versions.groups] for one in ordered}
    for step in way:
        if step.stack is None:
            continue
        number = minor(step.version)
        if step.task is Task.CONTROL_PLANE:
            assert number == control_planes[step.stack] + 1
            control_planes[step.stack] = number
        else:
            assert step.task is Task.NODES
            assert any(version < number for version in nodes[step.stack]), "a step for nothing"
            nodes[step.stack] = [number] * len(nodes[step.stack])
        assert all(0 <= control_planes[step.stack] - version <= MOST_BEHIND for version in nodes[step.stack])
    for one in ordered:
        began = minor(str(one.versions.version))
        assert control_planes[one.stack] == max(began, target)
        if began <= target:
            assert set(nodes[one.stack]) <= {target}


@settings(max_examples=50)
@given(stacks(), st.integers(30, 37))
def test_production_does_nothing_that_the_stacks_before_it_have_not_done(graphs: list[Graph], target: int) -> None:
    ordered, way = planned(graphs, target)
    rank = {one.stack: list(TIERS).index(str(tier(one.versions.graph))) for one in ordered}
    upgrades = [step for step in way if step.task is Task.CONTROL_PLANE and step.stack]
    for earlier, later in pairwise(upgrades):
        moments = [(minor(step.version), rank[str(step.stack)]) for step in (earlier, later)]
        assert moments == sorted(moments)


@settings(max_examples=50)
@given(stacks(), st.integers(30, 37))
def test_what_a_step_writes_is_what_is_there_then(graphs: list[Graph], target: int) -> None:
    ordered, way = planned(graphs, target)
    there = {(one.stack, "Cluster live: version"): str(one.versions.version) for one in ordered}
    for one in ordered:
        there |= {
            (one.stack, f"NodeGroup {made.resource.name}: releaseVersion"): made.version for made in one.versions.groups
        }
    for step in way:
        for edit in step.edits:
            place = (str(step.stack), edit.about)
            assert edit.old == there[place]
            there[place] = edit.new or step.version


def test_nodes_that_are_too_old_already_go_first() -> None:
    _, way = planned([a_stack("live", "production", 36, [32, 36])], 37)
    first, second, *_ = [step for step in way if step.stack]
    assert (first.task, second.task) == (Task.NODES, Task.CONTROL_PLANE)
    assert [edit.about for edit in first.edits] == ["NodeGroup group-0: releaseVersion"]


def test_nodes_that_would_fall_too_far_behind_are_renewed_in_between() -> None:
    _, way = planned([a_stack("live", "production", 34, [33])], 37)
    tasks = [(step.task.value, step.version) for step in way if step.stack]
    assert tasks == [
        ("control plane", "1.35"),
        ("control plane", "1.36"),
        ("nodes", "1.36"),
        ("control plane", "1.37"),
        ("nodes", "1.37"),
    ]


# Our own stacks


def test_staging_from_1_35_to_1_36_is_as_its_page_shows(here: Here, staging_at_1_35: Graph) -> None:
    here(staging_at_1_35)
    result = run(ROOT, "--to", "1.36")
    assert result.exit_code == 0, result.stderr
    page = (ROOT / "docs" / "upgrade.md").read_text(encoding="utf-8")
    assert f"```\n{result.stdout}```\n" in page, "docs/upgrade.md shows what the command prints"


def test_what_the_steps_say_is_all_that_changes(staging_at_1_35: Graph, staging: Graph) -> None:
    """Staging with every value written that the steps name is staging at 1.36: nothing else comes with it."""
    _, way = planned([staging_at_1_35], 36)
    made = compare("staging", staging_at_1_35, staging).changes
    assert {change.kind for change in made} == {Kind.UPDATE}
    said = " ".join(line for step in way for line in step.follows)
    expected = {"kube-proxy", "coredns", "staging-spot", "staging-system"}
    assert all(name in said for name in expected)
    assert {change.resource.inputs.get("addonName") for change in made} - {None} == {"kube-proxy", "coredns"}
    kinds = [change.resource.type.rpartition(":")[2] for change in made]
    assert sorted(kinds) == ["Addon"] * 2 + ["Cluster"] + ["Namespace"] * 4 + ["NodeGroup"] * 2
    forms = {changed.path for change in made for changed in change.properties}
    assert {form for form in forms if "pod-security" not in form} == {"version", "addonVersion", "releaseVersion"}


def test_a_pull_request_that_makes_all_steps_at_once_has_nothing_wrong(staging_at_1_35: Graph, staging: Graph) -> None:
    """Our program changes the control plane before the nodes, also in one `pulumi up`."""
    assert list(findings(diff(staging_at_1_35, staging))) == []
    assert {found.rule for found in only_findings(findings(diff(staging, staging_at_1_35)))} == {"upgrade/goes-back"}


def test_to_a_version_that_eks_does_not_offer_yet_is_a_look_ahead(
    here: Here, staging: Graph, production: Graph
) -> None:
    here(production, staging)
    result = run(ROOT, "--to", "1.37")
    assert result.exit_code == 3
    assert result.stdout.count("error upgrade/not-offered: Cluster") == 2
    assert result.stdout.index("\nstaging: runs 1.36; 1 error") < result.stdout.index(
        "\nproduction: runs 1.36; 1 error"
    )
    titles = re.findall(r"^ ?\d+\. (.*)$", shown(result), re.MULTILINE)
    assert titles == [
        "renew the facts and commit them: the program takes no version that they do not have",
        "staging: control plane to 1.37",
        "staging: nodes to 1.37",
        "production: control plane to 1.37",
        "production: nodes to 1.37",
    ]
    assert "$ roadstead facts refresh --region eu-west-1\n" in result.stdout
    assert "1.36.4-20260930 → the release of 1.37, which data/node_images.json does not have yet" in result.stdout


def test_where_a_stack_is_already_there_is_nothing_to_do(here: Here, staging: Graph) -> None:
    here(staging)
    result = run(ROOT, "--to", "1.36")
    assert result.exit_code == 0
    assert "It runs 1.36 already." in result.stdout
    assert result.stdout.endswith("\nNothing to do.\n")


def test_a_stack_that_is_further_is_left_as_it_is(here: Here, staging: Graph, staging_at_1_35: Graph) -> None:
    behind = replace(staging_at_1_35, stack="later")
    here(staging, behind)
    result = run(ROOT, "--to", "1.35")
    assert result.exit_code == 0
    assert "\nstaging: runs 1.36\n  It runs 1.36 already: left as it is.\n" in result.stdout


def test_a_stack_on_a_cluster_of_others_says_what_it_can(here: Here, local: Graph) -> None:
    here(local)
    result = run(ROOT, "--to", "1.37")
    assert result.exit_code == 0
    assert "local: says no version" in result.stdout
    assert "It makes no cluster of its own: whoever has the cluster upgrades it." in result.stdout
    assert "upgrade/single-replica" in result.stdout
    assert result.stdout.endswith("\nNothing to do.\n")


def test_a_stack_that_names_the_version_of_a_cluster_of_others_is_told_to_follow(here: Here) -> None:
    here(graph(component("Team", "payments", kubernetes_version="1.36"), stack="local"))
    result = run(ROOT, "--to", "1.37")
    assert " 1. local: once its cluster runs 1.37, say so\n" in result.stdout
    assert 'Pulumi.local.yaml: roadstead:existing_cluster.version: "1.36" → "1.37"' in result.stdout


# What has to be seen to first

OLD_API = kubernetes("VolumeAttributesClass", "fast", apiVersion="storage.k8s.io/v1beta1")
STUCK = [
    namespace(),
    deployment(),
    kubernetes(
        "PodDisruptionBudget",
        "api",
        "payments",
        apiVersion="policy/v1",
        spec={"selector": {"matchLabels": {"app.kubernetes.io/name": "api"}}, "maxUnavailable": 0},
    ),
]
CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"version": "1.36"})


def test_what_the_new_version_refuses_and_a_drain_hangs_on_is_mended_before_all_else(here: Here) -> None:
    here(graph(CLUSTER, OLD_API, *STUCK))
    result = run(ROOT, "--to", "1.37")
    assert result.exit_code == 3
    first, second = shown(result).index("test: mend what 1.37 would break"), shown(result).index("test: control plane")
    mends = shown(result)[first:second]
    assert "VolumeAttributesClass fast: Write it as storage.k8s.io/v1 VolumeAttributesClass;" in mends
    assert "(upgrade/blocks-drain)" in mends
    assert "$ pulumi up --stack test" in mends


def test_a_stack_that_says_no_version_is_told_what_to_mend(here: Here) -> None:
    here(graph(OLD_API))
    result = run(ROOT, "--to", "1.37")
    assert result.exit_code == 3
    assert " 1. test: mend what 1.37 would break or hang on\n" in result.stdout


def test_a_program_that_is_not_ours_is_told_which_property_of_what(here: Here) -> None:
    group = changed(node_group("workers"), releaseVersion="1.35.8-20260930")
    here(graph(resource("aws:eks/cluster:Cluster", "live", {"version": "1.35"}), group))
    text = shown(run(ROOT, "--to", "1.36"))
    assert '      Cluster live: version: "1.35" → "1.36"\n' in text
    assert "      NodeGroup workers: releaseVersion: 1.35.8-20260930 → 1.36.4-20260930\n" in text


def test_of_two_clusters_the_older_one_goes_first_and_alone(here: Here) -> None:
    ahead, behind = (
        resource("aws:eks/cluster:Cluster", name, {"version": version})
        for name, version in (("a", "1.36"), ("b", "1.35"))
    )
    here(graph(ahead, behind))
    edits = [line for line in shown(run(ROOT, "--to", "1.37")).splitlines() if "→" in line]
    assert edits[0] == '      Cluster b: version: "1.35" → "1.36"'
    assert edits[1:] == ['      Cluster a: version: "1.36" → "1.37"', '      Cluster b: version: "1.36" → "1.37"']


def test_a_version_that_the_program_does_not_name_is_said(here: Here) -> None:
    here(graph(resource("aws:eks/cluster:Cluster", "live", {}), node_group("workers")))
    result = run(ROOT, "--to", "1.37")
    assert (
        "The program does not say which version Cluster live, NodeGroup workers has: no steps for that."
        in result.stdout
    )
    assert result.stdout.endswith("\nNothing to do.\n")


def waiver(rule: str, made: Resource, expires: str = "2999-01-01") -> str:
    return f'- {{rule: {rule}, resource: "{made.urn}", person: ada, reason: known, expires: {expires}}}\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "infra").mkdir()
    return tmp_path


def test_a_waiver_lifts_a_finding_and_its_step(here: Here, project: Path) -> None:
    here(graph(OLD_API))
    (project / "infra" / "waivers.yaml").write_text(waiver("upgrade/removed-api", OLD_API))
    result = run(project, "--to", "1.37")
    assert result.exit_code == 0
    assert "waived until 2999-01-01 by ada: upgrade/removed-api: VolumeAttributesClass fast" in result.stdout


def test_a_waiver_that_has_expired_is_told_after_the_report(here: Here, project: Path) -> None:
    here(graph(OLD_API))
    (project / "infra" / "waivers.yaml").write_text(waiver("upgrade/removed-api", OLD_API, "2026-01-01"))
    result = run(project, "--to", "1.37")
    assert result.exit_code == 2
    assert "error upgrade/removed-api" in result.stdout
    assert result.stderr.startswith("error: infra/waivers.yaml: 0.expires: expired; got '2026-01-01'")


def test_waivers_that_are_for_other_reviews_are_let_be(here: Here, project: Path) -> None:
    here(graph(OLD_API))
    (project / "infra" / "waivers.yaml").write_text(waiver("spot/stateful", OLD_API))
    assert way_to(project, "1.36", [], TODAY)[1] == []


# Reports and bad input


def test_the_json_is_as_its_schema_says(here: Here, tmp_path: Path, production: Graph) -> None:
    here(production, graph(CLUSTER, OLD_API, *STUCK))
    out = tmp_path / "upgrade.json"
    result = run(ROOT, "--to", "1.37", "--format", "json", "--out", str(out))
    assert (result.exit_code, result.stdout) == (3, f"Written to {out}.\n")
    content = json.loads(out.read_text())
    jsonschema.validate(content, json.loads((ROOT / "docs/schema/upgrade.json").read_text()))
    (of_production,) = [stack for stack in content["stacks"] if stack["stack"] == "production"]
    assert of_production["version"] == "1.36"
    assert of_production["node_groups"]["production-system"] == "1.36.4-20260930"
    assert {"name": "coredns", "version": "v1.14.3-eksbuild.23", "follows": True} in of_production["addons"]
    # Without a tier it goes with production's.
    assert [step["task"] for step in content["steps"]][:3] == ["facts", "control plane", "nodes"]
    assert content["steps"][1]["edits"] == [
        {"file": "Pulumi.production.yaml", "key": "roadstead:cluster.version", "old": "1.36", "new": "1.37"}
    ]


def test_the_markdown_is_a_list_to_tick_off(here: Here, staging_at_1_35: Graph) -> None:
    here(staging_at_1_35)
    text = run(ROOT, "--to", "1.36", "--format", "markdown").stdout
    assert text.startswith("# Kubernetes 1.36\n")
    assert "| kube-proxy | v1.35.3-eksbuild.29 |\n" in text
    assert re.findall(r"^- \[ \] \*\*(.*)\*\*$", text, re.MULTILINE) == [
        "staging: control plane to 1.36",
        "staging: nodes to 1.36",
    ]
    assert "  - `pulumi up --stack staging`\n" in text


def test_fail_on_decides_what_ends_the_command_with_3(here: Here, staging: Graph) -> None:
    here(staging)
    assert run(ROOT, "--to", "1.36").exit_code == 0
    assert run(ROOT, "--to", "1.36", "--fail-on", "warning").exit_code == 3


BAD = [
    *(
        (text, f"error: --to: no minor version of Kubernetes; got {in_yaml(text)}; expected e.g. '1.37'")
        for text in ("37", "1.37.2", "v1.37", "one", "1.36\n")
    ),
    ("1.99", "error: --to: nothing is known of that version; got '1.99'; expected at most 1.37, the newest that"),
    ("1.34", "error: --to: older than what there is (staging: 1.36); got '1.34'; expected a newer one"),
]


@pytest.mark.parametrize(("to", "said"), BAD, ids=[to.strip() for to, _ in BAD])
def test_bad_input_ends_the_command_with_2_and_a_line(here: Here, staging: Graph, to: str, said: str) -> None:
    here(staging)
    result = run(ROOT, "--to", to)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert len(result.stderr.splitlines()) == 1


def test_a_stack_that_there_is_not_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    result = run(tmp_path, "--to", "1.37", "--stack", "nowhere")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: --stack: no such stack; got 'nowhere'; expected one of dev")


def test_every_stack_of_a_project_is_rendered(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text("")
    result = run(tmp_path, "--to", "1.37")
    assert result.exit_code == 0, result.stderr
    assert "dev: says no version" in result.stdout
