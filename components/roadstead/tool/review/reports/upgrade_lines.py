"""The parts of the way to another Kubernetes that read the same in a terminal and in Markdown."""

import re
from collections.abc import Iterator

from roadstead.tool.review.reports.lines import named_urn
from roadstead.tool.review.review import findings_summary
from roadstead.tool.review.upgrade.plan import Edit, Plan, StackUpgrade, Step, Task

HEADING = "Changes to make, in this order. Look at the stack after each before you go on."
NOTHING = "Nothing to do."
_TITLES = {
    Task.FACTS: "renew the facts and commit them: the program takes no version that they do not have",
    Task.MEND: "mend what {version} would break or hang on",
    Task.CONTROL_PLANE: "control plane to {version}",
    Task.NODES: "nodes to {version}",
    Task.EXISTING_CLUSTER: "once its cluster runs {version}, say so",
}
_NUMBER = re.compile(r"\d+\.\d+")


def opening(plan: Plan) -> str:
    """What it is about, and what it rests on."""
    tables: dict[str, list[str]] = {}
    for name, date in plan.facts.items():
        tables.setdefault(date, []).append(name)
    facts = "; ".join(f"{', '.join(names)} of {date}" for date, names in tables.items())
    return f"To Kubernetes {plan.target}, as far as the tables know: {facts}."


def heading(stack: StackUpgrade) -> str:
    """A stack with what it runs and what was found."""
    found = findings_summary(stack.findings)
    runs = f"runs {stack.versions.version}" if stack.versions.version else "says no version"
    return f"{stack.stack}: {runs}{f'; {found}' if found else ''}"


def inventory(stack: StackUpgrade) -> Iterator[tuple[str, str]]:
    """What there is beside the control plane, and in which version."""
    by_version: dict[str, list[str]] = {}
    for group in stack.versions.groups:
        by_version.setdefault(group.version, []).append(group.resource.name)
    for version, names in by_version.items():
        yield f"nodes of {', '.join(names)}", version
    for addon in stack.versions.addons:
        yield addon.name, addon.version if addon.follows else f"{addon.version} (written down)"


def title(step: Step) -> str:
    """What a step is about."""
    text = _TITLES[step.task].format(version=step.version)
    return f"{step.stack}: {text}" if step.stack else text


def edits(step: Step) -> Iterator[str]:
    """The lines to write."""
    for edit in step.edits:
        yield f"{_place(edit)}: {_value(edit.old)} → {_value(edit.new) if edit.new else _lacking(step)}"
    for finding in step.mends:
        place = ": ".join(filter(None, [finding.file, finding.key])) or named_urn(finding.resource)
        yield f"{place}: {finding.do} ({finding.rule})"


def command(step: Step) -> str | None:
    """What carries a step out."""
    return f"pulumi up --stack {step.stack}" if step.stack else None


def _place(edit: Edit) -> str:
    return ": ".join(filter(None, edit.source)) or edit.about


def _value(text: str) -> str:
    """As YAML wants it: what looks like a number is text in quotes."""
    return f'"{text}"' if _NUMBER.fullmatch(text) else text


def _lacking(step: Step) -> str:
    return f"the release of {step.version}, which data/node_images.json does not have yet"
