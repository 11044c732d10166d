"""A review as JSON; `docs/schema/diff.json` describes it."""

import json
from datetime import date
from typing import Any, NotRequired

from typing_extensions import TypedDict

from roadstead.tool.offline.graph import plain
from roadstead.tool.review.change import Change, StackDiff
from roadstead.tool.review.difference.values import ABSENT, PropertyChange
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.reports.cost_as_json import CostReport, cost_json
from roadstead.tool.review.review import Review, StackReview, summary_of, team_of_change
from roadstead.tool.review.waivers import Waived, draft

FORMAT = 1


class PropertyReport(TypedDict):
    """One property that differs."""

    path: str
    """As in `spec.template.spec.containers[api].image`."""
    old: NotRequired[Any]
    """Its value at the base; not there where it is added. Secrets and what is not known yet are `[secret]` and `[unknown]`."""
    new: NotRequired[Any]
    """Its value here; not there where it is removed."""


class ChangeReport(TypedDict):
    """What would happen to one resource."""

    kind: str
    """What happens: create, delete, update, replace, may replace or move."""
    urn: str
    """Its URN; at the base, where it is deleted."""
    old_urn: NotRequired[str]
    """Its URN at the base, where that is another one."""
    type: str
    """Its type."""
    name: str
    """Its name in the program."""
    team: str
    """The team whose it is, or platform."""
    inputs: NotRequired[dict[str, Any]]
    """What it is created with, or had where it is deleted; not there otherwise."""
    properties: list[PropertyReport]
    """What differs; empty where it is created, deleted or only moved."""
    forcing: list[str]
    """Paths of the properties for which it is (or may be) replaced."""
    alias: NotRequired[str]
    """The URN to give it as an alias: without that it is deleted and created."""
    because: list[str]
    """URNs of the resources that it follows."""
    is_consequence: bool
    """Whether nothing was changed about it, and it only follows others."""


class FindingReport(TypedDict):
    """One thing that somebody should look at."""

    rule: str
    """Id of the rule."""
    severity: str
    """How bad it is: error, warning or note."""
    resource: str
    """URN of the resource."""
    what: str
    """What is wrong."""
    do: str
    """What to do."""
    is_new: bool
    """Whether the change brings it; false where the base has it in the same words."""
    file: NotRequired[str]
    """The file to change, from the project's root."""
    key: NotRequired[str]
    """The key in that file; of code the line at which its change begins."""
    others: NotRequired[list[str]]
    """More files of the change that it may come from."""
    by_base_rules: NotRequired[bool]
    """True where only the rules of the base find it: the change alters those that judge it."""
    waiver: NotRequired[str]
    """A waiver of it in YAML, to paste into infra/waivers.yaml with a person and a reason."""


class WaivedReport(TypedDict):
    """A finding that somebody answers for."""

    finding: FindingReport
    """The finding."""
    person: str
    """Who answers for it."""
    reason: str
    """Why it may be so."""
    expires: str
    """The last day on which that counts, YYYY-MM-DD."""


class StackReport(TypedDict):
    """One stack."""

    stack: str
    """Its name."""
    summary: str
    """How many changes of which kind, in words."""
    failure: NotRequired[str]
    """Why it was not reviewed: it cannot be rendered as the files are here."""
    findings: list[FindingReport]
    """What the rules say, the worst first."""
    waived: list[WaivedReport]
    """What they say and somebody answers for."""
    notes: list[str]
    """What a reader must know about how it was compared."""
    in_base: bool
    """Whether it is there at the base, and could be rendered."""
    in_head: bool
    """Whether it is there now."""
    changes: list[ChangeReport]
    """What would happen, in the order in which the engine could do it."""
    cost: NotRequired[CostReport]
    """What it costs; not there where nothing of it is AWS's, or only changes are known."""


class ReviewReport(TypedDict):
    """What `roadstead diff --format json` prints."""

    format: int
    """1; goes up with every change that takes something away."""
    base: str
    """What it is compared with."""
    notes: list[str]
    """What a reader must know before all: what decides and changes with what is decided, new waivers among it."""
    problems: list[str]
    """What is wrong with the waivers."""
    stacks: list[StackReport]
    """By name, those of tier development last."""


def report(review: Review) -> str:
    """A review as text."""
    return json.dumps(as_json(review), indent=2, ensure_ascii=False) + "\n"


def as_json(review: Review) -> ReviewReport:
    """A review as plain values."""
    return {
        "format": FORMAT,
        "base": review.base,
        "notes": list(review.notes),
        "problems": list(review.problems),
        "stacks": [_stack(stack, review.expires) for stack in review.stacks],
    }


def _stack(stack: StackReview, expires: date | None) -> StackReport:
    made: StackReport = {
        "stack": stack.diff.stack,
        "summary": summary_of(stack),
        "findings": [finding_report(finding, expires) for finding in stack.findings],
        "waived": [waived_report(waived) for waived in stack.waived],
        "notes": list(stack.notes),
        "in_base": stack.diff.base is not None,
        "in_head": stack.diff.head is not None,
        "changes": [_change(stack.diff, change) for change in stack.diff.changes],
    }
    if stack.failure is not None:
        made["failure"] = stack.failure
    if stack.cost:
        made["cost"] = cost_json(stack.cost)
    return made


def _change(diff: StackDiff, change: Change) -> ChangeReport:
    made: ChangeReport = {
        "kind": change.kind.value,
        "urn": change.resource.urn,
        "type": change.resource.type,
        "name": change.resource.name,
        "team": team_of_change(diff, change),
        "properties": [_property(changed) for changed in change.properties],
        "forcing": list(change.forcing),
        "because": list(change.because),
        "is_consequence": change.is_consequence,
    }
    if change.old is None or change.new is None:
        made["inputs"] = plain(change.resource.inputs)
    if change.old and change.old.urn != change.resource.urn:
        made["old_urn"] = change.old.urn
    if change.alias:
        made["alias"] = change.alias
    return made


def _property(changed: PropertyChange) -> PropertyReport:
    made: PropertyReport = {"path": changed.path}
    if changed.old != ABSENT:
        made["old"] = plain(changed.old)
    if changed.new != ABSENT:
        made["new"] = plain(changed.new)
    return made


def waived_report(waived: Waived) -> WaivedReport:
    """A finding that is lifted as plain values."""
    return {
        "finding": finding_report(waived.finding),
        "person": waived.waiver["person"],
        "reason": waived.waiver["reason"],
        "expires": waived.waiver["expires"].isoformat(),
    }


def finding_report(finding: Finding, expires: date | None = None) -> FindingReport:
    """A finding as plain values; with a waiver of it where it is said how long one lasts."""
    made: FindingReport = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "resource": finding.resource,
        "what": finding.what,
        "do": finding.do,
        "is_new": finding.is_new,
    }
    if finding.file:
        made["file"] = finding.file
    if finding.key:
        made["key"] = finding.key
    if finding.others:
        made["others"] = list(finding.others)
    if finding.by_base_rules:
        made["by_base_rules"] = True
    if expires:
        made["waiver"] = draft(finding, expires)
    return made
