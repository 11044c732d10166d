"""Add-ons of EKS, and what they run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.views.placement import tolerations
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import seen, text, whole
from roadstead.tool.sandbox.addons import objects_of

ADDON = "aws:eks/addon:Addon"


@dataclass(frozen=True)
class Addon:
    """One add-on."""

    resource: Resource
    name: str | Unread
    objects: Sequence[Mapping[str, Any]] | Unread
    """What it runs, as far as the table of add-ons knows."""

    @property
    def brings(self) -> Sequence[Mapping[str, Any]]:
        """The same; nothing where it cannot be read."""
        return () if isinstance(self.objects, Unread) else self.objects


@once_a_graph
def addons(graph: Graph) -> tuple[Addon, ...]:
    """All of them."""
    return tuple(
        Addon(made, Place.of(made).at("addonName").required_text(), _objects(made)) for made in graph.of_type(ADDON)
    )


@whole
def _objects(addon: Resource) -> Sequence[Mapping[str, Any]]:
    place = Place.of(addon)
    text(place.at("addonName"))
    configured = place.at("configurationValues")
    if configured.value != "":
        seen(tolerations(configured.document().at("tolerations")))
    return objects_of(addon)
