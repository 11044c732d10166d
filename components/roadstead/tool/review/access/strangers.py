"""Whom a statement for everybody lets in: its conditions may say who among everybody."""

from roadstead.tool.review.access.iam import principals
from roadstead.tool.review.views.policy import Statement

EVERYBODY = "everybody"
ORGANISATION = ("aws:principalorgid", "aws:principalorgpaths")
WHO = (
    *ORGANISATION,
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "kms:calleraccount",
)
"""Keys of conditions that say who among everybody, in lower case.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""


def limits(statement: Statement) -> dict[str, list[str]]:
    """What conditions ask for, by key in lower case: those that nobody meets without the key or with just any value."""
    return {
        key.lower(): values
        for operator, keys in statement.get("Condition", {}).items()
        if not operator.endswith("IfExists") and not operator.startswith("ForAllValues:")
        if "Not" not in operator and operator != "Null"
        for key, values in keys.items()
        if "*" not in values
    }


def strangers(statement: Statement, account: str) -> set[str]:
    """Who that the statement does not name it is about, as ARNs or in words; an account's own roles are asked themselves."""
    if "*" not in principals(statement):
        return set()
    who = {key: values for key, values in limits(statement).items() if key in WHO}
    if not who:
        return {EVERYBODY}
    if "aws:principalarn" in who:
        return set(who["aws:principalarn"])
    if any(account and all(account in value for value in values) for values in who.values()):
        return set()
    return {f"{EVERYBODY} where {' and '.join(f'{key} is {_any_of(who[key])}' for key in sorted(who))}"}


def _any_of(values: list[str]) -> str:
    return " or ".join(values)
