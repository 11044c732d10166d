"""What nobody would ever read: keys of another prefix, and team files that no stack has."""

from collections.abc import Iterable
from pathlib import Path

from roadstead.core.mending import close
from roadstead.tool import yaml_files
from roadstead.tool.yaml_files import YamlFileError
from spec import StackSpec

PROVIDERS = ("aws", "eks", "kubernetes", "pulumi")
"""Prefixes of configuration that Pulumi or its providers read."""


def prefix_problems(keys: Iterable[str], project: str) -> list[str]:
    """Configuration that nothing reads where ours is meant: its prefix is misspelt, or the key is one of ours."""
    found = []
    for key in sorted(keys):
        prefix, _, name = key.partition(":")
        near = close(prefix.lower(), (project, *PROVIDERS))
        if prefix == "aws" and name != "region" and close(name, ("region",)):
            found.append(_unread(key, "aws:region"))
        elif prefix not in (project, *PROVIDERS) and (near or name.partition(".")[0] in StackSpec.__annotations__):
            found.append(_unread(key, f"{near[0] if near else project}:{name}"))
    return found


def _unread(key: str, meant: str) -> str:
    return f"{key}: nothing reads a key of this name (did you mean '{meant}'?); expected {meant}, or no such key"


def unlisted_teams(root: Path, environment: str, listed: Iterable[str]) -> list[str]:
    """Team files that are in no stack, or whose name makes them no team files."""
    files = sorted((root / "teams").glob("*.y*ml"))
    found = [
        f"infra/teams/{file.name}: nothing reads a file of this name; got '.yml'; expected {file.stem}.yaml"
        for file in files
        if file.suffix == ".yml"
    ]
    others = {file.stem for file in files if file.suffix == ".yaml"} - set(listed)
    if others:
        others -= _teams_of_other_stacks(root.parent, environment, others)
    expected = "it under roadstead:teams of a stack file, or no such file"
    return found + [
        f"infra/teams/{name}.yaml: a team of no stack; got '{name}'; expected {expected}" for name in sorted(others)
    ]


def _teams_of_other_stacks(project: Path, environment: str, unless_known: set[str]) -> set[str]:
    """The teams of the other stacks; where a stack file cannot be read, any of these may be among its teams."""
    found: set[str] = set()
    for file in set(project.glob("Pulumi.*.yaml")) - {project / f"Pulumi.{environment}.yaml"}:
        try:
            config = yaml_files.load(file)["config"]
            teams = config.get("roadstead:teams", config.get("teams"))
            found |= set(map(str, teams))
        except (YamlFileError, TypeError, KeyError, AttributeError):
            return unless_known
    return found
