"""A Pulumi project directory and one stack's configuration, read as the CLI reads them.

https://www.pulumi.com/docs/iac/concepts/projects/project-file/
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from roadstead.core.mending import close, did_you_mean
from roadstead.core.problems import not_one_of, problem
from roadstead.core.yaml_words import in_quotes, inside
from roadstead.tool import yaml_files
from roadstead.tool.offline.errors import InputError
from roadstead.tool.yaml_files import YamlFileError

STACK_FILE_KEYS = ("config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider")
"""https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/"""
TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "object": "a mapping",
    "string": "text",
}
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
    project, found = read(root, stack)
    if found:
        raise InputError("\n".join(found))
    return project


def read(root: Path, stack: str) -> tuple[Project, list[str]]:
    """A project as far as it can be used, and what is wrong with its configuration. Raises `InputError` where it cannot."""
    manifest = _mapping(root / "Pulumi.yaml")
    name = manifest.get("name")
    if not isinstance(name, str):
        raise InputError(problem("Pulumi.yaml: name", "no name of a project", name, "text"))
    runtime = manifest.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        raise InputError(problem("Pulumi.yaml: runtime", "no Python project", language, "python"))

    stack_file = root / str(manifest.get("stackConfigDir", ".")) / f"Pulumi.{stack}.yaml"
    given, found = _stack_config(stack_file, name)
    config, of_types = _with_defaults(_declared(manifest, name), given, stack_file.name)
    project = Project(
        name=name,
        stack=stack,
        root=root,
        program=root / str(manifest.get("main", ".")),
        config={key: _text(value) for key, value in config.items()},
        secret_keys=frozenset(key for key, value in config.items() if _has_secret(value)),
    )
    return project, found + of_types


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


def _stack_config(path: Path, project: str) -> tuple[dict[str, Any], list[str]]:
    """The configuration by full key, and what is wrong with the file. What lies outside `config` is taken as if it were in it."""
    if not path.exists():
        known = ", ".join(stacks(path.parent)) or "none"
        raise InputError(f"{path.name}: there is no such file; expected one of the stacks {known}")
    content = _mapping(path)
    config = content.get("config") or {}
    if not isinstance(config, dict):
        raise InputError(problem(f"{path.name}: config", "not a mapping", config, "keys and values"))
    given: dict[str, Any] = {}
    written_as: dict[str, str] = {}
    found = []
    for key, value in content.items():
        if key in STACK_FILE_KEYS:
            continue
        near = close(key, STACK_FILE_KEYS)
        if near:
            what, known = f"unknown key{did_you_mean(key, STACK_FILE_KEYS)}", ", ".join(STACK_FILE_KEYS)
            found.append(f"{path.name}: {key}: {what}; expected one of {known}")
        else:
            found.append(f"{path.name}: {key}: outside of 'config'; expected it below 'config:', and further in")
        inside = value if near == ["config"] and isinstance(value, dict) else {key: value}
        given |= {_full(str(name), project): part for name, part in inside.items()}
    for key, value in config.items():
        full = _full(str(key), project)
        if full in given:
            other = key if full != key else written_as.get(full, full)
            found.append(f"{path.name}: {full}: set twice, as '{other}' too; expected it once")
        written_as[full] = str(key)
        given[full] = value
    found += [f"{path.name}: {text}" for key, value in given.items() for text in _unlike_text(key, value)]
    return {key: _with_text_keys(value) for key, value in given.items()}, found


def _unlike_text(path: str, value: Any) -> list[str]:
    """What is not the same to Pulumi's CLI, which makes a time of day of a date, and wants text for a key."""
    if isinstance(value, date):
        return [problem(path, "not text", value, f'text: write it in quotes, "{value.isoformat()}"')]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, part in parts:
        if isinstance(value, dict) and not isinstance(key, str):
            found.append(problem(f"{path}.{inside(key)}", "a key that is not text", key, _in_quotes(key)))
        found += _unlike_text(f"{path}.{key}", part)
    return found


def _in_quotes(key: object) -> str:
    return f"text: write it in quotes, {in_quotes(inside(key))}"


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key if isinstance(key, str) else inside(key): _with_text_keys(part) for key, part in value.items()}
    return [_with_text_keys(part) for part in value] if isinstance(value, list) else value


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
        if config.get(key) is None:
            empty = key in config
            default = entry.get("value", entry.get("default"))
            config.pop(key, None)
            if default is not None and not empty:
                config[key] = default
            elif "type" in entry or "default" in entry:
                expected = entry.get("description") or _in_words(entry)
                found.append(f"{file}: {key}: {'empty; got null' if empty else 'missing key'}; expected {expected}")
        if "type" in entry and entry["type"] not in TYPES:
            found += not_one_of(f"Pulumi.yaml: config.{key}.type", "no such type", entry["type"], tuple(TYPES))
        elif key in config and "type" in entry:
            found += _type_problems(f"{file}: {key}", config[key], entry)
    return config, found


def _type_problems(path: str, value: Any, entry: dict[str, Any]) -> list[str]:
    if entry.get("secret") and not _has_secret(value):
        return [f"{path}: not encrypted; expected a secret: pulumi config set --secret"]
    if _is(value, str(entry["type"]), entry.get("items")):
        return []
    return [problem(path, "wrong type", value, _in_words(entry))]


def _in_words(entry: dict[str, Any]) -> str:
    """A type of Pulumi.yaml in the words of the files that people write."""
    items = entry.get("items")
    if entry.get("type") == "array" and isinstance(items, dict):
        return f"a list, each item {_in_words(items)}"
    return TYPES.get(str(entry.get("type")), str(entry.get("type")))


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
    if isinstance(value, list | dict | bool | None):
        return json.dumps(value, default=str, sort_keys=True)
    return str(value)


def _hidden(value: Any) -> Any:
    if _is_secret(value):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else value
