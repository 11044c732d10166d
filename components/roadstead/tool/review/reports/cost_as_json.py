"""What a stack costs as JSON, a part of `as_json`."""

from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.tool.review.cost.bill import Bill, Cost, Span


class MoneyReport(TypedDict):
    """USD a month."""

    least: float
    """With every node group's fewest nodes and every app's fewest replicas."""
    most: float
    """With the most of both."""


class CostLineReport(TypedDict):
    """So many of one thing."""

    kind: str
    """What kind of thing it is, e.g. NAT gateways."""
    what: str
    """Which one."""
    resource: str
    """URN of the resource."""
    team: str
    """Whose it is; nodes are the platform's, and teams have a share of them."""
    unit_usd: float
    """What one costs in a month; 0 where something lacks."""
    least: int
    """How many there are at the fewest."""
    most: int
    """How many there are at the most."""
    sources: list[str]
    """Where its prices are from, with their dates."""
    lacks: list[str]
    """What no price or no size is known for; it is not counted then."""


class BillReport(TypedDict):
    """What a stack costs in a month."""

    region: str
    """Its region; empty where it has several or none is known."""
    total: MoneyReport
    """All of it."""
    teams: dict[str, MoneyReport]
    """By team, the platform among them; together they are all of it."""
    lines: list[CostLineReport]
    """What it is made of."""
    notes: list[str]
    """What a reader must know, e.g. since when a cluster is in extended support."""
    not_counted: list[str]
    """What of it costs money by how much it is used."""


class CostReport(TypedDict):
    """What a stack costs at both revisions."""

    before: NotRequired[BillReport]
    """At the base; not there where the stack is new or could not be rendered."""
    now: NotRequired[BillReport]
    """Now; not there where the stack is gone."""


def cost_json(cost: Cost) -> CostReport:
    """What a stack costs as plain values."""
    made: CostReport = {}
    if cost.before:
        made["before"] = _bill(cost.before)
    if cost.now:
        made["now"] = _bill(cost.now)
    return made


def _bill(bill: Bill) -> BillReport:
    return {
        "region": bill.region,
        "total": _money(bill.total),
        "teams": {team: _money(span) for team, span in bill.teams.items()},
        "lines": [
            {
                "kind": line.kind,
                "what": line.what,
                "resource": line.resource.urn,
                "team": line.team,
                "unit_usd": round(float(line.unit_usd), 6),
                "least": line.least,
                "most": line.most,
                "sources": sorted({f"{price.source}, {price.date}" for price in line.prices}),
                "lacks": list(line.lacks),
            }
            for line in bill.lines
        ],
        "notes": list(bill.notes),
        "not_counted": list(bill.by_use),
    }


def _money(span: Span) -> MoneyReport:
    return {"least": round(float(span.least), 6), "most": round(float(span.most), 6)}
