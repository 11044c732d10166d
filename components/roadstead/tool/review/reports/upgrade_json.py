"""The way to another Kubernetes as JSON; `docs/schema/upgrade.json` describes it."""

import json
from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.tool.review.reports.as_json import FindingReport, WaivedReport, finding_report, waived_report
from roadstead.tool.review.upgrade.plan import Edit, Plan, StackUpgrade, Step

FORMAT = 1


class EditReport(TypedDict):
    """A value to write."""

    about: NotRequired[str]
    """Resource and property, where the file is not known."""
    file: NotRequired[str]
    """The file, from the project's root."""
    key: NotRequired[str]
    """The key in that file."""
    old: str
    """What is there."""
    new: NotRequired[str]
    """What to write; not there where the tables do not have it."""


class StepReport(TypedDict):
    """One change of the files, and one `pulumi up`."""

    task: str
    """What it is about."""
    stack: NotRequired[str]
    """The stack; not there for what is done once for all."""
    version: str
    """The Kubernetes version that it leads to."""
    before: list[str]
    """Commands to run first."""
    edits: list[EditReport]
    """What to write."""
    mends: list[FindingReport]
    """The findings that it mends."""
    follows: list[str]
    """What changes by itself with it, in that order."""


class AddonReport(TypedDict):
    """An add-on of EKS."""

    name: str
    """Its name."""
    version: str
    """The version that the program gives it."""
    follows: bool
    """Whether that follows from the cluster's version."""


class StackUpgradeReport(TypedDict):
    """One stack."""

    stack: str
    """Its name."""
    version: NotRequired[str]
    """The Kubernetes version that it runs; not there where it does not say."""
    node_groups: dict[str, str]
    """Release of the node image, by node group."""
    addons: list[AddonReport]
    """In the order in which the program brings them."""
    findings: list[FindingReport]
    """What the rules say, the worst first."""
    waived: list[WaivedReport]
    """What they say and somebody answers for."""
    notes: list[str]
    """What a reader must know about it."""


class UpgradeReport(TypedDict):
    """What `roadstead upgrade --format json` prints."""

    format: int
    """1; goes up with every change that takes something away."""
    target: str
    """The Kubernetes version that was asked for."""
    facts: dict[str, str]
    """The tables that it rests on, each with its date, YYYY-MM-DD."""
    stacks: list[StackUpgradeReport]
    """In the order in which they go."""
    steps: list[StepReport]
    """The changes to make, in order."""


def report(plan: Plan) -> str:
    """A plan as text."""
    return json.dumps(as_json(plan), indent=2, ensure_ascii=False) + "\n"


def as_json(plan: Plan) -> UpgradeReport:
    """A plan as plain values."""
    return {
        "format": FORMAT,
        "target": plan.target,
        "facts": dict(plan.facts),
        "stacks": [_stack(stack) for stack in plan.stacks],
        "steps": [_step(step) for step in plan.steps],
    }


def _stack(stack: StackUpgrade) -> StackUpgradeReport:
    here = stack.versions
    made: StackUpgradeReport = {
        "stack": stack.stack,
        "node_groups": {group.resource.name: group.version for group in here.groups},
        "addons": [{"name": one.name, "version": one.version, "follows": one.follows} for one in here.addons],
        "findings": [finding_report(finding) for finding in stack.findings],
        "waived": [waived_report(waived) for waived in stack.waived],
        "notes": list(stack.notes),
    }
    if here.version:
        made["version"] = here.version
    return made


def _step(step: Step) -> StepReport:
    made: StepReport = {
        "task": step.task.value,
        "version": step.version,
        "before": list(step.before),
        "edits": [_edit(edit) for edit in step.edits],
        "mends": [finding_report(finding) for finding in step.mends],
        "follows": list(step.follows),
    }
    if step.stack:
        made["stack"] = step.stack
    return made


def _edit(edit: Edit) -> EditReport:
    made: EditReport = {"old": edit.old}
    if edit.about:
        made["about"] = edit.about
    if edit.source.file:
        made["file"] = edit.source.file
    if edit.source.key:
        made["key"] = edit.source.key
    if edit.new:
        made["new"] = edit.new
    return made
