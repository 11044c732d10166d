"""What of a stack can be read: in a preview some values are only known after creation, or secret."""

import re
from dataclasses import replace

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown, holds_hidden
from roadstead.tool.report import folder
from roadstead.tool.review.difference.made_up import leaves
from roadstead.tool.review.views.reading import Place, Unread

OF_OBJECTS = re.compile(
    r"metadata(\.namespace)?|parameters|spec|spec\.type"
    r"|spec\.(.*\.)?(replicas|parallelism|minReplicas|maxReplicas|template|jobTemplate|spec|containers|initContainers)(\[\d+\])?"
    r"|spec\.(.*\.)?(resources|limits|requests|nodeSelector|affinity|tolerations|overhead|volumeClaimTemplates|scaleTargetRef)\b.*"
)
"""What says how many pods there are, what they ask for and where they may run, and what an object makes AWS make."""


def readable(graph: Graph) -> tuple[Graph, list[Resource]]:
    """The stack without the Kubernetes objects of which something that matters cannot be read, and those."""
    hidden = [made for made in folder.objects(graph) if _hides(made, OF_OBJECTS) or _is_malformed(made)]
    urns = {made.urn for made in hidden}
    left = {urn: made for urn, made in graph.resources.items() if urn not in urns}
    return (replace(graph, resources=left) if hidden else graph), hidden


def _is_malformed(made: Resource) -> bool:
    """Whether what every object has is not what it is."""
    place = Place.of(made)
    read = (place.at("kind").text(), place.at("metadata", "namespace").text(), place.at("spec").entries())
    return any(isinstance(value, Unread) for value in read)


def _hides(made: Resource, matters: re.Pattern[str]) -> bool:
    # Most objects hide nothing, and to make the path of each value takes much longer than to see that.
    return holds_hidden(made.inputs) and any(
        isinstance(value, Unknown | Secret) and matters.fullmatch(path) for path, value in leaves(made.inputs)
    )
