"""Reads what an environment is to be: the stack's configuration, the team files and the release file.

Every problem of all files is collected, each as `file: key.path: what; got …; expected …`, and raised as one
`SettingsError`, which Pulumi prints without a traceback.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret

from checks import (
    account_fit_problems,
    environment_problems,
    room_problems,
    stack_problems,
    tenancy_problems,
    within_project,
)
from files import prefix_problems, unlisted_teams
from roadstead.core.errors import counted
from roadstead.core.forms import digest_problems
from roadstead.core.mending import did_you_mean, mended
from roadstead.core.problems import all_problems, problem
from roadstead.core.spec_types import fields
from roadstead.tenancy.team_namespace_spec import team_name_problems
from roadstead.tool import yaml_files
from roadstead.tool.yaml_files import YamlFileError
from spec import Releases, StackSpec, TeamFileSpec
from team_files import TeamFile, for_tier, in_order, read_team


class SettingsError(pulumi.RunError):
    """The files do not describe an environment that can be built."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(f"{counted(len(found), 'problem')} in the settings:\n" + "\n".join(f"  {x}" for x in found))


@dataclass(frozen=True)
class Settings:
    """An environment, checked."""

    environment: str
    region: str
    """AWS region; empty where nothing is made in AWS."""
    stack: StackSpec
    teams: Mapping[str, TeamFileSpec]
    """By name, as they are in this environment: overrides merged, quotas scaled."""
    releases: Releases


def load(root: Path) -> Settings:
    """The settings of the stack that is running, with the files of the program's folder `root`."""
    environment = pulumi.get_stack()
    region = pulumi.Config("aws").get("region") or ""
    stack, otherwise, of_stack = _read_stack(environment, region)
    found = [f"Pulumi.{environment}.yaml: {text}" for text in of_stack]

    known_stacks = sorted(path.name.split(".")[1] for path in root.parent.glob("Pulumi.*.yaml"))
    names = _team_names(stack, otherwise)
    files = {name: read_team(root / "teams" / f"{name}.yaml", name, environment, known_stacks) for name in names}
    found += [f"infra/teams/{name}.yaml: {text}" for name, file in files.items() for text in file.problems]
    found += unlisted_teams(root, environment, names)
    releases, of_releases = _read_releases(root / "releases" / f"{environment}.yaml", files)
    found += [f"infra/releases/{environment}.yaml: {text}" for text in of_releases]

    right = {name: for_tier(file, stack["tier"]) for name, file in files.items() if not file.problems}
    all_teams = not any(text.startswith("roadstead:teams") for text in of_stack)
    if all_teams and all(file.names_known for file in files.values()):
        found += [f"infra/teams/{text}" for text in tenancy_problems({name: file.team for name, file in files.items()})]
    if not of_stack:
        found += [f"infra/teams/{text}" for text in room_problems(stack, right)]
        found += [f"infra/teams/{text}" for text in account_fit_problems(stack, right, environment, region)]
    if found:
        raise SettingsError(list(dict.fromkeys(found)))
    return Settings(environment, region, stack, in_order(right), releases)


def _team_names(stack: StackSpec, otherwise: StackSpec) -> list[str]:
    """The names of the teams, as far as they are names: what else is wrong with the stack file need not hide theirs.

    A name that only one way of filling the file has was filled in.
    """
    names = dict.fromkeys(name for name in stack["teams"] if name in otherwise["teams"])
    return [name for name in names if not team_name_problems("", name)]


def _read_stack(environment: str, region: str) -> tuple[StackSpec, StackSpec, list[str]]:
    """The values under this project's name, twice, with what is wrong filled in two ways; and what is wrong."""
    prefix = f"{pulumi.get_project()}:"
    found = prefix_problems(CONFIG.get(), pulumi.get_project())
    # The program would not keep them secret: settings end up in names, tags and policies, in clear.
    encrypted = [key.removeprefix(prefix) for key in CONFIG.get() if key.startswith(prefix) and is_config_secret(key)]
    wanted = "plain text: settings are no place for secrets"
    found += within_project([problem(name, "an encrypted value", "[secret]", wanted) for name in encrypted])
    given = {
        key.removeprefix(prefix): _value(key.removeprefix(prefix), text)
        for key, text in CONFIG.get().items()
        if key.startswith(prefix)
    }
    # What Pulumi.yaml leaves empty by default counts as not given.
    needed = ("tier", "teams")
    given = {key: value for key, value in given.items() if value or key in needed or key not in fields(StackSpec)}
    wrong = all_problems(StackSpec, given, lambda stack: stack_problems(stack, region))
    found += within_project([text for text in wrong if text.partition(":")[0].split(".")[0] not in encrypted])
    stack, otherwise = (mended(StackSpec, given, way).value if wrong else in_order(given) for way in (0, 1))
    of_environment = environment_problems(environment, region, stack)
    misspelt = any("'aws:region'" in text for text in found)
    return (
        stack,
        otherwise,
        found + [text for text in of_environment if not (misspelt and text.startswith("aws:region: missing"))],
    )


def _value(name: str, text: str) -> Any:
    """A value as its file has it: the CLI hands over text, and JSON for what is not text."""
    is_text = StackSpec.__annotations__.get(name) in (str, StackSpec.__annotations__["account_id"])
    if is_text and not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _read_releases(path: Path, teams: Mapping[str, TeamFile]) -> tuple[Releases, list[str]]:
    """The release file, and what is wrong with it."""
    try:
        content = yaml_files.load(path) or {}
    except YamlFileError as error:
        return {}, error.problems
    found = all_problems(
        Releases, content, lambda releases: _release_problems(path.parent.parent / "teams", releases, teams)
    )
    return cast(Releases, in_order(content)), found


def _release_problems(folder: Path, releases: Releases, teams: Mapping[str, TeamFile]) -> list[str]:
    known = sorted({path.stem for path in folder.glob("*.yaml")} | set(teams))
    found = _strangers(known, releases)
    for team, digests in releases.items():
        for app, digest in digests.items():
            if team in teams and teams[team].names_known and app not in teams[team].team.get("apps", {}):
                what = f"no such app{did_you_mean(app, teams[team].team.get('apps', {}))}"
                found.append(problem(f"{team}.{app}", what, app, f"an app of infra/teams/{team}.yaml"))
            found += digest_problems(f"{team}.{app}", digest)
    return found


def _strangers(known: list[str], releases: Releases) -> list[str]:
    """Teams of a release file that there are not. One that only this environment does not have is not deployed here."""
    expected = f"one of infra/teams: {', '.join(known)}"
    strangers = [team for team in releases if team not in known]
    return [problem(team, f"no such team{did_you_mean(team, known)}", team, expected) for team in strangers]
