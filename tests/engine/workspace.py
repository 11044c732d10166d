"""One stack of a copy of a project, as a user has it: a folder, a home, a backend, and the `pulumi` command."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.engine import events
from tests.engine.own_cluster import OwnCluster
from tests.support import ROOT

from roadstead.tool import yaml_files
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.render import render

PASSPHRASE = "correct-horse-battery-staple-7c1f"
"""Of states that are thrown away."""
TIMEOUT_SECONDS = 240


class PulumiError(Exception):
    """The command ended with an error; the text is everything that it printed."""


@dataclass(frozen=True)
class Workspace:
    """A stack's folder and where its providers are."""

    folder: Path
    stack: str
    providers: str
    """As PULUMI_DEBUG_PROVIDERS takes it."""
    own: OwnCluster | None = None
    """The cluster that the real Kubernetes provider works on, where that is used."""

    @property
    def project(self) -> Path:
        """The copy of the project."""
        return self.folder / "project"

    @property
    def backend(self) -> Path:
        """Where state, history and locks are."""
        return self.folder / "backend"

    @property
    def checkpoint(self) -> Path:
        """The state's file."""
        (found,) = self.backend.glob(f".pulumi/stacks/*/{self.stack}.json")
        return found

    @property
    def logs(self) -> Path:
        """What the command printed and which events there were."""
        return self.folder / "logs"

    def render(self) -> Graph:
        """What the recording engine makes of the same files."""
        return render(self.project, self.stack)

    def set_value(self, file: str, keys: tuple[str, ...], value: object) -> None:
        """Changes a value in one of the project's YAML files."""
        path = self.project / file
        content: dict[str, Any] = yaml_files.load(path)
        inner = content
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        path.write_text(yaml.safe_dump(content), encoding="utf-8")

    def preview(self, *options: str) -> dict[str, list[str]]:
        """What would be done, by URN; nothing where nothing would change."""
        return events.changes(self._operation("preview", *options))

    def up(self, *options: str) -> dict[str, list[str]]:
        """What was done, by URN."""
        return events.changes(self._operation("up", "--yes", "--skip-preview", *options))

    def refresh(self, *options: str) -> None:
        """Takes over what is really there."""
        self._operation("refresh", "--yes", "--skip-preview", *options)

    def destroy(self) -> list[str]:
        """The URNs of what was deleted, in the order in which each was gone."""
        return events.ended(self._operation("destroy", "--yes", "--skip-preview"))

    def state(self) -> dict[str, Any]:
        """The state, as `pulumi stack export` shows it."""
        deployment: dict[str, Any] = json.loads(self.pulumi("stack", "export"))["deployment"]
        return deployment

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secret ones in clear."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json", "--show-secrets"))
        return found

    def pulumi(self, *arguments: str) -> str:
        """Runs the command to its end; everything that it printed."""
        with self.start(*arguments) as process:
            try:
                output, errors = process.communicate(timeout=TIMEOUT_SECONDS)
            except BaseException:
                process.kill()
                raise
        self._log(arguments[0], output + errors)
        if process.returncode:
            raise PulumiError(f"pulumi {' '.join(arguments)}: exit {process.returncode}\n{output}\n{errors}")
        return output

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts the command."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--color", "never", "--non-interactive"],
            cwd=self.project,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _operation(self, command: str, *options: str) -> str:
        """Runs an operation to its end; the events that there were."""
        log = self._log(f"{command}-events", "")
        self.pulumi(command, "--event-log", str(log), *options)
        return log.read_text(encoding="utf-8")

    def _log(self, name: str, text: str) -> Path:
        self.logs.mkdir(exist_ok=True)
        path = self.logs / f"{len(list(self.logs.iterdir())):03}-{name}.log"
        path.write_text(text, encoding="utf-8")
        return path

    def environment(self) -> dict[str, str]:
        """Nothing of the machine's own accounts, clusters and Pulumi settings."""
        own = {
            key: os.environ[key] for key in os.environ if key in ("PATH", "LANG", "TMPDIR") or key.startswith("PIP_")
        }
        return {
            **own,
            **(self.own.environment(own["PATH"]) if self.own else {}),
            "HOME": str(self.folder),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": self.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_COMMANDS": "true",
            "PULUMI_DEBUG_PROVIDERS": self.providers,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_STACK": self.stack,
        }


def create(made: Workspace, files: Iterable[Path]) -> Workspace:
    """Fills a workspace with a project and an empty stack."""
    fill(made, files)
    made.pulumi("stack", "init", made.stack)
    return made


def fill(made: Workspace, files: Iterable[Path]) -> None:
    """Fills a workspace with files and folders of a project, and the packages of this one."""
    made.backend.mkdir(parents=True)
    made.project.mkdir()
    for path in files:
        if path.is_dir():
            shutil.copytree(path, made.project / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, made.project)
    (made.project / ".venv").symlink_to(ROOT / ".venv")
