"""A Pulumi project directory and one stack's configuration, read as the CLI reads them.

https://www.pulumi.com/docs/iac/concepts/projects/project-file/
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadstead import yaml_files
from roadstead.offline.errors import InputError
from roadstead.problems import problem
from roadstead.yaml_files import YamlFileError

HIDDEN = "[secret]"
"""What a program gets for an encrypted value: the passphrase or key is not asked for."""


@dataclass(frozen=True)
class Project:
    """What is needed to run a project's program for one stack."""

    name: str
    stack: str
    root: Path
    """Folder of Pulumi.yaml."""
    program: Path
    """Folder (or file) that is run."""
    config: Mapping[str, str]
    """Values by full key, as the SDK gets them from the CLI: text, or JSON with sorted keys."""
    secret_keys: frozenset[str]


def load(root: Path, stack: str) -> Project:
    """Reads Pulumi.yaml and Pulumi.<stack>.yaml; every problem at once in a `InputError`."""
    manifest = _mapping(root / "Pulumi.yaml")
    name = manifest.get("name")
    if not isinstance(name, str):
        raise InputError(problem("Pulumi.yaml: name", "no name of a project", name, "text"))
    runtime = manifest.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        raise InputError(problem("Pulumi.yaml: runtime", "no Python project", language, "python"))

    stack_file = root / str(manifest.get("stackConfigDir", ".")) / f"Pulumi.{stack}.yaml"
    given = _stack_config(stack_file, name)
    config, found = _with_defaults(_declared(manifest, name), given, stack_file.name)
    if found:
        raise InputError("\n".join(found))
    return Project(
        name=name,
        stack=stack,
        root=root,
        program=root / str(manifest.get("main", ".")),
        config={key: _text(value) for key, value in config.items()},
        secret_keys=frozenset(key for key, value in config.items() if _has_secret(value)),
    )


def stacks(root: Path) -> list[str]:
    """The stacks that have a configuration file in a project."""
    return stack_names(path.name for path in root.iterdir())


def stack_names(files: Iterable[str]) -> list[str]:
    """The stacks that have a configuration file among the files of a project."""
    found = (re.fullmatch(r"Pulumi\.(.+)\.yaml", name) for name in files)
    return sorted(match[1] for match in found if match)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml_files.load(path)
    except YamlFileError as error:
        raise InputError(str(error)) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(problem(path.name, "not a mapping", content, "keys and values"))
    return content


def _stack_config(path: Path, project: str) -> dict[str, Any]:
    if not path.exists():
        known = ", ".join(stacks(path.parent)) or "none"
        raise InputError(f"{path.name}: there is no such file; expected one of the stacks {known}")
    config = _mapping(path).get("config") or {}
    if not isinstance(config, dict):
        raise InputError(problem(f"{path.name}: config", "not a mapping", config, "keys and values"))
    return {_full(str(key), project): value for key, value in config.items()}


def _declared(manifest: dict[str, Any], project: str) -> dict[str, dict[str, Any]]:
    """What Pulumi.yaml says of each key: a bare value there is the key's value, a mapping describes it."""
    declared = manifest.get("config") or {}
    if not isinstance(declared, dict):
        return {}
    return {
        _full(key, project): entry if isinstance(entry, dict) else {"value": entry} for key, entry in declared.items()
    }


def _full(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _with_defaults(
    declared: dict[str, dict[str, Any]], given: dict[str, Any], file: str
) -> tuple[dict[str, Any], list[str]]:
    config, found = dict(given), []
    for key, entry in declared.items():
        if key not in config:
            default = entry.get("value", entry.get("default"))
            if default is not None:
                config[key] = default
            elif "type" in entry or "default" in entry:
                what = entry.get("description", f"{entry.get('type')}")
                found.append(f"{file}: {key}: missing key; expected {what}")
        if key in config and "type" in entry:
            found += _type_problems(f"{file}: {key}", config[key], entry)
    return config, found


def _type_problems(path: str, value: Any, entry: dict[str, Any]) -> list[str]:
    if entry.get("secret") and not _has_secret(value):
        return [f"{path}: not encrypted; expected a secret: pulumi config set --secret"]
    expected = str(entry["type"])
    if _is(value, expected, entry.get("items")):
        return []
    return [problem(path, "wrong type", value, expected)]


def _is(value: Any, expected: str, items: Any) -> bool:
    """Whether the CLI would take a value for this type: a scalar is text to it, and may then read as another."""
    if _is_secret(value):
        return True
    if expected == "array":
        kind = items.get("type") if isinstance(items, dict) else None
        inner = items.get("items") if isinstance(items, dict) else None
        return isinstance(value, list) and all(kind is None or _is(item, kind, inner) for item in value)
    if expected == "object":
        return isinstance(value, dict)
    if isinstance(value, list | dict):
        return False
    if expected == "integer":
        return _text(value).lstrip("+-").isdigit()
    return expected == "string" or (expected == "boolean" and _text(value) in ("true", "false"))


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and list(value) == ["secure"]


def _has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return _is_secret(value) or any(_has_secret(item) for item in value.values())
    return isinstance(value, list) and any(_has_secret(item) for item in value)


def _text(value: Any) -> str:
    value = _hidden(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict | bool):
        return json.dumps(value, default=str, sort_keys=True)
    return str(value)


def _hidden(value: Any) -> Any:
    if _is_secret(value):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else value
