"""The command where only the library is installed."""

import subprocess
import sys

WITHOUT_TYPER = """
import runpy, sys
sys.modules["typer"] = None
runpy.run_module("roadstead.tool.cli", run_name="__main__", alter_sys=True)
"""


def test_where_only_the_library_is_installed_the_command_says_what_brings_the_rest() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_TYPER, "preview"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "roadstead: the command needs typer; install it with: pip install 'roadstead[tool]'\n"
