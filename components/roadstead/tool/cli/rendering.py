"""What commands that need a stack's graph share: which stack, and the progress of rendering it."""

import gc
from pathlib import Path

from rich.console import Console

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import stacks


def chosen_stack(project: Path, stack: str | None) -> str:
    """The stack that is meant: the one that is named, or the only one there is."""
    if stack is not None:
        return stack
    known = stacks(project)
    if len(known) == 1:
        return known[0]
    raise InputError(f"--stack: not given, and the project has {len(known)}; expected one of {', '.join(known)}")


def rendered(project: Path, stack: str, *, unknown: bool = False) -> Graph:
    """The graph of a stack. A terminal is shown how far it is.

    Garbage is not looked for any more: a command ends soon after it has its graph, and looking through that takes long.
    """
    gc.disable()
    # Imported here, because it brings Pulumi's SDK with it: other commands need not wait for that.
    from roadstead.tool.offline.render import render

    console = Console(stderr=True)
    if not console.is_terminal:
        return render(project, stack, unknown=unknown)
    with console.status(f"{stack}: loading the program") as status:
        return render(
            project, stack, unknown=unknown, progress=lambda number: status.update(f"{stack}: {number} resources")
        )
