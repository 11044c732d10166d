"""The tier of a stack, which decides what is expected of it."""

from roadstead.core.tiers import DEFAULT_TIER, TIERS
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.stacks import APP, CLUSTER, TEAM
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import one_of, whole


@once_a_graph
def tier(graph: Graph) -> str | Unread:
    """The tier that the stack's components were given: all have the same."""
    places = [Place.of(made).at("tier") for made in graph.of_type(CLUSTER, TEAM, APP)]
    given = [_tier(place) for place in places if not place.is_absent]
    return next((each for each in given if isinstance(each, str)), given[0] if given else DEFAULT_TIER)


@whole
def _tier(place: Place) -> str:
    return one_of(place, tuple(TIERS))
