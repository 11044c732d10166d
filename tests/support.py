"""What tests share: running a few lines of a program against the recording engine."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pulumi

from roadstead.tool.offline.answers import Answers
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import Project
from roadstead.tool.offline.record import record
from roadstead.tool.offline.render import render

ROOT = Path(__file__).parent.parent
ACCOUNT, REGION = "111122223333", "eu-west-1"
DIGEST = "sha256:" + "ab" * 32
ROLE = f"arn:aws:iam::{ACCOUNT}:role"


@cache
def rendered(project: Path, stack: str) -> Graph:
    """A stack as it is committed, made once."""
    return render(project, stack)


def deploy(
    program: Callable[[], object],
    *,
    unknown: bool = False,
    stack: str = "test",
    config: dict[str, str] | None = None,
    answers: Answers | None = None,
) -> Graph:
    """The graph of what `program` declares; any look-up without an answer is an error."""
    project = Project(
        name="project",
        stack=stack,
        root=ROOT / "tests",
        program=ROOT / "tests",
        config={"aws:region": REGION, "aws:allowedAccountIds": f'["{ACCOUNT}"]', **(config or {})},
        secret_keys=frozenset(),
    )
    return record(program, project, answers or Answers(()), unknown=unknown)


def refusal(program: Callable[[], object]) -> str:
    """The text with which a program refuses its arguments."""
    try:
        program()
    except pulumi.RunError as error:
        return str(error)
    raise AssertionError("nothing was refused")


def without(mapping: dict[str, Any], *keys: str) -> dict[str, Any]:
    """A mapping with some keys left out."""
    return {key: value for key, value in mapping.items() if key not in keys}


def shuffled(value: Any, random: Random) -> Any:
    """The same with the keys of every mapping in another order; lists stay as they are."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], random) for key in random.sample(list(value), len(value))}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value
