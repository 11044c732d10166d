"""What a project answers to its program's look-ups, so that an offline preview need not ask anybody.

The file `lookups.yaml` beside Pulumi.yaml is a list. An answer to a function names its token and, where it matters, some
of its arguments; an answer to a resource that is only read names its type and id:

    - function: aws:index/getAvailabilityZones:getAvailabilityZones
      arguments: {state: available}
      result: {names: [eu-west-1a, eu-west-1b]}
    - resource: pulumi:pulumi:StackReference
      id: acme/platform/staging
      result: {outputs: {clusterName: staging}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from roadstead.core.problems import type_problems
from roadstead.tool import yaml_files
from roadstead.tool.offline.errors import InputError, LookUpError
from roadstead.tool.yaml_files import YamlFileError

FILE = "lookups.yaml"


@with_config(ConfigDict(extra="forbid"))
class AnswerSpec(TypedDict):
    """One answer."""

    function: NotRequired[str]
    """Token of the function that is called."""
    arguments: NotRequired[dict[str, Any]]
    """Arguments that the call must have; others do not matter. Default: any."""
    resource: NotRequired[str]
    """Type of the resource that is read."""
    id: NotRequired[str]
    """Id of the resource that is read."""
    stack: NotRequired[str]
    """The stack that this answer is for. Default: all."""
    result: dict[str, Any]
    """What comes back."""


@dataclass(frozen=True)
class Answers:
    """The answers for one stack."""

    entries: tuple[AnswerSpec, ...]

    def call(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a call of a function."""
        for entry in self.entries:
            wanted = entry.get("arguments", {})
            if entry.get("function") == token and wanted.items() <= dict(arguments).items():
                return entry["result"]
        given = ", ".join(f"{key}={value!r}" for key, value in sorted(arguments.items()))
        raise LookUpError(f"{token}({given})", FILE)

    def read(self, type_: str, id_: str) -> dict[str, Any]:
        """The state of a resource that exists already."""
        for entry in self.entries:
            if entry.get("resource") == type_ and entry.get("id", id_) == id_:
                return entry["result"]
        raise LookUpError(f"{type_} {id_!r}", FILE)


def load(root: Path, stack: str) -> Answers:
    """The answers of a project, or none."""
    path = root / FILE
    if not path.exists():
        return Answers(())
    try:
        content = yaml_files.load(path)
    except YamlFileError as error:
        raise InputError(str(error)) from error
    found = type_problems(list[AnswerSpec], content)
    if found:
        raise InputError("\n".join(f"{FILE}: {text}" for text in found))
    return Answers(tuple(entry for entry in content if entry.get("stack", stack) == stack))
