"""The parts of a report that are the same wherever it is read: one change, one property, one value as text."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from roadstead.core.names import some
from roadstead.tool.offline.graph import Resource, Unknown, plain
from roadstead.tool.report.tree import kind
from roadstead.tool.review.change import Change, Kind
from roadstead.tool.review.difference.values import ABSENT, PropertyChange
from roadstead.tool.review.finding import Finding

SIGNS = {
    Kind.CREATE: "+",
    Kind.DELETE: "-",
    Kind.UPDATE: "~",
    Kind.REPLACE: "+-",
    Kind.MAY_REPLACE: "+-?",
    Kind.MOVE: ">",
}
"""The signs that Pulumi uses, and two of our own."""
MAX_TEAMS = 20
"""How many teams a table has before it only counts."""
MARKED_LENGTH = 100
"""Texts that are cut to less are names."""
MAX_NAMES = 3
"""How many resources a line names before it only counts."""


def cut(text: str, length: int) -> str:
    """A text with its middle left out, where it is longer than that: what differs is often at one of its ends.

    Of a long text it is said how much is missing.
    """
    if len(text) <= length:
        return text
    mark = "…"
    if length >= MARKED_LENGTH:
        mark = f"… {len(text) - length:,} more characters …"
    head = (length - len(mark)) // 2
    return f"{text[:head]}{mark}{text[len(text) - (length - len(mark) - head) :]}"


def one_line(text: str) -> str:
    """A text without what breaks a line or tells a terminal what to do."""
    return "".join(char if char.isprintable() else " " for char in text)


def named(resource: Resource) -> str:
    """A resource as people speak of it."""
    return f"{kind(resource.type)} {resource.name}"


def named_urn(urn: str) -> str:
    """The same, of what only a URN is known."""
    return f"{kind(urn.split('::')[2])} {urn.split('::', 3)[3]}" if urn.count("::") >= 3 else urn


def place(finding: Finding) -> str:
    """Where a finding comes from; nothing where nobody knows."""
    where = ": ".join(filter(None, [finding.file, finding.key]))
    return f"{where}; or {some(finding.others, MAX_NAMES)}" if finding.others else where


def about(finding: Finding) -> str:
    """The rule of a finding, and what a reader must know of how it was found."""
    asides = [] if finding.is_new else ["there before"]
    asides += ["by the base's rules alone"] if finding.by_base_rules else []
    return ", ".join([finding.rule, *asides])


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
    """Nothing where it is added, or where both sides read alike, as secrets do."""
    new: str | None
    """Nothing where it is removed."""


def difference(change: PropertyChange, length: int) -> Difference:
    """One property that differs, path and values cut to a length."""
    path, old, new = cut(change.path, length), _text(change.old), _text(change.new)
    if change.old == ABSENT:
        return Difference("+", path, None, cut(new, length))
    if change.new == ABSENT:
        return Difference("-", path, cut(old, length), None)
    if isinstance(change.new, Unknown):
        return Difference("~", path, cut(old, length), "known after that")
    if old == new:
        # A text and what is written like it: 1 and "1".
        old, new = _json(change.old), _json(change.new)
    return (
        Difference("~", path, None, "another value") if old == new else Difference("~", path, *_cut(old, new, length))
    )


def _cut(old: str, new: str, length: int) -> tuple[str, str]:
    """Both sides cut to a length: in the middle, or around the first difference where that would be lost."""
    sides = cut(old, length), cut(new, length)
    if sides[0] != sides[1]:
        return sides
    differing = (at for at, (before, after) in enumerate(zip(old, new, strict=False)) if before != after)
    start = next(differing, min(len(old), len(new))) - length // 3
    return _window(old, start, length), _window(new, start, length)


def _window(text: str, start: int, length: int) -> str:
    end = start + length - 2
    return f"…{text[start:end]}{'…' if end < len(text) else ''}"


def property_line(change: PropertyChange, length: int) -> str:
    """The same in one line."""
    sign, path, *sides = difference(change, length)
    return f"{sign} {path}: {' → '.join(side for side in sides if side is not None)}"


def value(given: Any, length: int) -> str:
    """A value in one line, cut to a length."""
    return cut(_text(given), length)


def _text(given: Any) -> str:
    """Text as it is, if it is a line, anything else as JSON."""
    if isinstance(given, str) and given.isprintable():
        return given
    return repr(ABSENT) if given == ABSENT else _json(given)


def _json(given: Any) -> str:
    return json.dumps(plain(given), ensure_ascii=False)


def by_rule(findings: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
    """Severity and rule of findings that need not be read in full, with the resources: some by name, the others counted."""
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(named_urn(finding.resource))
    for (severity, rule), names in groups.items():
        yield severity, rule, some(names, MAX_NAMES)
