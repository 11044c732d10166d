"""A first `up` that ends in the middle, and what a user then does about it."""

import json
import signal
from collections.abc import Callable, Mapping
from typing import Any

import psutil
from tests.cluster.support import eventually
from tests.engine import documented
from tests.engine.environment import Environment
from tests.engine.objects import Object

from roadstead.tool.sandbox import processes
from roadstead.tool.sandbox.processes import Process

PAGE, KILLED, EMPTY = "recovery.md", "It was killed", '"failed to load checkpoint: EOF"'
START_SECONDS = 120


def kill_up(stack: Environment, is_reached: Callable[[], bool]) -> None:
    """Starts `up`, kills it when it has come that far, and stops what it leaves: its language host goes on for minutes."""
    with stack.workspace.start("up", "--yes", "--skip-preview") as process:
        try:
            eventually(is_reached, START_SECONDS)
            found = psutil.Process(process.pid).children(recursive=True)
            children = [Process(child.name(), child.pid, child.create_time()) for child in found]
        finally:
            process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    processes.stop(children)


def pending(stack: Environment) -> dict[str, Any]:
    """What the engine had begun to create and nobody answered, by URN."""
    return {
        operation["resource"]["urn"]: operation["resource"]
        for operation in stack.workspace.state().get("pending_operations", [])
        if operation["type"] == "creating"
    }


def repair(stack: Environment) -> list[str]:
    """What docs/recovery.md says to do, up to the last `up`; the URNs of what was pending.

    (`pulumi refresh` has an option `--import-pending-creates` too, but release 3.272 forgets the operation and imports nothing.)
    """
    unlock, look, import_, clear, _ = documented.commands(PAGE, KILLED)
    run(stack, [*documented.commands(PAGE, EMPTY)], in_backend=True)
    run(stack, [unlock])
    begun = pending(stack)
    if begun:
        run(stack, [look])
    made = [found for found in stack.made() if found.urn in begun]
    if made:
        file = stack.workspace.project / "import.json"
        file.write_text(json.dumps(_import_file(made, begun)), encoding="utf-8")
        run(stack, [import_])
    run(stack, [clear])
    return list(begun)


def run(stack: Environment, lines: list[str], *, in_backend: bool = False) -> None:
    """Runs commands of a page of docs."""
    workspace = stack.workspace
    documented.run(lines, workspace.backend if in_backend else workspace.project, workspace.environment())


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
