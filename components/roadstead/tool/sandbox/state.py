"""What a sandbox remembers between commands: its programs, and what it has put on the cluster."""

from pathlib import Path

from pydantic import BaseModel

from roadstead.tool.sandbox.apply import Reference
from roadstead.tool.sandbox.aws.account import Account
from roadstead.tool.sandbox.processes import Process

FILE = "state.json"


class State(BaseModel):
    """A sandbox that is up."""

    stack: str
    """The stack that it shows."""
    kubeconfig: Path
    """Of its administrator."""
    processes: tuple[Process, ...] = ()
    """Its control plane's programs; none where the cluster was there already."""
    nodes: tuple[Reference, ...] = ()
    """The nodes that kwok plays."""
    applied: tuple[Reference, ...] = ()
    """The objects that it has applied, in their order."""
    account: Account | None = None
    """Its AWS half; nothing where the stack has none."""

    @property
    def is_running(self) -> bool:
        """Whether every program of its control plane still runs."""
        return all(process.running() for process in self.processes)


def load(folder: Path) -> State | None:
    """The sandbox whose state is in a folder, or nothing."""
    file = folder / FILE
    return State.model_validate_json(file.read_text(encoding="utf-8")) if file.exists() else None


def save(folder: Path, state: State) -> None:
    """Keeps the state of a sandbox."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(state.model_dump_json(indent=1), encoding="utf-8")
