"""A first `up` that ends in the middle, and what a user then does about it."""

import json
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from tests.engine.environment import Environment
from tests.engine.objects import Object

from roadstead.tool.sandbox import processes
from roadstead.tool.sandbox.processes import Process

START_SECONDS = 120
STILL_SECONDS = 0.5


def kill_up(stack: Environment) -> None:
    """Starts `up`, kills it when the stand-ins have halted, and stops what it leaves: its language host goes on for minutes."""
    with stack.workspace.start("up", "--yes", "--skip-preview") as process:
        try:
            assert stack.faults.halted.wait(START_SECONDS), "the operation to halt at was not reached"
            _wait_until_still(stack.workspace.checkpoint)
            found = psutil.Process(process.pid).children(recursive=True)
            children = [Process(child.name(), child.pid, child.create_time()) for child in found]
        finally:
            process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    processes.stop(children)


def _wait_until_still(checkpoint: Path) -> None:
    """Waits until the engine has written what it knows, and does nothing any more.

    The backend in a folder writes its file in place. Killed in the middle of that it leaves a cut one, and its user the copy
    beside it, which is a step older: a weakness of that backend, not of a stack. An object store writes whole objects.
    """
    before = 0
    while (now := checkpoint.stat().st_mtime_ns) != before:
        before = now
        time.sleep(STILL_SECONDS)


def repair(stack: Environment) -> list[str]:
    """Unlocks the stack and tells the engine what became of what it had begun; the URNs of that.

    The engine cannot know whether an operation that nobody answered has taken effect. A user looks into the AWS console or
    asks the API server, imports what is there, and clears what the engine remembers. (`pulumi refresh` has an option
    `--import-pending-creates` too, but release 3.272 forgets the operation and imports nothing.)
    """
    stack.workspace.pulumi("cancel", "--yes")
    pending = {
        operation["resource"]["urn"]: operation["resource"]
        for operation in stack.workspace.state().get("pending_operations", [])
        if operation["type"] == "creating"
    }
    made = [found for found in stack.made() if found.urn in pending]
    if made:
        file = stack.workspace.folder / "import.json"
        file.write_text(json.dumps(_import_file(made, pending)), encoding="utf-8")
        options = ("--file", str(file), "--generate-code=false", "--protect=false", "--yes", "--skip-preview")
        stack.workspace.pulumi("import", *options)
    stack.workspace.refresh("--clear-pending-creates")
    return list(pending)


def _import_file(made: list[Object], pending: Mapping[str, Any]) -> dict[str, Any]:
    """What `pulumi import --file` reads. Parents and providers have names in it, and theirs are their URNs."""
    resources = [
        {
            "type": found.type,
            "name": found.urn.rpartition("::")[2],
            "id": found.id,
            "parent": pending[found.urn]["parent"],
            "provider": pending[found.urn]["provider"].rpartition("::")[0],
        }
        for found in made
    ]
    named = {resource[key] for resource in resources for key in ("parent", "provider")}
    return {"nameTable": {urn: urn for urn in named}, "resources": resources}
