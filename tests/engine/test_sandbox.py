"""docs/sandbox.md's lines on the real engine: Pulumi takes over what the sandbox has applied, and the sandbox it again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import config
from tests.engine import documented, workspace
from tests.engine.faults import Faults
from tests.engine.objects import Objects
from tests.engine.own_cluster import OwnCluster
from tests.engine.servers import serving
from tests.engine.test_changes import digest
from tests.engine.workspace import Workspace
from tests.support import ROOT

from roadstead.tool.sandbox.apply import FIELD_MANAGER, Cluster, Reference
from roadstead.tool.sandbox.sandbox import FOLDER

OTHER_DIGEST = f"sha256:{'cd' * 32}"
API = Reference("apps/v1", "Deployment", "payments", "api")


@pytest.fixture
def project(own: OwnCluster, tmp_path: Path) -> Iterator[Workspace]:
    """A project as one has it after `make setup` and `make tools`."""
    with serving(Objects(tmp_path / "objects"), Faults(), own=own) as providers:
        made = Workspace(tmp_path, "local", providers)
        workspace.fill(made, (*ROOT.glob("Pulumi*.yaml"), ROOT / "infra"))
        (made.project / ".tools").symlink_to(ROOT / ".tools")
        # Of the target, what it does at last: all that it needs is there.
        recipe = subprocess.run(
            ["make", "-n", "sandbox", "STACK=local"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        (made.project / "Makefile").write_text(f"sandbox:\n\t@{recipe.stdout.splitlines()[-1]}\n", encoding="utf-8")
        yield made
        run(made, ["roadstead sandbox down"])


def run(made: Workspace, lines: list[str]) -> str:
    environment = made.environment()
    path = os.pathsep.join([str(made.project / ".venv" / "bin"), environment["PATH"]])
    return documented.run(lines, made.project, {**environment, "PATH": path})


def test_pulumi_takes_over_what_the_sandbox_has_applied_and_both_change_it(project: Workspace) -> None:
    up, export, first, again, sandbox = documented.commands("sandbox.md", "Pulumi on the sandbox")
    run(project, [up, export, first])

    release = digest("local")
    project.set_value(release.file, release.keys, release.value)
    # What is declared no more is there no more: nobody else holds it.
    project.set_value("infra/teams/payments.yaml", ("apps", "api", "env"), {})
    run(project, [export, again])
    deployment = stored(project)
    assert str(release.value) in str(deployment["spec"])
    assert "LOG_LEVEL" not in str(deployment["spec"])

    project.set_value(release.file, release.keys, OTHER_DIGEST)
    run(project, [export, sandbox, again])
    deployment = stored(project)
    assert OTHER_DIGEST in str(deployment["spec"])
    assert owners(deployment) == {FIELD_MANAGER}


def stored(made: Workspace) -> dict[str, Any]:
    with config.new_client_from_config(str(made.project / FOLDER / "kubeconfig")) as api:
        found = Cluster(api).get(API)
    assert found
    return found


def owners(stored: dict[str, Any]) -> set[str]:
    return {entry["manager"] for entry in stored["metadata"]["managedFields"] if entry["operation"] == "Apply"}
