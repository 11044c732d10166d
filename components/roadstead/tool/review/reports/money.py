"""What a stack costs, as words and rows that are the same wherever they are read."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

from roadstead.tool.review.cost.bill import NO_MONEY, Bill, Cost, Span, in_cents
from roadstead.tool.review.cost.line import HOURS_A_MONTH

ALL = "all"


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
    """All, then the platform and the teams, to the cent what all is; a team that is gone still has its change."""
    bills = [bill for bill in (cost.now, cost.before) if bill]
    teams = dict.fromkeys(team for bill in bills for team in bill.teams)
    now = _all_in_cents({team: cost.now.part(team) if cost.now else NO_MONEY for team in teams})
    change = _all_in_cents({team: cost.change(team) for team in teams})
    total = cost.now.total if cost.now else NO_MONEY
    shown = [(ALL, total, cost.change()), *((team, now[team], change[team]) for team in teams)]
    return [Row(name, str(usd), more.signed if cost.before else "") for name, usd, more in shown]


def changed_rows(cost: Cost) -> list[Row]:
    """Those in which something changes; every one where there is nothing to compare with."""
    return [row for row in rows(cost) if row.change != NO_MONEY.signed]


def prices(bill: Bill) -> str:
    """Where and when the prices are from, after what nobody should miss."""
    dates = sorted({price.date for line in bill.lines for price in line.prices})
    sources = sorted({price.source for line in bill.lines for price in line.prices})
    when = dates[0] if len(set(dates)) == 1 else f"{dates[0]} to {dates[-1]}" if dates else ""
    known = f"Prices of {bill.region or 'several regions'}, {when}, from {', '.join(sources)}." if dates else ""
    return " ".join(filter(None, [remarks(bill), known]))


def basis(bill: Bill) -> str:
    """How the sums come about, and what is not in them because it goes by use."""
    shared = f"A month has {HOURS_A_MONTH} hours; teams share nodes by what their pods ask for."
    used = f"Not counted, because it goes by use: {', '.join(bill.by_use)}." if bill.by_use else ""
    return " ".join(filter(None, [shared, used]))


def remarks(bill: Bill) -> str:
    """What nobody should miss: extended support, and what is not in the sums because nobody knows its price."""
    lacks = f"Without {', '.join(bill.lacks)}: no price is known." if bill.lacks else ""
    return " ".join(filter(None, [*bill.notes, lacks]))


def _all_in_cents(parts: Mapping[str, Span]) -> dict[str, Span]:
    """Parts in whole cents that add up to what all of them make, as that is rounded."""
    least, most = (_apportioned([span[end] for span in parts.values()]) for end in (0, 1))
    return {team: Span(*ends) for team, ends in zip(parts, zip(least, most, strict=True), strict=True)}


def _apportioned(parts: Sequence[Fraction]) -> list[Fraction]:
    """Each rounded down, and a cent more for those that lose most by that."""
    cents = [floor(part * 100) for part in parts]
    missing = int(in_cents(sum(parts, Fraction(0))) * 100) - sum(cents)
    by_loss = sorted(range(len(parts)), key=lambda index: cents[index] - parts[index] * 100)
    for index in by_loss[:missing]:
        cents[index] += 1
    return [Fraction(number, 100) for number in cents]
