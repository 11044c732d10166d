"""Which actions AWS's services have, and on which resources each can be allowed.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from roadstead.facts import files

DATA = "aws_actions.json"
ANY_ARN = "arn:*"
"""For the few types of resources whose ARN the reference does not say."""


@dataclass(frozen=True)
class Action:
    """One action of a service."""

    name: str
    """As AWS writes it, e.g. `s3:GetObject`."""
    arns: tuple[str, ...]
    """The ARNs of the resources that it can be allowed on, with `${…}` for what varies; none where it takes "*" alone."""


@cache
def services() -> Mapping[str, Any]:
    """What is known of each service, by the prefix of its actions."""
    found: Mapping[str, Any] = files.read(DATA)["services"]
    return found


@cache
def actions(service: str) -> Mapping[str, Action]:
    """The actions of a service by their names in small letters, for IAM tells no case apart; none of an unknown one."""
    facts = services().get(service, {"arns": {}, "actions": {}})
    return {
        name.lower(): Action(f"{service}:{name}", tuple(facts["arns"].get(kind, ANY_ARN) for kind in kinds.split()))
        for kinds, names in facts["actions"].items()
        for name in names.split()
    }
