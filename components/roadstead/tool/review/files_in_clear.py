"""Credentials in the project's own files that reach no resource: of an app that is not released, of another tool's settings."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from roadstead.core.credentials import hidden
from roadstead.tool import yaml_files
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules.secrets import DO, IN_CLEAR
from roadstead.tool.yaml_files import YamlFileError

STACK = "pulumi:pulumi:Stack"


class FilesInClear:
    """The settings of a project, searched once for all stacks."""

    def __init__(self, project: Path, changed: Iterable[str]) -> None:
        """`changed` are the files that the change touches, from the project's folder."""
        self._changed = frozenset(changed)
        files = sorted([*project.glob("Pulumi.*.yaml"), *(project / "infra").rglob("*.yaml")])
        names = (file.relative_to(project).as_posix() for file in files)
        self._places = {name: keys for name in names if (keys := _keys(project / name))}

    def findings(self, graph: Graph | None, found: Iterable[Finding]) -> Iterator[Finding]:
        """What stands in the files of a stack, and was not found in one of its resources."""
        made = next(iter(graph.of_type(STACK)), None) if graph else None
        if graph is None or made is None:
            return
        known = {(each.file, each.key or "") for each in found if each.rule == IN_CLEAR}
        for name, keys in self._places.items():
            if name.startswith("Pulumi.") and name != f"Pulumi.{graph.stack}.yaml":
                continue
            for key in keys:
                if not any(name == file and key.startswith(there) for file, there in known):
                    what = f"{name} has what looks like a credential in clear in {key}."
                    is_new = name in self._changed
                    yield Finding(IN_CLEAR, Severity.WARNING, made.urn, what, DO, name, key, is_new=is_new)


def _keys(file: Path) -> list[str]:
    """The keys under which there is one; none where the file cannot be read, which its stack is told of."""
    paths: list[str] = []
    try:
        content: Any = yaml_files.load(file)
    except YamlFileError:
        return []
    if isinstance(content, dict) and isinstance(content.get("config"), dict):
        content = content["config"]
    hidden(content, told=lambda path, _: paths.append(path))
    return list(dict.fromkeys(paths))
