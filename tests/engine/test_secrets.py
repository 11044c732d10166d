"""A value that a user marks as secret is in no state, log or output in clear, wherever it goes.

Shown with a made-up one that a program gives a component: the provider gets it, and nothing that Pulumi writes shows it. What
a real provider would write into its own outputs is not shown: the stand-ins answer with what they were given.
"""

from pathlib import Path

import pytest
from tests.engine.environment import environment
from tests.engine.workspace import PASSPHRASE
from tests.support import DIGEST

SECRET = "made-up-5d0c7f-token"
PROGRAM = f"""
import pulumi

from roadstead import App

token = pulumi.Config().require_secret("token")
App(
    "api",
    {{
        "app": "api",
        "team": "payments",
        "tier": "staging",
        "namespace": "payments",
        "image": pulumi.Output.concat("registry.example/", token),
        "digest": "{DIGEST}",
        "port": 8080,
        "health_path": "/healthz",
        "cpu": "250m",
        "memory": "256Mi",
    }},
)
pulumi.export("token", token)
"""


@pytest.mark.usefixtures("pulumi")
def test_a_secret_reaches_the_provider_and_is_nowhere_in_clear(tmp_path: Path) -> None:
    with environment(tmp_path, "local") as stack:
        workspace = stack.workspace
        (workspace.project / "infra" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        workspace.pulumi("config", "set", "--secret", "token", SECRET)
        workspace.preview("--diff")
        workspace.up()
        workspace.refresh()
        workspace.preview("--expect-no-changes")
        workspace.state()
        written = [workspace.backend, workspace.logs, workspace.project]
        assert holding(SECRET, *written) == holding(PASSPHRASE, *written) == []
        assert holding(SECRET, tmp_path / "objects")
        assert workspace.outputs() == {"token": SECRET}


def holding(text: str, *folders: Path) -> list[Path]:
    """The files that hold a text; what a link leads to is not looked at."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if text.encode() in path.read_bytes()]
