"""Reads one team file: the team as it is in one environment, and what is wrong with it in any."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from checks import team_problems
from roadstead.core.mending import did_you_mean, mended
from roadstead.core.problems import all_problems, problem, shown
from roadstead.core.tiers import TIERS
from roadstead.tenancy.quota import scaled
from roadstead.tenancy.team_namespace_spec import name_problems
from roadstead.tool import yaml_files
from roadstead.tool.yaml_files import YamlFileError
from roadstead.workload.app_spec import name_problems as app_name_problems
from spec import TeamFileSpec


@dataclass(frozen=True)
class TeamFile:
    """A team in one environment, with overrides merged. Where there are problems, what is wrong is filled."""

    team: TeamFileSpec
    override: Mapping[str, Any]
    """What the file says of this environment alone."""
    problems: list[str]
    names_known: bool
    """Whether the names of its apps and namespaces can be relied on, whatever else is wrong."""


def read_team(path: Path, name: str, environment: str, stacks: Collection[str]) -> TeamFile:
    """A team as it is in one environment; its problems in every environment that the file has something to say of."""
    if not path.exists():
        hint = did_you_mean(name, [file.stem for file in path.parent.glob("*.yaml") if file.exists()])
        return _unusable([f"cannot be read: No such file or directory{hint}; expected a file at {path}"])
    try:
        content = yaml_files.load(path)
    except YamlFileError as error:
        return _unusable(error.problems)
    if not isinstance(content, dict):
        what = "empty" if content is None else "not a mapping"
        expected = "people, namespaces and apps, as docs/schema/team.json describes them"
        return _unusable([f"(whole file): {what}; got {shown(content)}; expected {expected}"])
    content = in_order(content)
    overrides = content.get("environments")
    overrides = overrides if isinstance(overrides, dict) else {}
    here = _merged(content, overrides.get(environment))
    found = _problems(name, content, environment, overrides)
    for other in overrides:
        if other in stacks and other != environment:
            found += [
                _elsewhere(text, other) for text in _problems(name, content, other, overrides) if text not in found
            ]
        if isinstance(overrides[other], dict) and "environments" in overrides[other]:
            found.append(f"environments.{other}.environments: an environment in an environment; expected no such key")
        if other not in stacks:
            what = f"no such environment{did_you_mean(other, stacks)}"
            found.append(problem(f"environments.{other}", what, other, f"one of {', '.join(stacks)}"))
    team = mended(TeamFileSpec, here, 0).value if found else here
    override = overrides.get(environment)
    return TeamFile(cast(TeamFileSpec, team), override if isinstance(override, dict) else {}, found, _names_known(here))


def for_tier(file: TeamFile, tier: str) -> TeamFileSpec:
    """The team with its quotas multiplied for the tier, but for those that its environment states."""
    if tier not in TIERS:
        return file.team
    stated = file.override.get("namespaces", {})
    namespaces = {
        name: namespace
        if "quota" in stated.get(name, {})
        else {**namespace, "quota": scaled(namespace["quota"], TIERS[tier].quota_factor)}
        for name, namespace in file.team["namespaces"].items()
    }
    return {**file.team, "namespaces": namespaces}  # type: ignore[typeddict-item]


def in_order(value: Any) -> Any:
    """A value with the keys of its mappings in order: what is made of it must not depend on how a file is sorted."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value, key=lambda key: (str(type(key)), key))}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def _unusable(found: list[str]) -> TeamFile:
    return TeamFile({"namespaces": {}}, {}, found, names_known=False)


def _problems(name: str, content: dict[str, Any], environment: str, overrides: dict[str, Any]) -> list[str]:
    """What is wrong with a team in one environment, each problem with its key as it stands in the file."""
    override = overrides.get(environment, {})
    found = all_problems(TeamFileSpec, _merged(content, override), lambda team: team_problems(name, team))
    return [_where(text, environment, content, override) for text in found]


def _elsewhere(text: str, environment: str) -> str:
    """A problem of another environment than the one that is read, which its path may not say."""
    place, _, what = text.partition(": ")
    return text if place.startswith("environments") else f"{place}: in {environment}, {what}"


def _names_known(team: dict[str, Any]) -> bool:
    """A name that is wrong will be another one: what refers to it may be right."""
    apps, namespaces = team.get("apps", {}), team.get("namespaces")
    if not isinstance(apps, dict) or not isinstance(namespaces, dict) or not namespaces:
        return False
    if not all(isinstance(name, str) for name in (*apps, *namespaces)):
        return False
    if any(app_name_problems("", name) for name in apps) or any(name_problems("", name) for name in namespaces):
        return False
    return all(isinstance(app, dict) and isinstance(app.get("namespace", ""), str) for app in apps.values())


def _merged(base: dict[str, Any], override: object) -> dict[str, Any]:
    """`base` with `override` over it: mappings are merged, all else is replaced."""
    if not isinstance(override, dict):
        return base
    merged = dict(base)
    for key, value in override.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return dict(sorted(merged.items(), key=lambda item: str(item[0])))


def _where(text: str, environment: str, base: object, override: object) -> str:
    """A problem's path as it stands in the file: an override's own keys, and what lacks in it, lie under `environments`."""
    path = text.split(": ", maxsplit=1)[0].split(".")
    depth = _depth(override, path)
    return f"environments.{environment}.{text}" if depth == len(path) or depth > _depth(base, path) else text


def _depth(value: object, path: list[str]) -> int:
    """How far a path leads into a value."""
    for number, part in enumerate(path):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return number
    return len(path)
