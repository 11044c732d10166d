"""Random teams: each may have some of what the table's team may have."""

from random import Random
from typing import cast

from tests.cluster.guard_table import ALLOWED
from tests.cluster.support import team_namespace

from roadstead.tenancy.guard.allowed import AllowedSpec
from roadstead.tool.offline.graph import Graph

TEAMS = [f"shop-{number}" for number in range(6)]
ALL_OF_IT, NOTHING = TEAMS[:2]


def may_have(team: str) -> AllowedSpec:
    """What the objects of a random team may have."""
    random = Random(team)
    shares = {ALL_OF_IT: 1.0, NOTHING: 0.0}
    some = {
        key: random.sample(words, round(shares.get(team, random.random()) * len(words)))
        for key, words in ALLOWED.items()
    }
    return cast(AllowedSpec, some)


def graphs() -> list[Graph]:
    return [team_namespace(team, allowed=may_have(team)) for team in TEAMS]
