"""What is the same in several stacks, once."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple
from typing import NamedTuple

from roadstead.tool.review.change import Change
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.reports.lines import details, heading
from roadstead.tool.review.review import StackReview, by_team, to_read, worst_first
from roadstead.tool.review.waivers import Waived

_STACK = "\0"
"""Stands for a stack's name where stacks are compared."""


class Together(NamedTuple):
    """A finding, and every stack that has it."""

    finding: Finding
    """As the first of them has it."""
    stacks: tuple[str, ...]

    @property
    def where(self) -> str:
        """The stacks, in words."""
        return ", ".join(self.stacks)


class Alike(NamedTuple):
    """Changes that the same stacks have, by team."""

    stacks: tuple[str, ...]
    teams: dict[str, list[Change]]
    """As the first of them has them."""


def findings(
    stacks: Sequence[StackReview], chosen: Callable[[Iterable[Finding]], list[Finding]] = to_read
) -> list[Together]:
    """The findings of all stacks, the worst first."""
    alike: dict[tuple[object, ...], list[tuple[str, Finding]]] = {}
    for stack in stacks:
        name = stack.diff.stack
        for finding in chosen(stack.findings):
            key = tuple(_nameless(value, name) for value in astuple(finding))
            alike.setdefault(key, []).append((name, finding))
    firsts = {
        id(those[0][1]): Together(those[0][1], tuple(dict.fromkeys(name for name, _ in those)))
        for those in alike.values()
    }
    return [firsts[id(finding)] for finding in worst_first(one.finding for one in firsts.values())]


def waived(stacks: Iterable[StackReview]) -> Iterator[tuple[str, Waived]]:
    """What somebody answers for; a waiver is of one stack."""
    return ((stack.diff.stack, each) for stack in stacks for each in stack.waived)


def changes(stacks: Sequence[StackReview], length: int) -> list[Alike]:
    """The changes of all stacks, those of most stacks first. Alike is what reads alike, values cut to a length."""
    alike: dict[tuple[object, ...], list[tuple[str, str, Change]]] = {}
    for stack in stacks:
        name = stack.diff.stack
        for team, listed in by_team(stack.diff).items():
            for change in listed:
                key = (team, *(_nameless(line, name) for line in (heading(change), *details(change, length))))
                alike.setdefault(key, []).append((name, team, change))
    found: dict[tuple[str, ...], dict[str, list[Change]]] = {}
    for those in alike.values():
        names = tuple(dict.fromkeys(name for name, _, _ in those))
        # The same in one stack twice is two changes.
        firsts = [each for each in those if each[0] == those[0][0]]
        for _, team, change in firsts:
            found.setdefault(names, {}).setdefault(team, []).append(change)
    return [Alike(names, teams) for names, teams in sorted(found.items(), key=lambda item: -len(item[0]))]


def _nameless(value: object, stack: str) -> object:
    if isinstance(value, tuple):
        return tuple(_nameless(each, stack) for each in value)
    return (
        re.sub(rf"(?<![A-Za-z0-9]){re.escape(stack)}(?![A-Za-z0-9])", _STACK, value)
        if isinstance(value, str)
        else value
    )
