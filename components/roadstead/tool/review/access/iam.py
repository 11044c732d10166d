"""What a policy document says: does it allow or deny a principal an action on a resource?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html. What it does not know (a condition's
operator, a key that the caller or the day decides, such as `kms:ViaService` or `aws:SourceIp`) it takes for allowed rather
than forbidden.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from roadstead.tool.review.views.policy import Document, Statement, of_text

Context = Mapping[str, str]
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


def condition_holds(operator: str, key: str, allowed: Iterable[str], context: Context) -> bool | None:
    """Whether a condition holds; nothing for an operator or a variable that is not known here."""
    value = context.get(key.lower())
    wanted = [_filled_in(str(item), context) for item in allowed]
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
    is_about = acts(statement, action) and _is_on(statement, resource)
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
    if "NotAction" in statement:
        return not any(like(pattern, action, ignore_case=True) for pattern in statement["NotAction"])
    return any(like(pattern, action, ignore_case=True) for pattern in statement.get("Action", ["*"]))


def _is_on(statement: Statement, resource: str) -> bool:
    """Whether a statement is about a resource. A resource's own policy may leave that out."""
    if "NotResource" in statement:
        return not any(like(pattern, resource) for pattern in statement["NotResource"])
    return any(like(pattern, resource) for pattern in statement.get("Resource", ["*"]))


def effect(document: Document | str | None, action: str, resource: str, context: Context) -> str | None:
    """`Deny`, `Allow` or nothing: what a document without principals says."""
    effects = {s["Effect"] for s in statements(document) if matches(s, action, resource, context)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def statements(document: Document | str | None) -> tuple[Statement, ...]:
    """The statements of a document, or of a text of one, that can be read."""
    return (document if isinstance(document, Document) else of_text(document)).statements


def principals(statement: Statement, kind: str = "AWS") -> list[str]:
    """The principals of a kind that a statement names; `*` for everybody, and for everybody but a few."""
    if "NotPrincipal" in statement:
        return ["*"] if kind == "AWS" else []
    return list(statement.get("Principal", {}).get(kind, []))


def concerns(statement: Statement, principal: str) -> bool:
    """Whether a statement of a resource's own policy is about a principal, and not about its account as a whole."""
    if "NotPrincipal" in statement:
        return principal not in statement["NotPrincipal"].get("AWS", [])
    return bool({principal, "*"} & set(principals(statement)))
