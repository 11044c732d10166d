"""Of other environments than ours, the real engine's first preview shows what the recording engine does.

Providers and the plugin of `eks` are stand-ins: what is compared is the engine and the SDK.
"""

from pathlib import Path
from typing import Any

import pytest
from tests.engine.environment import environment
from tests.engine.states import ENGINES_OWN, comparable
from tests.engine.variations import VARIATIONS, Variation

from roadstead.tool.offline.graph import Graph, plain
from roadstead.tool.offline.render import render
from roadstead.tool.review import from_pulumi


@pytest.mark.usefixtures("pulumi")
@pytest.mark.parametrize("variation", VARIATIONS.values(), ids=VARIATIONS)
def test_a_first_preview_is_what_the_recording_engine_shows(variation: Variation, tmp_path: Path) -> None:
    with environment(tmp_path, variation.stack) as stack:
        workspace = stack.workspace
        variation.apply(workspace.project)
        file = tmp_path / "preview.json"
        file.write_text(workspace.pulumi("preview", "--json"), encoding="utf-8")
        head = from_pulumi.read(file).diff.head
        assert head
        assert shown(head) == shown(render(workspace.project, variation.stack, unknown=True))


def shown(graph: Graph) -> dict[str, dict[str, Any]]:
    """What a preview knows of each resource, by URN."""
    return {
        urn: comparable(
            resource.type,
            parent=resource.parent or "",
            provider=resource.provider or "",
            custom=resource.custom,
            protect=resource.protect,
            retain_on_delete=resource.retain_on_delete,
            dependencies=sorted(resource.dependencies),
            inputs=plain(resource.inputs),
        )
        for urn, resource in graph.resources.items()
        if not urn.endswith(ENGINES_OWN)
    }
