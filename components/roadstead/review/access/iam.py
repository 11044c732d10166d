"""What a policy document says: does it allow or deny a principal an action on a resource?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html. What it does not know (a condition's
operator, a key that the caller or the day decides, such as `kms:ViaService` or `aws:SourceIp`) it takes for allowed rather
than forbidden.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Context = Mapping[str, str]
Statement = Mapping[str, Any]
_TOLD = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principaltag/",
    "aws:resourceaccount",
    "aws:resourcetag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "kms:calleraccount",
    "kms:encryptioncontext:",
    "kms:grantisforawsresource",
)
"""Beginnings of the keys of which a context says everything: what it does not have of these is not there."""


def listed(value: Any) -> list[Any]:
    """A value that IAM takes alone or in a list, as a list."""
    return list(value) if isinstance(value, list | tuple) else [value]


@cache
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    regex = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile(regex, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)


def like(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text is one that a pattern with `*` and `?` means."""
    return _pattern(pattern, ignore_case).fullmatch(text) is not None


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "ArnEquals": like,
    "StringLike": like,
    "ArnLike": like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}


def condition_holds(operator: str, key: str, allowed: Any, context: Context) -> bool | None:
    """Whether a condition holds; nothing for an operator or a variable that is not known here."""
    value = context.get(key.lower())
    wanted = [_filled_in(str(item), context) for item in listed(allowed)]
    if operator == "Null":
        return (value is None) is (wanted == ["true"])
    name = operator.removesuffix("IfExists")
    positive = name.replace("Not", "", 1)
    if positive not in _OPERATORS or any("${" in item for item in wanted):
        return None
    if value is None:
        return name != positive or operator != name
    return any(_OPERATORS[positive](item, value) for item in wanted) is (name == positive)


def _filled_in(text: str, context: Context) -> str:
    """A text with the values of policy variables that are known."""
    return re.sub(r"\$\{([^}]+)\}", lambda found: context.get(found[1].lower(), found[0]), text)


def matches(statement: Statement, action: str, resource: str, context: Context) -> bool:
    """Whether a statement is about an action on a resource under these circumstances, the keys of which are in lower case."""
    is_about = acts(statement, action) and _names(statement, "Resource", resource)
    conditions = [
        condition_holds(operator, key, allowed, context)
        if key.lower() in context or key.lower().startswith(_TOLD)
        else None
        for operator, keys in statement.get("Condition", {}).items()
        for key, allowed in keys.items()
    ]
    unsure = statement["Effect"] == "Allow"
    return is_about and all(unsure if held is None else held for held in conditions)


def acts(statement: Statement, action: str) -> bool:
    """Whether a statement is about an action, on whatever resource."""
    return _names(statement, "Action", action, ignore_case=True)


def _names(statement: Statement, element: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether an element names a text, or its opposite does not. A resource's own policy may leave the resource out."""
    if f"Not{element}" in statement:
        return not any(like(pattern, text, ignore_case=ignore_case) for pattern in listed(statement[f"Not{element}"]))
    return any(like(pattern, text, ignore_case=ignore_case) for pattern in listed(statement.get(element, "*")))


def effect(document: str | None, action: str, resource: str, context: Context) -> str | None:
    """`Deny`, `Allow` or nothing: what a document without principals says."""
    effects = {s["Effect"] for s in statements(document) if matches(s, action, resource, context)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


@cache
def statements(document: str | None) -> tuple[Statement, ...]:
    """The statements of a document; none of one that is not there or whose text is not known yet."""
    try:
        return tuple(listed(json.loads(document)["Statement"])) if document else ()
    except (ValueError, KeyError, TypeError):
        return ()


def principals(statement: Statement, kind: str = "AWS") -> list[str]:
    """The principals of a kind that a statement names; `*` for everybody, and for everybody but a few."""
    if "NotPrincipal" in statement:
        return ["*"] if kind == "AWS" else []
    named = statement.get("Principal", {})
    return [str(principal) for principal in listed(named if named == "*" else named.get(kind, []))]


def concerns(statement: Statement, principal: str) -> bool:
    """Whether a statement of a resource's own policy is about a principal, and not about its account as a whole."""
    if "NotPrincipal" in statement:
        return principal not in listed(statement["NotPrincipal"].get("AWS", []))
    return bool({principal, "*"} & set(principals(statement)))
