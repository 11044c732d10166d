"""The parts of a report that are the same wherever it is read: one change, one property, one value as text."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from roadstead.offline.graph import Resource, Unknown, plain
from roadstead.report.names import some
from roadstead.report.tree import kind
from roadstead.review.change import ABSENT, Change, Kind, PropertyChange
from roadstead.review.finding import Finding

SIGNS = {
    Kind.CREATE: "+",
    Kind.DELETE: "-",
    Kind.UPDATE: "~",
    Kind.REPLACE: "+-",
    Kind.MAY_REPLACE: "+-?",
    Kind.MOVE: ">",
}
"""The signs that Pulumi uses, and two of our own."""
MAX_NAMES = 3
"""How many resources a line names before it only counts."""


def cut(text: str, length: int) -> str:
    """A text with its middle left out, where it is longer than that: what differs is often at one of its ends."""
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[len(text) - (length - 1 - head) :]}"


def named(resource: Resource) -> str:
    """A resource as people speak of it."""
    return f"{kind(resource.type)} {resource.name}"


def named_urn(urn: str) -> str:
    """The same, of what only a URN is known."""
    return f"{kind(urn.split('::')[2])} {urn.split('::', 3)[3]}" if urn.count("::") >= 3 else urn


def heading(change: Change) -> str:
    """What happens to a resource, and why."""
    return f"{SIGNS[change.kind]} {change.kind} {named(change.resource)}{reasons(change)}"


def reasons(change: Change) -> str:
    """Why it is replaced, and what it follows; nothing where there is nothing to say."""
    text = ""
    forcing = list(dict.fromkeys(change.forcing))
    if change.kind in (Kind.REPLACE, Kind.MAY_REPLACE) and forcing:
        text += f", for {', '.join(forcing[:3])}" + (" …" if len(forcing) > 3 else "")
    if change.because:
        others = [named_urn(urn) for urn in change.because]
        text += f", because of {some(others, 2)}"
    return text


def details(change: Change, length: int) -> Iterator[str]:
    """The lines below a heading: what differs, values cut to a length."""
    if change.alias:
        yield alias_line(change.alias)
    for changed in change.properties:
        yield property_line(changed, length)


def alias_line(alias: str) -> str:
    """What a renamed resource needs."""
    return f'add to it: aliases=["{alias}"]; without that it is deleted and created'


class Difference(NamedTuple):
    """One property that differs, as text."""

    sign: str
    """That of a difference."""
    path: str
    old: str | None
    """Nothing where it is added, or where both sides would read alike."""
    new: str | None
    """Nothing where it is removed."""


def difference(change: PropertyChange, length: int) -> Difference:
    """One property that differs, path and values cut to a length."""
    path, old, new = cut(change.path, length), value(change.old, length), value(change.new, length)
    if change.old == ABSENT:
        return Difference("+", path, None, new)
    if change.new == ABSENT:
        return Difference("-", path, old, None)
    if isinstance(change.new, Unknown):
        return Difference("~", path, old, "known after that")
    return Difference("~", path, None, "another value") if old == new else Difference("~", path, old, new)


def property_line(change: PropertyChange, length: int) -> str:
    """The same in one line."""
    sign, path, *sides = difference(change, length)
    return f"{sign} {path}: {' → '.join(side for side in sides if side is not None)}"


def value(given: Any, length: int) -> str:
    """A value in one line: text as it is, if it is a line, anything else as JSON."""
    if isinstance(given, str) and given.isprintable():
        return cut(given, length)
    if given == ABSENT:
        return repr(ABSENT)
    return cut(json.dumps(plain(given), ensure_ascii=False), length)


def by_rule(findings: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
    """Severity and rule of findings that need not be read in full, with the resources: some by name, the others counted."""
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(named_urn(finding.resource))
    for (severity, rule), names in groups.items():
        yield severity, rule, some(names, MAX_NAMES)
