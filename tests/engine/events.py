"""What the engine said that it would do, or did: read off its event log.

https://www.pulumi.com/docs/iac/automation-api/concepts-terminology/ names the events; the log has one as JSON a line.
"""

import json
from typing import Any

UNCHANGED = {"same", "refresh", "read", "read-discard"}


def changes(log: str, *, planned: bool) -> dict[str, list[str]]:
    """The operations on each resource, in the order in which they began (planned) or ended (done)."""
    kind = "resourcePreEvent" if planned else "resOutputsEvent"
    found: dict[str, list[str]] = {}
    for line in log.splitlines():
        event: dict[str, Any] = json.loads(line)
        if kind in event and event[kind]["metadata"]["op"] not in UNCHANGED:
            metadata = event[kind]["metadata"]
            found.setdefault(metadata["urn"], []).append(metadata["op"])
    return found
