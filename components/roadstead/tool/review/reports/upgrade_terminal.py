"""The way to another Kubernetes in a terminal."""

from rich.console import Console

from roadstead.tool.review.reports.terminal import console_for, show, show_findings
from roadstead.tool.review.reports.upgrade_lines import (
    HEADING,
    NOTHING,
    command,
    edits,
    heading,
    inventory,
    opening,
    title,
)
from roadstead.tool.review.review import there_before, to_read
from roadstead.tool.review.together import Together
from roadstead.tool.review.upgrade.plan import Plan, StackUpgrade, Step


def report(plan: Plan, *, color: bool) -> str:
    """A plan as text, in colours where standard output shows them and they are wanted."""
    console = console_for(color=color)
    with console.capture() as captured:
        show(console, opening(plan), style="dim")
        for stack in plan.stacks:
            _stack(stack, console)
        console.print()
        show(console, HEADING if plan.steps else NOTHING, style="bold")
        for number, step in enumerate(plan.steps, start=1):
            _step(number, step, console)
    return captured.get()


def _stack(stack: StackUpgrade, console: Console) -> None:
    console.print()
    show(console, heading(stack), style="bold")
    for note in stack.notes:
        show(console, note, style="yellow", indent=2)
    rows = list(inventory(stack))
    width = max((len(name) for name, _ in rows), default=0)
    for name, version in rows:
        show(console, f"{name:<{width}}  {version}", indent=2)
    new, old = ([Together(finding, ()) for finding in chosen(stack.findings)] for chosen in (to_read, there_before))
    show_findings(new, old, [("", each) for each in stack.waived], console, names_stacks=False)


def _step(number: int, step: Step, console: Console) -> None:
    console.print()
    show(console, f"{number:>2}. {title(step)}", style="bold")
    for line in step.before:
        show(console, f"$ {line}", style="dim", indent=6)
    for line in edits(step):
        show(console, line, style="yellow", indent=6)
    if last := command(step):
        show(console, f"$ {last}", style="dim", indent=6)
    for line in step.follows:
        show(console, f"by itself: {line}", indent=6)
