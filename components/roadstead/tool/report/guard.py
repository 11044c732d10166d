"""Which objects of a stack the guard of teams' namespaces would refuse, as lines."""

from collections.abc import Mapping
from typing import Any

from roadstead.tenancy.guard.refusals import refusals
from roadstead.tool.offline.graph import Graph, holds_hidden
from roadstead.tool.report import folder

GUARD = "roadstead:index:TenancyGuard"


def refused(graph: Graph) -> list[str]:
    """A heading and a line an object; nothing where nothing would be refused.

    What is not known yet, or secret, is not judged: nobody knows what it will be.
    """
    found = refusals(made.plain_inputs for made in folder.objects(graph) if _is_known(made.inputs))
    if not found:
        return []
    warned = any(made.inputs.get("isolation") == "warn" for made in graph.of_type(GUARD))
    if not graph.of_type(GUARD):
        heading = "A guard (TenancyGuard) would refuse"
    else:
        heading = "Warned of now, and refused with isolation: enforce" if warned else "Refused by the API server"
    return [f"{heading} (docs/isolation.md):", *(f"    {refusal}" for refusal in found)]


def _is_known(inputs: Mapping[str, Any]) -> bool:
    """Whether all that rules read is known; of a Secret they read no value."""
    return not any(holds_hidden(inputs.get(key)) for key in ("metadata", "spec", "type"))
