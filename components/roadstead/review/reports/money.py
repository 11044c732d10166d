"""What a stack costs, as words and rows that are the same wherever they are read."""

from collections.abc import Iterator
from typing import NamedTuple

from roadstead.review.cost.bill import NO_MONEY, Bill, Cost

ALL = "all"
NOT_COUNTED = "Traffic, storage that is used, logs and requests are not counted."


class Row(NamedTuple):
    """One team's part, or all."""

    team: str
    now: str
    change: str
    """Nothing where there is nothing to compare with."""


def headline(cost: Cost) -> str:
    """`499.74 to 1,297.74 USD a month (fewest to most nodes), 489.00 to 1,280.00 before`."""
    if cost.now is None:
        return f"nothing any more, {cost.before.total if cost.before else NO_MONEY} USD a month before"
    least, most = cost.now.total
    text = f"{cost.now.total} USD a month{' (fewest to most nodes)' if least != most else ''}"
    if cost.before is None:
        return text
    return f"{text}, {cost.before.total} before" if any(cost.change()) else f"{text}, as before"


def rows(cost: Cost) -> list[Row]:
    """All, then the platform and the teams; a team that is gone still has its change."""
    return [_row(cost, team) for team in _parts(cost)]


def changed_rows(cost: Cost) -> list[Row]:
    """Those in which something changes; every one where there is nothing to compare with."""
    return [_row(cost, team) for team in _parts(cost) if cost.before is None or any(cost.change(team))]


def prices(bill: Bill) -> str:
    """Where and when the prices are from."""
    dates = sorted({price.date for line in bill.lines for price in line.prices})
    sources = sorted({price.source for line in bill.lines for price in line.prices})
    when = dates[0] if len(set(dates)) == 1 else f"{dates[0]} to {dates[-1]}" if dates else ""
    known = f"Prices of {bill.region or 'several regions'}, {when}, from {', '.join(sources)}." if dates else ""
    return " ".join(filter(None, [known, lacking(bill)]))


def lacking(bill: Bill) -> str:
    """What is not in the sums because nobody knows its price."""
    return f"Without {', '.join(bill.lacks)}: no price is known." if bill.lacks else ""


def _parts(cost: Cost) -> Iterator[str | None]:
    """Nothing, which stands for all of it, and then the teams."""
    yield None
    yield from dict.fromkeys(team for bill in (cost.now, cost.before) if bill for team in bill.teams)


def _row(cost: Cost, team: str | None) -> Row:
    now = cost.now.part(team) if cost.now else NO_MONEY
    return Row(team or ALL, str(now), cost.change(team).signed if cost.before else "")
