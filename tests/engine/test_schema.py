"""The schema that `pulumi package add` reads, from the committed folder, by the real command line."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.engine.environment import environment
from tests.support import ROOT


@pytest.mark.usefixtures("pulumi")
def test_the_command_line_reads_the_schema_that_is_committed(tmp_path: Path) -> None:
    # A copy: the command installs the components' dependencies into a folder beside them.
    components = shutil.copytree(ROOT / "components", tmp_path / "components", ignore=shutil.ignore_patterns("venv"))
    with environment(tmp_path / "stack", "local") as stack:
        read = json.loads(stack.workspace.pulumi("package", "get-schema", str(components)))
    committed = json.loads((ROOT / "docs" / "schema" / "components.json").read_text(encoding="utf-8"))
    assert comparable(read) == comparable(committed)


def comparable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without what the command line leaves out, and without the version that it makes up."""
    there = {key: _shown(value) for key, value in schema.items() if key not in ("config", "dependencies", "version")}
    assert not any(schema.get(key) for key in ("config", "dependencies"))
    return there


def _shown(value: Any) -> Any:
    """Without descriptions of items and of map values (those of the property itself say it), and without empty lists."""
    if not isinstance(value, Mapping):
        return value
    found = {key: _shown(item) for key, item in value.items() if item != []}
    for key in ("items", "additionalProperties"):
        if key in found:
            found[key] = {name: item for name, item in found[key].items() if name != "description"}
    return found
