"""The engine's state of a stack, and the same of a graph, as far as the two can be equal."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from roadstead.tool.offline import eks_component
from roadstead.tool.offline.graph import Graph, Resource, plain

ENGINES_OWN = (
    "pulumi:providers:pulumi::default",
    "pulumi:providers:eks::default_4_4_0",
    "pulumi:providers:roadstead::default",
    f"pulumi:providers:roadstead::default_{version('roadstead').replace('.', '_')}",
)
"""Ends of the URNs of the providers that the engine adds: for components of plugins, and for reading resources back."""
_PROVIDERS = "pulumi:providers:"
_OF_THE_ENGINE = ("__internal", "version")
"""Inputs that the engine adds to a provider."""


def of_state(state: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a state says of each resource, by URN."""
    return {
        resource["urn"]: comparable(
            resource["type"],
            id=resource.get("id", ""),
            parent=resource.get("parent", ""),
            provider=resource.get("provider", "").rpartition("::")[0],
            custom=resource["custom"],
            protect=resource.get("protect", False),
            retain_on_delete=resource.get("retainOnDelete", False),
            dependencies=sorted(resource.get("dependencies", [])),
            inputs=resource.get("inputs", {}),
            outputs=resource.get("outputs", {}),
        )
        for resource in state.get("resources", [])
        if not resource["urn"].endswith(ENGINES_OWN)
    }


def of_graph(graph: Graph) -> dict[str, dict[str, Any]]:
    """What a graph says of each resource, by URN."""
    return {
        urn: comparable(
            resource.type,
            id=resource.id,
            parent=resource.parent or "",
            provider=resource.provider or "",
            custom=resource.custom,
            protect=resource.protect,
            retain_on_delete=resource.retain_on_delete,
            dependencies=sorted(resource.dependencies),
            inputs=plain(resource.inputs),
            outputs=plain(_outputs(resource)),
        )
        for urn, resource in graph.resources.items()
    }


def _outputs(resource: Resource) -> Mapping[str, Any]:
    return {**resource.inputs, **resource.computed} if resource.custom else resource.outputs or {}


def comparable(type_: str, **said: Any) -> dict[str, Any]:
    """What is said of a resource, without what the engine adds and what it does not record."""
    if type_.startswith(_PROVIDERS):
        # A provider's id is a random number; what it hands out are its inputs.
        inputs = {key: value for key, value in said["inputs"].items() if key not in _OF_THE_ENGINE}
        return {**said, "id": "", "inputs": inputs, "outputs": {}}
    if type_ == eks_component.TYPE:
        # The engine records neither inputs nor outputs of a component that a plugin makes.
        return {**said, "inputs": {}, "outputs": {}}
    return said
