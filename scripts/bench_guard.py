"""How much longer an API server takes for staging's objects with the guard of teams' namespaces than without.

    python scripts/bench_guard.py

The same control plane, by turns with and without; the guard's own objects are not counted, those that it judges are.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from kubernetes import config
from kubernetes.client import ApiClient
from rich.console import Console
from rich.table import Table

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.render import render
from roadstead.tool.sandbox import programs
from roadstead.tool.sandbox.apply import Cluster, Reference
from roadstead.tool.sandbox.control_plane import ControlPlane
from roadstead.tool.sandbox.objects import objects

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_sandbox import control_plane_within, timed  # noqa: E402  (not a package that is installed)

RUNS = 5
SECONDS_UNTIL_IN_FORCE = 5
"""The API server takes new policies once a second."""
METRIC = "apiserver_admission_controller_admission_duration_seconds_sum"
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
    judging, working = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        control_plane_within(Path(folder), found) as (plane, _),
        config.new_client_from_config(str(plane.kubeconfig)) as api,
    ):
        times(api, [], rest)  # The first one finds nothing in any cache.
        for run in range(1, RUNS + 1):
            counted, worked = seconds_of_judging(api), [cpu_seconds(plane)]
            without = times(api, [], rest)
            worked.append(cpu_seconds(plane))
            with_it = times(api, guard, rest)
            worked.append(cpu_seconds(plane))
            judging.append(seconds_of_judging(api) - counted)
            working.append((worked[2] - worked[1]) / (worked[1] - worked[0]))
            runs.append((*without, *with_it))
            shown = (without[0], with_it[0], without[1], with_it[1])
            table.add_row(str(run), *(f"{seconds:.2f} s" for seconds in shown))
    console.print(table)
    columns = list(zip(*runs, strict=True))
    kinds: dict[str, Callable[[Iterable[float]], float]] = {"median": median, "fastest": min}
    for kind, of in kinds.items():
        first, again, guarded, guarded_again = map(of, columns)
        console.print(
            f"{kind}: with the guard {guarded / first:.2f} of the time to create {len(rest)} objects,", end=" "
        )
        console.print(f"{guarded_again / again:.2f} to apply them once more.")
    console.print(
        f"The API server's own processor time, deletion and all: {median(working):.2f}, whatever else the machine does."
    )
    took = median(first + again for _, _, first, again in runs)
    console.print(
        f"The API server itself counts {median(judging):.3f} s of judging, {median(judging) / took:.1%} of the whole."
    )


def cpu_seconds(plane: ControlPlane) -> float:
    """What the API server has had of the processor so far."""
    (server,) = [process for process in plane.processes if process.name == "kube-apiserver"]
    running = server.running()
    used = running.cpu_times() if running else None
    return used.user + used.system if used else 0.0


def seconds_of_judging(api: ApiClient) -> float:
    """How long the API server has been in policies so far, as it counts itself."""
    token = api.configuration.get_api_key_with_prefix("BearerToken")
    answer = api.rest_client.request("GET", f"{api.configuration.host}/metrics", headers={"Authorization": token})
    lines = answer.read().decode().splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith(METRIC) and "ValidatingAdmissionPolicy" in line
    )


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
