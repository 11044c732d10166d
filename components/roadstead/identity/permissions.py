"""Whether AWS rights that somebody asks for can ever be granted: an action that there is, on a resource that it takes."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from roadstead.core.names import some
from roadstead.core.problems import problem
from roadstead.facts import files
from roadstead.facts.aws_actions import DATA, Action, actions, services
from roadstead.facts.regions import regions

_WITHIN_A_PART = re.compile(r"\$\{(Partition|Region|Account|BucketName)\}")
"""What of an ARN cannot hold the signs that part it: a bucket is no object."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")
WITHIN = "\0"
NAMED = 3


def action_problems(path: str, action: str) -> list[str]:
    """Whether there is such an action (or one that begins so, with `*` at its end)."""
    service, _, name = action.partition(":")
    if named(action):
        return []
    if service not in services():
        close = get_close_matches(service, services(), n=2)
        return [problem(path, f"no service of AWS{_hint(close)}", action, "e.g. 's3:GetObject'")]
    close = get_close_matches(name.lower(), actions(service), n=2)
    expected = f"an action that {service} had on {files.read(DATA)['date']} (data/{DATA})"
    hint = _hint([actions(service)[match].name for match in close])
    return [problem(path, f"no action of {service}{hint}", action, expected)]


def _hint(close: Sequence[str]) -> str:
    return f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""


def named(action: str) -> list[Action]:
    """The actions that a name means."""
    service, _, name = action.partition(":")
    known = actions(service.lower())
    if name.endswith("*"):
        return [found for key, found in known.items() if key.startswith(name[:-1].lower())]
    return [known[name.lower()]] if name.lower() in known else []


def never_granted(asked: Sequence[str], resources: Sequence[str]) -> list[str]:
    """Of rights whose actions there are, those that no request would ever get, and those on more than they need.

    An action without types of resources is only allowed on "*"; one with types is allowed on ARNs of these types, and
    "*" would be all of them in the account. How wide an ARN is, such as arn:aws:s3:::*, is for a review to tell.
    """
    found = []
    everything = "*" in resources
    arns = [resource for resource in resources if resource != "*"]
    alone = [action for action in asked if not any(each.arns for each in named(action))]
    on_arns = [action for action in asked if action not in alone]
    if everything and on_arns:
        got = f"'*' for {some(on_arns, NAMED)}"
        expected = f"ARNs, e.g. {_example(on_arns[0])!r}; what takes no ARN stands in a permission of its own"
        found.append(f"resources: all of the account; got {got}; expected {expected}")
    if alone and not everything:
        expected = "'*', in a permission of their own: AWS allows these on no ARN, and so would never grant them"
        found.append(
            problem("resources", f"no resource that {some(alone, NAMED)} takes", some(resources, NAMED), expected)
        )
    if arns:
        for action in on_arns:
            patterns = {pattern for each in named(action) for pattern in each.arns}
            if not any(overlap(arn, pattern) for arn in arns for pattern in patterns):
                what = f"no resource that {action} takes, so that it is never granted"
                found.append(problem("resources", what, some(arns, NAMED), f"e.g. {_example(action)!r}"))
    return found


def resource_problems(path: str, arn: str) -> list[str]:
    """Whether the region and the account of an ARN are some; wildcards may stand for both."""
    if not arn.startswith("arn:"):
        return [problem(path, "no ARN", arn, "e.g. 'arn:aws:s3:::acme-invoices/*'")]
    region, account = [*arn.split(":", 5), "", "", "", "", ""][3:5]
    found = []
    if region and not _is_open(region) and region not in regions():
        found.append(problem(path, f"no region of AWS, {region!r}", arn, "a region, e.g. 'eu-west-1', or '*'"))
    if account not in ("", "aws") and not _is_open(account) and not re.fullmatch(r"\d{12}", account):
        found.append(problem(path, f"no AWS account, {account!r}", arn, "12 digits, or '*'"))
    return found


def _is_open(part: str) -> bool:
    return "*" in part or "?" in part


def _example(action: str) -> str:
    patterns = (pattern for each in named(action) for pattern in each.arns)
    return _VARIABLE.sub(_named_part, min(patterns, key=len))


def _named_part(variable: re.Match[str]) -> str:
    """What stands for a variable in an example: `${Partition}` is aws, `${BucketName}` bucket-name."""
    name = variable[0][2:-1]
    known = {"Partition": "aws", "Region": "*", "Account": "*"}
    return known.get(name, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())


def overlap(arn: str, pattern: str) -> bool:
    """Whether some ARN is meant by both: `arn` with the `*` and `?` of a policy, `pattern` with the `${…}` of the reference."""
    # Two machines that read the same text; each state is how far each of them is.
    one, other = arn, _signs(pattern)
    states, seen = [(0, 0)], {(0, 0)}
    while states:
        a, b = states.pop()
        if a == len(one) and b == len(other):
            return True
        for step in _steps(one, other, a, b):
            if step not in seen:
                seen.add(step)
                states.append(step)
    return False


@cache
def _signs(pattern: str) -> str:
    """A pattern with `*` for whatever comes, and NUL for whatever comes without `/` and `:`."""
    return _VARIABLE.sub("*", _WITHIN_A_PART.sub(WITHIN, pattern))


def _steps(one: str, other: str, a: int, b: int) -> list[tuple[int, int]]:
    left, right = one[a] if a < len(one) else "", other[b] if b < len(other) else ""
    steps = []
    if left == "*":
        steps.append((a + 1, b))
    if right in ("*", WITHIN):
        steps.append((a, b + 1))
    # One sign that both read.
    if left and right:
        reads_on_left, reads_on_right = a + (left != "*"), b + (right not in ("*", WITHIN))
        sign_left = "" if left in ("*", "?") else left
        sign_right = "" if right in ("*", WITHIN) else right
        fits = not sign_left or not sign_right or sign_left == sign_right
        if fits and not (right == WITHIN and sign_left in ("/", ":")):
            steps.append((reads_on_left, reads_on_right))
    return steps
