"""Speed and memory of `roadstead preview`, as ratios within one run.

    make bench

Compares the command, with the example company once, ten times and fifty times over, with a bare program that registers the
same resources flat under the SDK's own mocks. The two run in turn, each in a process of its own; medians are printed.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.company import enlarged  # noqa: E402  (neither is a package that is installed)
from scripts.processes import Cost, middle, run  # noqa: E402
from tests.engine.environment import environment  # noqa: E402

FLAT = str(ROOT / "scripts" / "flat_program.py")
SIZES = {1: 7, 10: 3, 50: 2}
"""How many times over the company is there, and how many runs of each are measured."""

ENGINE_RUNS = 3
ON_THE_ENGINE = """
import sys
from pathlib import Path

sys.path.insert(0, {root!r})
from scripts.flat_program import load, program

program(*load(Path({graph!r})))
"""
"""The bare program, for the real engine."""


def main() -> None:
    console = Console(width=110)
    table = Table(
        "company", "resources", "preview", "bare program", "ratio", "one more", "growth", "peak memory", "bare"
    )
    before: tuple[int, float] | None = None
    first: float | None = None
    with tempfile.TemporaryDirectory() as folder:
        for times, runs in SIZES.items():
            project = enlarged(Path(folder) / f"company-{times}", times)
            graph = graph_of(project, Path(folder) / f"graph-{times}")
            ours, theirs = in_turn(project, graph, runs)
            number = len(json.loads(graph.read_text())["resources"])
            # What one more resource costs: the slope from one size to the next, so that start-up does not count.
            slope = (ours.seconds - before[1]) / (number - before[0]) if before else None
            before = (number, ours.seconds)
            first = first or slope
            table.add_row(
                f"{times}×",
                str(number),
                f"{ours.seconds:.1f} s",
                f"{theirs.seconds:.1f} s",
                f"{ours.seconds / theirs.seconds:.2f}",
                f"{slope * 1000:.1f} ms" if slope else "",
                f"{slope / first:.2f}" if slope and first else "",
                f"{ours.megabytes:.0f} MB",
                f"{theirs.megabytes:.0f} MB",
            )
    console.print(table)
    console.print(f"Medians of {', '.join(map(str, SIZES.values()))} runs of each, in turn.")
    if shutil.which("pulumi"):
        console.print(on_the_engine())
        console.print(
            f"Medians of {ENGINE_RUNS} runs of each, in turn, on the real engine with stand-ins that answer at once."
        )


def on_the_engine() -> Table:
    """`pulumi preview` and the first `pulumi up` of staging, beside those of the same resources, flat."""
    table = Table("staging on the engine", "ours", "bare program", "ratio")
    seconds: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graph = graph_of(enlarged(folder / "project", 1), folder / "graph")
        (folder / "infra").mkdir()
        (folder / "infra" / "__main__.py").write_text(ON_THE_ENGINE.format(root=str(ROOT), graph=str(graph)))
        ours = (*ROOT.glob("Pulumi*.yaml"), ROOT / "infra")
        bare = (*ROOT.glob("Pulumi*.yaml"), folder / "infra")
        for number in range(ENGINE_RUNS):
            for program, files in (("ours", ours), ("bare", bare)):
                with environment(folder / f"{program}-{number}", "staging", files=files) as stack:
                    for command, call in (("preview", stack.workspace.preview), ("up", stack.workspace.up)):
                        started = time.perf_counter()
                        call()
                        seconds.setdefault((command, program), []).append(time.perf_counter() - started)
    for command in ("preview", "up"):
        ours_median, bare_median = (median(seconds[command, program]) for program in ("ours", "bare"))
        table.add_row(command, f"{ours_median:.1f} s", f"{bare_median:.1f} s", f"{ours_median / bare_median:.2f}")
    return table


def in_turn(project: Path, graph: Path, runs: int) -> tuple[Cost, Cost]:
    """Both programs, one after the other, so that what else the machine does hits both."""
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(run([sys.executable, "-m", "roadstead.tool.cli", "preview", "-s", "staging", "-C", str(project)]))
        theirs.append(run([sys.executable, FLAT, str(graph)]))
    return middle(ours), middle(theirs)


def graph_of(project: Path, out: Path) -> Path:
    run([sys.executable, "-m", "roadstead.tool.cli", "preview", "-s", "staging", "-C", str(project), "--out", str(out)])
    return out / "graph.json"


if __name__ == "__main__":
    main()
