"""The example company several times over, for measuring."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from roadstead.tool import yaml_files

ROOT = Path(__file__).parent.parent


def enlarged(project: Path, times: int, apps_times: int = 1, stacks: Sequence[str] = ("staging",)) -> Path:
    """The project in a new folder: every team several times over with namespaces of its own, and every app in each of them.

    Quotas and node groups grow along, so that what runs still has a place.
    """
    project.mkdir(parents=True)
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, project)
    shutil.copytree(ROOT / "infra", project / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    if times == apps_times == 1:
        return project
    names = sorted(file.stem for file in (project / "infra" / "teams").glob("*.yaml"))
    for name in names:
        for number in range(times):
            team = yaml_files.load(project / "infra" / "teams" / f"{name}.yaml")
            dump(_copied(team, number, apps_times), project / "infra" / "teams" / f"{name}-{number}.yaml")
    for stack in stacks:
        _enlarge_stack(project, stack, names, times, apps_times)
    return project


def _enlarge_stack(project: Path, stack: str, names: Sequence[str], times: int, apps_times: int) -> None:
    stack_file, releases_file = project / f"Pulumi.{stack}.yaml", project / "infra" / "releases" / f"{stack}.yaml"
    content, releases = yaml_files.load(stack_file), yaml_files.load(releases_file)
    config = content["config"]
    config["roadstead:teams"] = [f"{name}-{number}" for number in range(times) for name in names]
    for group in config["roadstead:node_groups"].values():
        group["max_size"] *= max(1, times * apps_times // 2)
    dump(content, stack_file)
    many = {
        f"{name}-{number}": {
            _name(app, copy): digest for app, digest in releases[name].items() for copy in range(apps_times)
        }
        for name in names
        for number in range(times)
    }
    dump(many, releases_file)


def _copied(team: dict[str, Any], number: int, apps_times: int) -> dict[str, Any]:
    """A team with everything that is one company's made another's."""
    team["namespaces"] = {
        f"{name}-{number}": {
            **namespace,
            "quota": {kind: _times(amount, apps_times) for kind, amount in namespace["quota"].items()},
        }
        for name, namespace in team["namespaces"].items()
    }
    for app in team["apps"].values():
        if "namespace" in app:
            app["namespace"] += f"-{number}"
        others = (other.split("/") for other in app.get("uses", []))
        app["uses"] = [f"{other}-{number}/{used}" for other, used in others]
    for environment in (team, *team.get("environments", {}).values()):
        if "apps" in environment:
            environment["apps"] = {
                _name(name, copy): app for name, app in environment["apps"].items() for copy in range(apps_times)
            }
    return team


def _name(app: str, copy: int) -> str:
    return f"{app}-{copy}" if copy else app


def _times(amount: int | str, factor: int) -> int | str:
    """A quantity several times over: `"8"`, `16Gi` or 40."""
    if isinstance(amount, int):
        return amount * factor
    digits = amount.rstrip("GMKi")
    return f"{int(digits) * factor}{amount[len(digits) :]}"


def dump(content: Any, path: Path) -> None:
    """Writes a YAML file."""
    yaml = YAML(typ="safe", pure=True)
    yaml.representer.ignore_aliases = lambda _: True
    with path.open("w") as file:
        yaml.dump(content, file)
