"""Speed and memory of `roadstead diff`, beside one `roadstead preview` in the same run.

    make bench

A pull request that gives one app more CPU, reviewed for staging and production: with nothing known of the base, and with the
base in the cache as it is after the first review of a revision.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from roadstead.tool import yaml_files

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.company import dump, enlarged  # noqa: E402  (neither is a package that is installed)
from scripts.processes import Cost, middle, run  # noqa: E402

STACKS = ("staging", "production")
SIZES = {"3 teams, 6 apps": (1, 1, 5), "51 teams, 306 apps": (17, 3, 1)}
"""How many times over the teams and their apps are there, and how many runs are measured."""


def main() -> None:
    table = Table("company", "base", "diff of 2 stacks", "preview of 1", "ratio", "largest process")
    for name, (times, apps_times, runs) in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            project = with_a_change(enlarged(Path(folder) / "project", times, apps_times, STACKS))
            previews = [preview(project) for _ in range(runs)]
            rendered, cached = zip(*(diffs(project) for _ in range(runs)), strict=True)
        seconds = median(cost.seconds for cost in previews)
        for base, costs in (("rendered", rendered), ("in the cache", cached)):
            cost = middle(costs)
            table.add_row(
                name,
                base,
                f"{cost.seconds:.1f} s",
                f"{seconds:.1f} s",
                f"{cost.seconds / seconds:.2f}",
                f"{cost.megabytes:.0f} MB",
            )
    console = Console(width=110)
    console.print(table)
    console.print(f"Medians of {' and '.join(str(runs) for *_, runs in SIZES.values())} runs.")


def with_a_change(project: Path) -> Path:
    """The project under Git, with one app changed since the last commit."""
    (project / ".gitignore").write_text("/build/\n__pycache__/\n")
    git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-C", str(project))
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "base")):
        subprocess.run([*git, *arguments], check=True)
    file = sorted((project / "infra" / "teams").glob("payments*.yaml"))[0]
    team = yaml_files.load(file)
    team["apps"]["api"]["cpu"] = "300m"
    dump(team, file)
    return project


def preview(project: Path) -> Cost:
    return run([sys.executable, "-m", "roadstead.tool.cli", "preview", "-s", STACKS[0], "-C", str(project)])


def diffs(project: Path) -> tuple[Cost, Cost]:
    """The review without a cache, and with what that one left in it."""
    shutil.rmtree(project / "build", ignore_errors=True)
    command = [sys.executable, "-m", "roadstead.tool.cli", "diff", "-C", str(project), "--format", "json"]
    command += [part for stack in STACKS for part in ("--stack", stack)]
    first = run(command, allowed=(0, 3))
    return first, run(command, allowed=(0, 3))


if __name__ == "__main__":
    main()
