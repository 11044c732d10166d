"""What a statement's resources, actions and conditions cover together, whatever they are written as."""

from collections.abc import Iterator, Mapping

from roadstead.tool.review.access.iam import like
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.access.strangers import limits
from roadstead.tool.review.views.policy import Statement

EVERYTHING = "*"
"""For everything in the account, as a pattern of services."""
KINDS: Mapping[str, str] = {
    "dynamodb": "table/",
    "ecr": "repository/",
    "iam": "role/",
    "kms": "key/",
    "lambda": "function:",
    "rds": "db:",
    "s3": "*/",
    "secretsmanager": "secret:",
    "ssm": "parameter/",
}
"""How ARNs of what a service keeps begin after the account: all of that is all of the service.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html, 2026-11-21
"""
DATA = frozenset(
    f"{service}:{action}"
    for service, actions in {
        "dynamodb": "batchgetitem batchwriteitem deleteitem deletetable getitem putitem query scan updateitem",
        "kinesis": "getrecords putrecord putrecords",
        "kms": "creategrant decrypt",
        "lambda": "invokefunction updatefunctioncode",
        "rds-db": "connect",
        "s3": "deletebucket deleteobject getobject getobjectversion putbucketpolicy putobject",
        "secretsmanager": "batchgetsecretvalue getsecretvalue putsecretvalue",
        "sns": "publish subscribe",
        "sqs": "deletemessage purgequeue receivemessage sendmessage",
        "ssm": "getparameter getparameters getparametersbypath putparameter sendcommand startsession",
        "sts": "assumerole",
    }.items()
    for action in actions.split()
)
"""Single actions that read or change what people keep, each of which takes the resource's name: on everything they are too much too."""
_LOOKING = ("describe*", "list*")
"""Families of actions that mostly take no resource: `ec2:Describe*` is on `*` wherever it is allowed."""
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


def is_conditional(statement: Statement) -> bool:
    """Whether a condition keeps a statement from some callers or resources: one that always holds keeps it from none."""
    return any(
        not covered("arn:?*" if key.endswith("arn") else "?*", values)
        for key, values in limits(statement).items()
        if key != "aws:securetransport"
    )


def services_covered(statement: Statement) -> list[str]:
    """Patterns of the services of which its resources cover everything there is, in some region or account or in all."""
    if "NotResource" in statement:
        return [] if _is_everything(statement["NotResource"]) else [EVERYTHING]
    patterns = statement.get("Resource", ["*"])
    if _is_everything(patterns):
        return [EVERYTHING]
    return sorted({service for pattern in patterns for service in _services(pattern) if _is_whole(pattern, patterns)})


def broad_actions(statement: Statement, services: list[str]) -> list[str]:
    """The actions of services that mean more than one, or that read or change what people keep."""
    services = [*services, *(["sts"] if "iam" in services else [])]  # Its actions are on IAM's roles.
    return [
        action
        for action in statement.get("Action", [])
        if any(like(service, action.lower().partition(":")[0]) for service in (*services, *_by_star(action)))
        if action.lower() in DATA or (set("*?") & set(action) and action.lower().partition(":")[2] not in _LOOKING)
    ]


def _by_star(action: str) -> list[str]:
    """An action `*` is of every service."""
    return ["*"] if action.startswith("*") else []


def _is_everything(patterns: list[str]) -> bool:
    return any(covered(f"arn:{partition}:*:*:*:?*", patterns) for partition in _PARTITIONS)


def _services(pattern: str) -> Iterator[str]:
    parts = pattern.split(":", 3)
    if len(parts) > 2 and parts[0] == "arn":
        yield parts[2]


def _is_whole(pattern: str, patterns: list[str]) -> bool:
    """Whether patterns together cover all that a service has where one of them looks."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 and not pattern.endswith("*"):
        return False
    where = ":".join([*parts, *["*"] * 5][:5])
    kind = KINDS.get(parts[2], "")
    return any(covered(f"{where}:{rest}?*", patterns) for rest in {"", kind})
