"""Findings as SARIF 2.1.0, which code scanning shows at the line that they are about.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from roadstead.tool.offline.errors import InputError
from roadstead.tool.review import together
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.review import Review
from roadstead.tool.review.revisions import git
from roadstead.tool.review.together import Together
from roadstead.tool.review.waivers import draft

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/roadstead/roadstead"
RULES = f"{HOME}/blob/main/docs/rules.md"
MAX_RESULTS = 25_000
"""GitHub refuses a file with more."""


def report(review: Review, project: Path) -> str:
    """The findings of every stack, the worst first. Code scanning wants a file: one that names none is about its stack's file."""
    found = together.findings(review.stacks, list)
    found.sort(key=lambda each: list(Severity).index(each.finding.severity))
    shown, left = found[:MAX_RESULTS], found[MAX_RESULTS:]
    # By the worst that it found: the list begins with it.
    levels = {each.finding.rule: each.finding.severity.value for each in reversed(shown)}
    rules = sorted(levels)
    driver = {
        "name": "roadstead",
        "semanticVersion": version("roadstead"),
        "informationUri": HOME,
        "rules": [_rule(rule, levels[rule]) for rule in rules],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "results": list(_results(shown, rules, project, review.expires)),
        "columnKind": "unicodeCodePoints",
    }
    told = list(_notifications(review, len(left)))
    if told:
        run["invocations"] = [{"executionSuccessful": not review.problems, "toolExecutionNotifications": told}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _notifications(review: Review, left: int) -> Iterator[dict[str, Any]]:
    """What is said beside the findings."""
    notes = [*review.notes, *(f"{stack.diff.stack}: {note}" for stack in review.stacks for note in stack.notes)]
    notes += [f"{left} more findings are not shown here."] if left else []
    for level, texts in (("error", review.problems), ("warning", notes)):
        yield from ({"level": level, "message": {"text": text}} for text in texts)


def _rule(rule: str, level: str) -> dict[str, Any]:
    family = rule.partition("/")[0]
    words = rule.replace("-", " ").replace("/", ": ")
    page = f"{RULES}#{quote(family)}"
    return {
        "id": rule,
        "shortDescription": {"text": words},
        "fullDescription": {"text": words},
        "help": {
            "text": f"What it finds and what to do: {page}",
            "markdown": f"[What it finds and what to do]({page})",
        },
        "helpUri": page,
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [family]},
    }


def _results(found: list[Together], rules: list[str], project: Path, expires: date | None) -> Iterator[dict[str, Any]]:
    file_of = cache(lambda name: _File(project / name))
    folder = _within_repository(project)
    seen: Counter[str] = Counter()
    for finding, stacks in found:
        name = finding.file or f"Pulumi.{stacks[0]}.yaml"
        unique = sha256(f"{finding.rule} {finding.resource}".encode()).hexdigest()[:16]
        seen[unique] += 1
        place = {
            "artifactLocation": {"uri": quote((folder / name).as_posix())},
            "region": file_of(name).region(finding.key),
        }
        yield {
            "ruleId": finding.rule,
            "ruleIndex": rules.index(finding.rule),
            "level": finding.severity.value,
            "baselineState": "new" if finding.is_new else "unchanged",
            "message": {"text": f"{', '.join(stacks)}: {finding.what} {finding.do}"},
            "locations": [
                {
                    "physicalLocation": place,
                    "logicalLocations": [{"fullyQualifiedName": finding.resource, "kind": "resource"}],
                }
            ],
            # Without the only one that GitHub reads it takes the line's: what is about one line would be one alert.
            "partialFingerprints": {"primaryLocationLineHash": f"{unique}:{seen[unique]}"},
            **({"properties": {"waiver": draft(finding, expires)}} if expires else {}),
        }


def _within_repository(project: Path) -> Path:
    """The project's folder as code scanning knows it: from the top of its repository, if it is in one."""
    try:
        top = git.repository(project)
    except InputError:
        return Path()
    return project.resolve().relative_to(top.resolve())


class _File:
    """A YAML file in which findings have their places."""

    def __init__(self, file: Path) -> None:
        self.lines: list[str] = []
        self.content: Any = None
        try:
            text = file.read_text(encoding="utf-8")
            self.lines = text.splitlines()
            self.content = YAML().load(text)
        except (OSError, UnicodeDecodeError, YAMLError):
            return
        if isinstance(self.content, CommentedMap) and "config" in self.content:
            self.content = self.content["config"]

    def region(self, key: str | None) -> Mapping[str, int]:
        """The line in which a key such as `apps.api.spot` stands, or the part of it that is there; or the first."""
        line, column, here = 0, 0, self.content
        if of_code := re.fullmatch(r"line (\d+)", key or ""):
            line, here = min(int(of_code[1]), max(1, len(self.lines))) - 1, None
        for part in (key or "").split("."):
            known = (
                here if isinstance(here, CommentedMap) else range(len(here)) if isinstance(here, CommentedSeq) else ()
            )
            found = next((name for name in known if str(name).rpartition(":")[2] == part.rpartition(":")[2]), None)
            if found is None:
                break
            line, column = here.lc.key(found) if isinstance(here, CommentedMap) else here.lc.item(found)
            here = here[found]
        end = max(column, len(self.lines[line].rstrip())) if line < len(self.lines) else column
        return {"startLine": line + 1, "startColumn": column + 1, "endLine": line + 1, "endColumn": end + 1}
