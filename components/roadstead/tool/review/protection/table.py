"""The table of what protects, whole."""

from collections.abc import Mapping

from roadstead.tool.review.protection import aws, aws_others, eks, kubernetes, pods
from roadstead.tool.review.protection.row import DELETION, SERIOUS, Guard, Row
from roadstead.tool.review.protection.ways import Switch

OPTIONS = (
    Row(
        DELETION, ("*",), ("(protect)",), Switch(),
        "Pulumi no longer refuses to delete it", "Leave protect on.",
        SERIOUS, "https://www.pulumi.com/docs/iac/concepts/options/protect/",
    ),
    Row(
        DELETION, ("*",), ("(retain on delete)",), Switch(),
        "the real thing goes with it when the program no longer declares it", "Leave retainOnDelete on.",
        SERIOUS, "https://www.pulumi.com/docs/iac/concepts/options/retainondelete/",
    ),
)  # fmt: skip
ROWS = (*eks.ROWS, *aws.ROWS, *aws_others.ROWS, *kubernetes.ROWS, *pods.ROWS, *OPTIONS)
GUARDS = (*eks.GUARDS, *aws.GUARDS, *aws_others.GUARDS, *kubernetes.GUARDS)


def _by_subject(rows: tuple[Row, ...]) -> Mapping[str, tuple[Row, ...]]:
    subjects = {subject for row in rows for subject in row.subjects}
    return {subject: tuple(row for row in rows if {subject, "*"} & {*row.subjects}) for subject in subjects}


BY_SUBJECT = _by_subject(ROWS)
"""The rows about a resource, by what it is; under `*` those about every one."""
GUARDS_BY_SUBJECT: Mapping[str, Guard] = {guard.subject: guard for guard in GUARDS}
