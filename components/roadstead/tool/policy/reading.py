"""From what the engine shows a policy pack to the graph that rules look at."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pulumi_policy
from pulumi_policy import PolicyResource, ResourceValidationArgs, proxy

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown, ordered
from roadstead.tool.review.difference.urns import Urn

PROVIDERS = "pulumi:providers:"
HELD = "__target"
"""The key under which a proxy of the SDK gives what it holds."""
UNKNOWN_VALUES = {text for name, text in vars(proxy).items() if name.startswith("UNKNOWN_") and name.endswith("_VALUE")}


class Inputs:
    """The inputs of every resource, as the engine shows them one by one before it makes each.

    Of the whole stack it shows outputs only, and those of a component say nothing of what it was given.
    """

    def __init__(self) -> None:
        self._by_urn: dict[str, Mapping[str, Any]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was remembered."""
        return not self._by_urn

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
    """A value as graphs have it: `Unknown`, `Secret`, whole numbers as `int`, and without the SDK's proxies."""
    if isinstance(shown, pulumi_policy.Secret):
        return Secret.of(shown.value)
    if isinstance(shown, str):
        return Unknown() if shown in UNKNOWN_VALUES else shown
    if isinstance(shown, Mapping | Sequence):
        return _container(shown)
    return int(shown) if isinstance(shown, float) and shown.is_integer() else shown


def _container(shown: Any) -> Any:
    # A proxy hides which values are secret, or raises an error for those that are not known.
    with suppress(KeyError, TypeError):
        shown = shown[HELD]
    if isinstance(shown, Mapping):
        return {key: value(item) for key, item in sorted(shown.items())}
    return [value(item) for item in shown]
