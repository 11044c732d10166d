"""The commands that a page of docs tells its readers to run."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import ROOT

PROMPT = "$ "


def commands(page: str, heading: str) -> list[str]:
    """The command lines under a heading, without comments, block after block."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert section, f"docs/{page} has no heading {heading!r}"
    lines = re.findall(r"^```console\n(.*?)^```", section.group(1), flags=re.DOTALL | re.MULTILINE)
    found = [line.removeprefix(PROMPT) for block in lines for line in block.splitlines() if line.startswith(PROMPT)]
    assert found, f"docs/{page} has no commands under {heading!r}"
    return found


def run(lines: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Runs command lines one after the other in one shell, as typed there; what they printed. Any that fails is an error."""
    ended = subprocess.run(
        ["bash", "-eux", "-o", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        # Nobody is there to say yes.
        env={**environment, "PULUMI_SKIP_CONFIRMATIONS": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout
