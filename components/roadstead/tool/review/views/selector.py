"""Label selectors, and what node affinities ask of a node.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from collections.abc import Mapping
from dataclasses import dataclass

from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.whole import needed, one_of, seen, text, whole

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


@dataclass(frozen=True)
class Requirement:
    """What one label has to be."""

    key: str
    operator: str
    values: tuple[str, ...]

    def is_met_by(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are so."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
        if value is None or not _is_whole(value):
            return False
        return int(value) > int(self.values[0]) if self.operator == "Gt" else int(value) < int(self.values[0])


@dataclass(frozen=True)
class Selector:
    """Pods by their labels; an empty one means all."""

    labels: Mapping[str, str]
    requirements: tuple[Requirement, ...]

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether pods with these labels are meant."""
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(
            requirement.is_met_by(labels) for requirement in self.requirements
        )


EVERYTHING = Selector({}, ())


@whole
def selector(place: Place) -> Selector:
    """What a selector says; one that is absent means all."""
    return Selector(seen(place.at("matchLabels").labels()), requirements(place.at("matchExpressions")))


def requirements(place: Place) -> tuple[Requirement, ...]:
    """A list of requirements. Only within a function that is `whole`."""
    return tuple(_requirement(item) for item in seen(place.items()))


def _requirement(place: Place) -> Requirement:
    operator, values = one_of(place.at("operator"), OPERATORS), seen(place.at("values").texts())
    if operator in ("Gt", "Lt"):
        is_number = len(values) == 1 and _is_whole(values[0])
        values = needed(place.at("values"), values if is_number else None, "one whole number, as text")
    return Requirement(text(place.at("key")), operator, tuple(values))


def _is_whole(value: str) -> bool:
    return value.removeprefix("-").isdecimal()
