"""Sets of texts that patterns with `*` and `?` mean: whether some of them mean everything that another one does."""

from collections.abc import Iterable, Iterator
from functools import cache

OTHER = "\0"
"""Stands for every character that no pattern names."""


def covered(pattern: str, by: Iterable[str], *, ignore_case: bool = False) -> bool:
    """Whether every text that a pattern means is one that at least one of others means."""
    others = tuple(sorted(set(by)))
    if ignore_case:
        pattern, others = pattern.lower(), tuple(other.lower() for other in others)
    return pattern in others or _covered(pattern, others)


@cache
def _covered(pattern: str, others: tuple[str, ...]) -> bool:
    """Follows all texts of the pattern at once, with the places where each of the others could be.

    From a `*` on everything is left open that an earlier place of the same pattern leaves: only places from the last one
    on are followed, for their sets would be too many otherwise.
    """
    alphabet = {*"".join((pattern, *others)), OTHER} - {"*", "?"}
    start = (
        _followed((pattern, at) for at in _open(pattern, 0)),
        _followed((other, at) for other in others for at in _open(other, 0)),
    )
    waiting, seen = [start], {start}
    while waiting:
        own, theirs = waiting.pop()
        if any(at < len(other) and not other[at:].strip("*") for other, at in theirs):
            continue
        if (pattern, len(pattern)) in own and not any(at == len(other) for other, at in theirs):
            return False
        for char in alphabet:
            after = _followed((pattern, there) for _, at in own for there in _after(pattern, at, char))
            left = _followed((other, there) for other, at in theirs for there in _after(other, at, char))
            if after and (after, left) not in seen:
                seen.add((after, left))
                waiting.append((after, left))
    return True


def _followed(places: Iterable[tuple[str, int]]) -> frozenset[tuple[str, int]]:
    """Places in patterns, without those that a later `*` of the same pattern makes up for."""
    every = set(places)
    stars = dict[str, int]()
    for pattern, at in every:
        if pattern[at : at + 1] == "*":
            stars[pattern] = max(at, stars.get(pattern, 0))
    return frozenset((pattern, at) for pattern, at in every if at >= stars.get(pattern, 0))


def _open(pattern: str, at: int) -> Iterator[int]:
    """A place in a pattern, and those that a `*` there leaves open without another character."""
    yield at
    while at < len(pattern) and pattern[at] == "*":
        at += 1
        yield at


def _after(pattern: str, at: int, char: str) -> Iterator[int]:
    if at < len(pattern) and pattern[at] == "*":
        yield from _open(pattern, at)
    elif at < len(pattern) and pattern[at] in ("?", char):
        yield from _open(pattern, at + 1)
