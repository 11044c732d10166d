"""A graph as the engine shows it to a policy pack: inputs one by one, then all outputs."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
)
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY, deserialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown

IN_CLEAR = "in-clear-90d1"
"""What every secret is."""


def inputs(graph: Graph) -> list[ResourceValidationArgs]:
    return [
        ResourceValidationArgs(
            made.type,
            deserialize_properties(_value(made.inputs), proxy_secrets=True),
            made.urn,
            made.name,
            _options(made),
            _provider(graph, made),
        )
        for made in graph.resources.values()
    ]


def outputs(graph: Graph) -> list[PolicyResource]:
    """Of a component what it registered, of anything else its inputs and what the provider adds, without the id."""
    shown = {
        urn: PolicyResource(
            made.type,
            unknown_checking_proxy(deserialize_properties(_value(_outputs(made)))),
            urn,
            made.name,
            _options(made),
            _provider(graph, made),
            None,
            [],
            {},
        )
        for urn, made in graph.resources.items()
    }
    for urn, made in graph.resources.items():
        shown[urn].parent = shown[made.parent] if made.parent else None
        shown[urn].dependencies = [shown[needed] for needed in made.dependencies if needed in shown]
        shown[urn].property_dependencies = {
            key: [shown[needed] for needed in needs if needed in shown]
            for key, needs in made.property_dependencies.items()
        }
    return list(shown.values())


def _outputs(made: Resource) -> Mapping[str, Any]:
    return {**made.inputs, **made.computed} if made.custom else made.outputs or {}


def _options(made: Resource) -> PolicyResourceOptions:
    timeouts = PolicyCustomTimeouts(0, 0, 0)
    return PolicyResourceOptions(made.protect, [], None, list(made.aliases), timeouts, [], made.parent)


def _provider(graph: Graph, made: Resource) -> PolicyProviderResource | None:
    if made.provider is None:
        return None
    provider = graph.resources[made.provider]
    return PolicyProviderResource(provider.type, {}, provider.urn, provider.name)


def _value(value: Any) -> Any:
    """As the engine's messages have it: numbers are all alike, what is not known or secret is marked."""
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if isinstance(value, Unknown):
        return UNKNOWN_STRING_VALUE
    if isinstance(value, Secret):
        return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": IN_CLEAR}
    return float(value) if type(value) is int else value
