"""Findings that somebody answers for, until a date: `infra/waivers.yaml`."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from typing_extensions import TypedDict

from roadstead.core.problems import problem, spec, type_problems, within
from roadstead.tool import yaml_files
from roadstead.tool.offline.errors import InputError
from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.finding import Finding
from roadstead.tool.yaml_files import YamlFileError

FILE = "infra/waivers.yaml"


@spec
class WaiverSpec(TypedDict):
    """One finding that is lifted."""

    rule: str
    """Id of the rule, e.g. "capacity/fits-no-node"."""
    resource: str
    """URN of the resource."""
    person: str
    """Who answers for it."""
    reason: str
    """Why it may be so."""
    expires: date
    """The last day on which it counts, e.g. 2027-03-31."""


class Waived(NamedTuple):
    """A finding that is lifted."""

    finding: Finding
    waiver: WaiverSpec


def load(project: Path) -> list[WaiverSpec]:
    """The waivers of a project, or none; every problem of the file at once in an `InputError`."""
    waivers, found = read(project)
    if found:
        raise InputError("\n".join(found))
    return waivers


def read(project: Path) -> tuple[list[WaiverSpec], list[str]]:
    """The waivers of a project that can be used, and everything that is wrong with its file."""
    path = project / FILE
    if not path.exists():
        return [], []
    try:
        # A file whose last waiver was removed is an empty one.
        content = yaml_files.load(path) or []
    except YamlFileError as error:
        return [], [f"{FILE}: {text}" for text in error.problems]
    if not isinstance(content, list):
        return [], [f"{FILE}: " + problem("(whole file)", "not a list", content, "a list of waivers")]
    waivers, found = [], []
    for number, given in enumerate(content):
        wrong = within(str(number), type_problems(WaiverSpec, given)) or _problems(number, given)
        found += [f"{FILE}: {text}" for text in wrong]
        if not wrong:
            waivers.append(given)
    return waivers, found


def draft(finding: Finding, expires: date) -> str:
    """A waiver of a finding to paste into the file. Who answers and why is for a person to write: without it is refused."""
    texts = {"rule": finding.rule, "resource": finding.resource, "person": "", "reason": ""}
    lines = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in texts.items()]
    return "- " + "\n  ".join([*lines, f"expires: {expires.isoformat()}"]) + "\n"


def _problems(number: int, waiver: WaiverSpec) -> list[str]:
    found = [f"{number}.{key}: empty; expected text" for key in ("person", "reason") if not str(waiver[key]).strip()]
    try:
        Urn.of(waiver["resource"])
    except ValueError:
        expected = "the URN of a resource, as the finding gives it"
        found.append(problem(f"{number}.resource", "no URN", waiver["resource"], expected))
    return found


def applied(
    waivers: Iterable[WaiverSpec],
    findings: Iterable[Finding],
    stacks: Collection[str],
    today: date,
    may_find_nothing: Collection[str] = (),
) -> tuple[list[Finding], list[Waived], list[str]]:
    """The findings that stay, those that are lifted, and what is wrong with the waivers.

    One that has expired lifts nothing. One for a stack that is not among those looked at is let be, and so is one for
    nothing whose rule depends on what else was asked.
    """
    left, lifted, wrong = list(findings), [], []
    for number, waiver in enumerate(waivers):
        if Urn.of(waiver["resource"]).stack not in stacks:
            continue
        matching = [x for x in left if (x.rule, x.resource) == (waiver["rule"], waiver["resource"])]
        if not matching and waiver["rule"] in may_find_nothing:
            continue
        if not matching:
            what = f"{waiver['rule']} finds nothing about {waiver['resource']}"
            wrong.append(f"{FILE}: {number}: a waiver for nothing: {what}; remove it")
        elif waiver["expires"] < today:
            expected = "a later date, or no need for it any more"
            wrong.append(f"{FILE}: " + problem(f"{number}.expires", "expired", str(waiver["expires"]), expected))
        else:
            lifted += [Waived(finding, waiver) for finding in matching]
            left = [finding for finding in left if finding not in matching]
    return left, lifted, wrong
