"""What the engine said that it would do, or did: read off its event log.

https://www.pulumi.com/docs/iac/automation-api/concepts-terminology/ names the events; the log has one as JSON a line.
"""

import json
from collections.abc import Iterator
from typing import Any

UNCHANGED = {"same", "refresh", "read", "read-discard"}


def changes(log: str) -> dict[str, list[str]]:
    """The operations on each resource that were announced, or begun."""
    found: dict[str, list[str]] = {}
    for urn, operation in _operations(log, "resourcePreEvent"):
        found.setdefault(urn, []).append(operation)
    return found


def ended(log: str) -> list[str]:
    """The resources on which an operation came to its end, in that order."""
    return [urn for urn, _ in _operations(log, "resOutputsEvent")]


def _operations(log: str, kind: str) -> Iterator[tuple[str, str]]:
    for line in log.splitlines():
        event: dict[str, Any] = json.loads(line)
        if kind in event and event[kind]["metadata"]["op"] not in UNCHANGED:
            yield event[kind]["metadata"]["urn"], event[kind]["metadata"]["op"]
