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

from checks import stack_problems, team_problems, tenancy_problems, within_project
from roadstead import yaml_files
from roadstead.errors import counted
from roadstead.forms import digest_problems
from roadstead.problems import problem, type_problems
from roadstead.tenancy.quota import scaled
from roadstead.tenancy.team_namespace_spec import team_name_problems
from roadstead.tiers import TIERS
from roadstead.yaml_files import YamlFileError
from spec import Releases, StackSpec, TeamFileSpec


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
    stack, found = _read_stack()
    if not found:
        found = stack_problems(stack, environment, region)
    found = [f"Pulumi.{environment}.yaml: {text}" for text in found]

    known_stacks = {path.name.split(".")[1] for path in root.parent.glob("Pulumi.*.yaml")}
    teams = {}
    for name in _names(stack):
        team, problems = _read_team(root / "teams" / f"{name}.yaml", name, environment, stack.get("tier"), known_stacks)
        found += [f"infra/teams/{name}.yaml: {text}" for text in problems]
        if team is not None:
            teams[name] = team
    releases, problems = _read_releases(root / "releases" / f"{environment}.yaml", teams)
    found += [f"infra/releases/{environment}.yaml: {text}" for text in problems]
    if not found:
        found = [f"infra/teams/{text}" for text in tenancy_problems(stack, teams, environment, region)]
    if found:
        raise SettingsError(found)
    return Settings(environment, region, stack, teams, releases)


def _names(stack: StackSpec) -> list[str]:
    """The names of the teams, as far as they are names: what else is wrong with the stack file need not hide theirs."""
    names = stack.get("teams")
    return (
        [name for name in names if isinstance(name, str) and not team_name_problems("", name)]
        if isinstance(names, list)
        else []
    )


def _read_stack() -> tuple[StackSpec, list[str]]:
    """The values under this project's name. What Pulumi.yaml leaves empty by default counts as not given."""
    prefix = f"{pulumi.get_project()}:"
    # The program would not keep them secret: settings end up in names, tags and policies, in clear.
    encrypted = [key.removeprefix(prefix) for key in CONFIG.get() if key.startswith(prefix) and is_config_secret(key)]
    if encrypted:
        wanted = "plain text: settings are no place for secrets"
        return cast(StackSpec, {}), within_project(
            [problem(name, "an encrypted value", "[secret]", wanted) for name in encrypted]
        )
    given: dict[str, Any] = {}
    for key, text in CONFIG.get().items():
        if not key.startswith(prefix):
            continue
        name = key.removeprefix(prefix)
        is_text = StackSpec.__annotations__.get(name) in (str, StackSpec.__annotations__["account_id"])
        try:
            value = text if is_text else json.loads(text)
        except ValueError:
            value = text
        if value or name in ("tier", "teams"):
            given[name] = value
    return cast(StackSpec, given), within_project(type_problems(StackSpec, given))


def _read_team(
    path: Path, name: str, environment: str, tier: object, known_stacks: set[str]
) -> tuple[TeamFileSpec | None, list[str]]:
    """A team as it is in one environment; nothing where its file cannot be used."""
    try:
        content = yaml_files.load(path)
    except YamlFileError as error:
        return None, [str(error).removeprefix(f"{path.name}: ")]
    if not isinstance(content, dict):
        return None, [problem("(whole file)", "not a mapping", content, "keys and values")]
    environments = content.get("environments")
    override = environments.get(environment, {}) if isinstance(environments, dict) else {}
    merged = _merged(content, override) if isinstance(override, dict) else content
    found = type_problems(TeamFileSpec, merged)
    team = cast(TeamFileSpec, merged)
    if not found:
        found = team_problems(name, team)
        for other in sorted(set(team.get("environments", {})) - known_stacks):
            expected = f"one of {', '.join(sorted(known_stacks))}"
            found.append(problem(f"environments.{other}", "no such environment", other, expected))
    if found:
        return None, [_where(text, environment, override) for text in found]
    return _for_tier(team, override, tier), []


def _for_tier(team: TeamFileSpec, override: dict[str, Any], tier: object) -> TeamFileSpec:
    """The team with its quotas multiplied for the tier, but for those that its environment states."""
    if not isinstance(tier, str) or tier not in TIERS:
        return team
    stated = override.get("namespaces", {})
    namespaces = {
        name: namespace
        if "quota" in stated.get(name, {})
        else {**namespace, "quota": scaled(namespace["quota"], TIERS[tier].quota_factor)}
        for name, namespace in team["namespaces"].items()
    }
    return {**team, "namespaces": namespaces}  # type: ignore[typeddict-item]


def _read_releases(path: Path, teams: Mapping[str, TeamFileSpec]) -> tuple[Releases, list[str]]:
    try:
        releases = yaml_files.load(path) or {}
    except YamlFileError as error:
        return {}, [str(error).removeprefix(f"{path.name}: ")]
    found = type_problems(Releases, releases)
    if found:
        return {}, found
    for team, digests in releases.items():
        for app, digest in digests.items():
            if team in teams and app not in teams[team].get("apps", {}):
                expected = f"an app of infra/teams/{team}.yaml"
                found.append(problem(f"{team}.{app}", "no such app", app, expected))
            found += digest_problems(f"{team}.{app}", digest)
    return releases, found


def _merged(base: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    """`base` with `override` over it: mappings are merged, all else is replaced."""
    merged = dict(base)
    for key, value in override.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _where(text: str, environment: str, override: object) -> str:
    """A problem's path as it stands in the file: an override's own keys lie under `environments`."""
    path = text.split(": ", maxsplit=1)[0].split(".")
    for part in path:
        if not isinstance(override, dict) or part not in override:
            return text
        override = override[part]
    return f"environments.{environment}.{text}"
