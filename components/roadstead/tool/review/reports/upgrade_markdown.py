"""The way to another Kubernetes as Markdown: a list to tick off, for an issue or a pull request."""

from roadstead.tool.review.reports.markdown import finding_item, plain
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
from roadstead.tool.review.upgrade.plan import Plan, StackUpgrade, Step

_LENGTH = 400


def report(plan: Plan) -> str:
    """A plan as text."""
    parts = [f"# Kubernetes {plan.target}\n\n{_text(opening(plan))}\n", *map(_stack, plan.stacks)]
    steps = "".join(map(_step, plan.steps))
    return "\n".join([*parts, f"## Steps\n\n{HEADING if steps else NOTHING}\n\n{steps}"])


def _stack(stack: StackUpgrade) -> str:
    notes = "".join(f"> {_text(note)}\n\n" for note in stack.notes)
    rows = "".join(f"| {_text(name)} | {_text(version)} |\n" for name, version in inventory(stack))
    table = f"| | version |\n|---|---|\n{rows}\n" if rows else ""
    found = "".join(finding_item(finding) for finding in stack.findings)
    waived = "".join(
        f"- waived until {waiver['expires']} by {_text(waiver['person'])}: {_text(finding.rule)}\n"
        for finding, waiver in stack.waived
    )
    return f"## {_text(heading(stack))}\n\n{notes}{table}{found}{waived}"


def _step(step: Step) -> str:
    lines = [f"- [ ] **{_text(title(step))}**\n"]
    lines += [f"  - {_code(line)}\n" for line in step.before]
    lines += [f"  - {_text(line)}\n" for line in edits(step)]
    lines += [f"  - {_code(last)}\n" for last in [command(step)] if last]
    lines += [f"  - by itself: {_text(line)}\n" for line in step.follows]
    return "".join(lines)


def _text(text: str) -> str:
    return plain(text, _LENGTH)


def _code(command: str) -> str:
    """Names of stacks and clusters have no backtick."""
    return f"`{command}`"
