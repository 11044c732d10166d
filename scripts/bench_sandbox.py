"""Time and memory of the sandbox's control plane, with staging on it.

    make bench

Skipped, and said so, where `make tools` has not built its programs.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kubernetes import config
from rich.console import Console
from rich.table import Table

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.render import render
from roadstead.tool.sandbox import control_plane, programs
from roadstead.tool.sandbox.addons import addon_objects
from roadstead.tool.sandbox.apply import Cluster
from roadstead.tool.sandbox.control_plane import ControlPlane
from roadstead.tool.sandbox.nodes import nodes
from roadstead.tool.sandbox.objects import objects
from roadstead.tool.sandbox.programs import Programs
from roadstead.tool.sandbox.rollout import settle

ROOT = Path(__file__).parent.parent
RUNS = 3
NAMESPACES = ("kube-system", "payments", "storefront", "data", "data-reports")


def main() -> None:
    console = Console(width=110)
    try:
        found = programs.find(ROOT)
    except InputError as error:
        console.print(f"The sandbox is not measured: {error}")
        return
    table = Table("run", "ready", "applied", "applied again", "pods run", "memory of all five programs")
    graph = render(ROOT, "staging")
    bodies = [*nodes(graph), *addon_objects(graph), *objects(graph)]
    for run in range(1, RUNS + 1):
        with tempfile.TemporaryDirectory() as folder, control_plane_within(Path(folder), found) as (plane, ready):
            with config.new_client_from_config(str(plane.kubeconfig)) as api:
                cluster = Cluster(api)
                times = [
                    ready,
                    timed(cluster.apply, bodies),
                    timed(cluster.apply, bodies),
                    timed(settle, api, NAMESPACES, 60.0),
                ]
            running = [process.running() for process in plane.processes]
            memory = sum(process.memory_info().rss for process in running if process)
        table.add_row(str(run), *(f"{seconds:.1f} s" for seconds in times), f"{memory / 2**20:.0f} MB")
    console.print(table)
    console.print(f"{len(bodies)} objects.")


@contextmanager
def control_plane_within(folder: Path, found: Programs) -> Iterator[tuple[ControlPlane, float]]:
    """A control plane, and after how many seconds it was ready."""
    began = time.perf_counter()
    with control_plane.running(folder / "plane", found) as plane:
        yield plane, time.perf_counter() - began


def timed(do: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    do(*arguments)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
