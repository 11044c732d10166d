"""Findings as SARIF 2.1.0, which code scanning shows at the line that they are about.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from roadstead.review.finding import Finding
from roadstead.review.review import Review

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report(review: Review, project: Path) -> str:
    """The findings of every stack. Code scanning wants a file: one that names none is about its stack's file."""
    found = [(stack.diff.stack, finding) for stack in review.stacks for finding in stack.findings]
    rules = sorted({finding.rule for _, finding in found})
    driver = {"name": "roadstead", "version": version("roadstead"), "rules": [{"id": rule} for rule in rules]}
    results = [_result(stack, finding, rules.index(finding.rule), project) for stack, finding in found]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _result(stack: str, finding: Finding, rule_index: int, project: Path) -> dict[str, Any]:
    file = finding.file or f"Pulumi.{stack}.yaml"
    physical = {"artifactLocation": {"uri": file}, "region": {"startLine": line_of(project / file, finding.key)}}
    logical = [{"fullyQualifiedName": finding.resource, "kind": "resource"}]
    unique = sha256(f"{finding.rule} {finding.resource}".encode()).hexdigest()
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": f"{stack}: {finding.what} {finding.do}"},
        "locations": [{"physicalLocation": physical, "logicalLocations": logical}],
        "partialFingerprints": {"roadstead/v1": unique},
    }


def line_of(file: Path, key: str | None) -> int:
    """The line of a YAML file in which a key such as `apps.api.spot` stands, or the part of it that is there; or the first."""
    line = 1
    try:
        here: Any = YAML().load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return line
    if isinstance(here, CommentedMap) and "config" in here:
        here = here["config"]
    for part in (key or "").split("."):
        known = here if isinstance(here, CommentedMap) else range(len(here)) if isinstance(here, CommentedSeq) else ()
        found = next((name for name in known if str(name).rpartition(":")[2] == part.rpartition(":")[2]), None)
        if found is None:
            return line
        line = 1 + (here.lc.key(found) if isinstance(here, CommentedMap) else here.lc.item(found))[0]
        here = here[found]
    return line
