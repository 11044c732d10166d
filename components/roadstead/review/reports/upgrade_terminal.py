"""The way to another Kubernetes in a terminal."""

from rich.console import Console

from roadstead.review.reports.terminal import console_for, show_findings
from roadstead.review.reports.upgrade_lines import (
    HEADING,
    NOTHING,
    command,
    edits,
    heading,
    inventory,
    opening,
    title,
)
from roadstead.review.upgrade.plan import Plan, StackUpgrade, Step


def report(plan: Plan, *, color: bool) -> str:
    """A plan as text, in colours where standard output shows them and they are wanted."""
    console = console_for(color=color)
    with console.capture() as captured:
        console.print(opening(plan), style="dim")
        for stack in plan.stacks:
            _stack(stack, console)
        console.print(f"\n{HEADING if plan.steps else NOTHING}", style="bold")
        for number, step in enumerate(plan.steps, start=1):
            _step(number, step, console)
    return captured.get()


def _stack(stack: StackUpgrade, console: Console) -> None:
    console.print(f"\n{heading(stack)}", style="bold")
    for note in stack.notes:
        console.print(f"  {note}", style="yellow")
    rows = list(inventory(stack))
    width = max((len(name) for name, _ in rows), default=0)
    for name, version in rows:
        console.print(f"  {name:<{width}}  {version}")
    show_findings(stack.findings, stack.waived, console)


def _step(number: int, step: Step, console: Console) -> None:
    console.print(f"\n{number:>2}. {title(step)}", style="bold")
    for line in step.before:
        console.print(f"      $ {line}", style="dim")
    for line in edits(step):
        console.print(f"      {line}", style="yellow")
    if last := command(step):
        console.print(f"      $ {last}", style="dim")
    for line in step.follows:
        console.print(f"      by itself: {line}")
