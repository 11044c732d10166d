"""How much longer an API server takes for staging's objects with the guard of teams' namespaces than without.

    python scripts/bench_guard.py

The same control plane, by turns with and without; the guard's own objects are not counted, those that it judges are.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench_sandbox import control_plane_within, timed
from kubernetes import config
from kubernetes.client import ApiClient
from rich.console import Console
from rich.table import Table

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.render import render
from roadstead.tool.sandbox import programs
from roadstead.tool.sandbox.apply import Cluster, Reference
from roadstead.tool.sandbox.objects import objects

ROOT = Path(__file__).parent.parent
RUNS = 7
SECONDS_UNTIL_IN_FORCE = 5
"""The API server takes new policies once a second."""
Bodies = Sequence[Mapping[str, Any]]


def main() -> None:
    console = Console(width=110)
    try:
        found = programs.find(ROOT)
    except InputError as error:
        console.print(f"Not measured: {error}")
        return
    bodies = objects(render(ROOT, "staging"))
    guard = [body for body in bodies if body["kind"].startswith("ValidatingAdmissionPolicy")]
    rest = [body for body in bodies if body not in guard]
    table = Table("run", "without", "with", "again without", "again with")
    runs = []
    with (
        tempfile.TemporaryDirectory() as folder,
        control_plane_within(Path(folder), found) as (plane, _),
        config.new_client_from_config(str(plane.kubeconfig)) as api,
    ):
        times(api, [], rest)  # The first one finds nothing in any cache.
        for run in range(1, RUNS + 1):
            without, with_it = times(api, [], rest), times(api, guard, rest)
            runs.append((*without, *with_it))
            shown = (without[0], with_it[0], without[1], with_it[1])
            table.add_row(str(run), *(f"{seconds:.2f} s" for seconds in shown))
    console.print(table)
    first, again, guarded, guarded_again = (median(column) for column in zip(*runs, strict=True))
    console.print(f"{len(rest)} objects. With the guard it takes {guarded / first:.2f} of the time to create them,")
    console.print(f"and {guarded_again / again:.2f} to apply them once more.")


def times(api: ApiClient, guard: Bodies, bodies: Bodies) -> tuple[float, float]:
    """How long it takes to create objects, and to apply them once more, under a guard."""
    cluster = Cluster(api)
    cluster.apply(guard)
    time.sleep(SECONDS_UNTIL_IN_FORCE)
    try:
        return timed(cluster.apply, bodies), timed(cluster.apply, bodies)
    finally:
        cluster.prune([Reference.of(body) for body in [*guard, *bodies]])


if __name__ == "__main__":
    main()
