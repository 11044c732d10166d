"""Amounts of CPU and memory as Kubernetes' objects say them."""

from fractions import Fraction

from roadstead.core.quantities import parse
from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.whole import needed, seen, whole


@whole
def quantity(place: Place) -> Fraction | None:
    """An amount; nothing where it is absent. A number counts as it is written."""
    is_number = isinstance(place.value, int | float) and not isinstance(place.value, bool)
    written = str(place.value) if is_number else seen(place.text())
    return None if written is None else needed(place, _parsed(written), "a quantity such as 250m or 512Mi")


def _parsed(written: str) -> Fraction | None:
    try:
        amount = parse(written)
    except ValueError:
        return None
    return amount if amount >= 0 else None
