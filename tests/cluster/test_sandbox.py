"""The sandbox as people use it: its commands, one after the other, in a project of their own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from ruamel.yaml import YAML
from tests.support import ROOT
from tests.test_readme import shown

from roadstead.tool.sandbox import state
from roadstead.tool.sandbox.aws.clients import connect
from roadstead.tool.sandbox.control_plane import ControlPlane
from roadstead.tool.sandbox.sandbox import FOLDER


@pytest.fixture(scope="module")
def project(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "infra", folder / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, folder)
    (folder / ".tools").symlink_to(ROOT / ".tools")
    yield folder
    roadstead(folder, "down")


def roadstead(project: Path, *arguments: str, code: int = 0, kubeconfig: Path | None = None) -> str:
    """What a command prints; it must end with this code."""
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    if kubeconfig:
        environment["KUBECONFIG"] = str(kubeconfig)
    command, *options = arguments
    ended = subprocess.run(
        [sys.executable, "-m", "roadstead.tool.cli", "sandbox", command, "-C", str(project), *options],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    text = ended.stdout + ended.stderr
    assert ended.returncode == code, text
    assert "Traceback" not in text
    return text


def kubectl(kubeconfig: str, *arguments: str) -> str:
    """What kubectl says, be it a refusal."""
    program = ROOT / ".tools" / "bin" / "kubectl"
    ended = subprocess.run(
        [str(program), "--kubeconfig", kubeconfig, *arguments], capture_output=True, text=True, check=False
    )
    return ended.stdout + ended.stderr


def edit(project: Path, file: str, *path: str, value: object) -> None:
    yaml = YAML()
    content = yaml.load(project / file)
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    yaml.dump(content, project / file)


def test_before_it_is_up_every_command_says_how_to_start_it(project: Path) -> None:
    for command in ("status", "kubeconfig", "spot-loss"):
        assert "`roadstead sandbox up` starts one" in roadstead(project, command, code=2)
    assert "No sandbox is up." in roadstead(project, "down")


def test_a_stack_is_up_with_its_nodes_and_all_its_pods(project: Path) -> None:
    text = roadstead(project, "up", "--stack", "staging")
    assert text.count("staging-spot-") == 3
    assert text.count("staging-system-") == 2
    assert same_on_every_machine(text) == same_on_every_machine(shown("sandbox"))


def same_on_every_machine(text: str) -> str:
    """Without ports, folders, how many pods the scheduler gave to which node, and spaces at the end."""
    for varying, name in (
        (r"127\.0\.0\.1:\d+", "port"),
        (r"\S*build/sandbox", "folder"),
        (r" -C \S+", ""),
        (r"\d+ +yes", "yes"),
    ):
        text = re.sub(varying, name, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_its_aws_half_answers_where_it_says(project: Path) -> None:
    known = state.load(project / FOLDER)
    assert known is not None
    assert known.account is not None
    aws = connect(known.account.endpoint_url, known.account.region)
    assert aws.eks.describe_cluster(name="staging")["cluster"]["version"] == "1.36"


def test_a_persona_gets_what_it_may_have_and_nothing_else(project: Path) -> None:
    developer = roadstead(project, "kubeconfig", "--as", "payments/developer").strip()
    assert "api-" in kubectl(developer, "get", "pods")
    assert "Forbidden" in kubectl(developer, "get", "secrets")
    assert "Forbidden" in kubectl(developer, "get", "pods", "--namespace", "storefront")
    refused = roadstead(project, "kubeconfig", "--as", "payments/boss", code=2)
    assert "got 'payments/boss'; expected one of data/deployer" in refused


def test_after_an_edit_only_what_differs_is_told(project: Path) -> None:
    edit(project, "infra/teams/payments.yaml", "namespaces", "payments", "quota", "pods", value=41)
    edit(project, "Pulumi.staging.yaml", "config", "roadstead:teams", value=["payments", "storefront"])
    # Whoever tried it out still has the kubeconfig of a persona in their environment.
    developer = Path(roadstead(project, "kubeconfig", "--as", "payments/developer").strip())
    text = roadstead(project, "up", "--stack", "staging", kubeconfig=developer)
    assert "changed  ResourceQuota payments/quota" in text
    assert "pruned  Namespace data\n" in text
    assert "storefront/" not in text.partition("staging: ")[0]


def test_spot_nodes_go_and_come_back(project: Path) -> None:
    text = roadstead(project, "spot-loss", "--fraction", "0.5")
    assert "staging-spot-1 is gone: its pods had moved" in text
    assert "staging-spot-2 is gone: its pods had moved" in text
    assert "created  Node staging-spot-1" in roadstead(project, "up", "--stack", "staging")


def test_taken_down_nothing_of_it_is_left(project: Path) -> None:
    known = state.load(project / FOLDER)
    assert known is not None
    assert known.is_running
    assert "staging is down." in roadstead(project, "down")
    assert known.account is not None
    assert not any(process.running() for process in (*known.processes, known.account.process))
    assert not (project / FOLDER).exists()


def test_a_cluster_that_is_not_local_by_its_name_has_to_be_named(project: Path, plane: ControlPlane) -> None:
    refused = roadstead(project, "up", "--stack", "local", code=2, kubeconfig=plane.kubeconfig)
    assert "got 'roadstead-sandbox' at https://127.0.0.1" in refused
    assert "--allow-cluster roadstead-sandbox" in refused


def test_a_cluster_that_was_there_before_gets_the_objects_and_loses_them_again(
    project: Path, plane: ControlPlane, api: ApiClient
) -> None:
    core = CoreV1Api(api)
    before = {namespace.metadata.name for namespace in core.list_namespace().items}
    # It has no nodes, so its pods wait: that is said, and is no error.
    options = ("--stack", "local", "--allow-cluster", "roadstead-sandbox", "--wait-seconds", "1")
    text = roadstead(project, "up", *options, kubeconfig=plane.kubeconfig)
    assert "does not run: pod payments/api-" in text
    assert {namespace.metadata.name for namespace in core.list_namespace().items} > before
    assert core.list_node().items == []
    assert "nodes are not touched" in roadstead(project, "spot-loss", code=2)
    roadstead(project, "down")
    assert {namespace.metadata.name for namespace in core.list_namespace().items} == before
