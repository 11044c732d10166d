"""Stacks rendered by the code of another revision."""

import re
import shutil
from pathlib import Path

from tests.support import ROOT

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.render_many import Job, render_many

PROGRAM = "import pulumi\npulumi.CustomResource('test:index:Disk', 'disk', {'password': pulumi.Output.secret('x')})\n"


def test_a_revision_from_before_the_tool_had_a_floor_of_its_own_is_rendered_all_the_same(tmp_path: Path) -> None:
    old = tmp_path / "old" / "roadstead"
    shutil.copytree(ROOT / "components" / "roadstead", old, ignore=shutil.ignore_patterns("__pycache__", "tool"))
    shutil.copytree(ROOT / "components" / "roadstead" / "tool", old, dirs_exist_ok=True)
    for file in old.rglob("*.py"):
        text = re.sub(r"roadstead\.tool\b", "roadstead", file.read_text())
        file.write_text(text.replace("is_written", "was_written"))  # a secret's field that older revisions have not
    (tmp_path / "Pulumi.yaml").write_text("name: old\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)

    (graph,) = render_many([Job(tmp_path, "dev", (old.parent,))])

    assert isinstance(graph, Graph), graph
    assert [made.name for made in graph.of_type("test:index:Disk")] == ["disk"]
