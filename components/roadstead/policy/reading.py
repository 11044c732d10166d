"""From what the engine shows a policy pack to the graph that rules look at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError

from roadstead.offline.graph import Graph, Resource, Unknown, ordered
from roadstead.review.urns import Urn

PROVIDERS = "pulumi:providers:"


class Inputs:
    """The inputs of every resource, as the engine shows them one by one before it makes each.

    Of the whole stack it shows outputs only, and those of a component say nothing of what it was given.
    """

    def __init__(self) -> None:
        self._by_urn: dict[str, Mapping[str, Any]] = {}

    def remember(self, shown: ResourceValidationArgs) -> None:
        """Keeps what one resource is given."""
        self._by_urn[shown.urn] = value(shown.props)

    def graph(self, shown: Iterable[PolicyResource]) -> Graph:
        """The stack, each resource with the inputs that were remembered of it; with its outputs where none were."""
        resources = {each.urn: self._resource(each) for each in shown}
        urn = Urn.of(next(iter(resources)))
        return Graph(urn.project, urn.stack, ordered(resources), {})

    def _resource(self, shown: PolicyResource) -> Resource:
        outputs = value(shown.props)
        needs = {
            key: tuple(sorted(needed.urn for needed in needs)) for key, needs in shown.property_dependencies.items()
        }
        is_managed = shown.provider is not None or shown.resource_type.startswith(PROVIDERS)
        id_ = outputs.get("id")
        return Resource(
            urn=shown.urn,
            type=shown.resource_type,
            name=shown.name,
            parent=shown.parent.urn if shown.parent else None,
            custom=is_managed,
            provider=shown.provider.urn if shown.provider else None,
            inputs=self._by_urn.get(shown.urn, outputs),
            dependencies=tuple(sorted(needed.urn for needed in shown.dependencies)),
            property_dependencies=needs,
            protect=shown.opts.protect,
            id=id_ if isinstance(id_, str) else "",
            computed=outputs if is_managed else {},
        )


def value(shown: Any) -> Any:
    """A value without the proxies that raise an error where it is not known; whole numbers as `int`."""
    if isinstance(shown, Mapping):
        return {key: _item(shown, key) for key in sorted(shown)}
    if isinstance(shown, Sequence) and not isinstance(shown, str):
        return [_item(shown, number) for number in range(len(shown))]
    return int(shown) if isinstance(shown, float) and shown.is_integer() else shown


def _item(container: Any, key: Any) -> Any:
    try:
        return value(container[key])
    except UnknownValueError:
        return Unknown()
