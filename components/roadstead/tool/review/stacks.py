"""What a rule needs to know about a stack beside its resources: whose they are, and which file says what."""

from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.finding import Finding, Severity

APP, CLUSTER, GROUP, TEAM, TEAM_NAMESPACE = (
    f"roadstead:index:{kind}" for kind in ("App", "Cluster", "NodeGroup", "Team", "TeamNamespace")
)
PRODUCTION, STAGING, DEVELOPMENT = "production", "staging", "development"
PLATFORM = "platform"
"""Whose resources those are that no team owns."""


class Source(NamedTuple):
    """Where something is written."""

    file: str | None = None
    """From the project's root; nothing where it is not known."""
    key: str | None = None


NOWHERE = Source()


def team_of(graph: Graph | None, resource: Resource) -> str:
    """The team that a resource belongs to: its nearest ancestor that is one, or the platform."""
    above: Resource | None = resource
    while graph and above:
        if above.type == TEAM:
            return above.name
        above = graph.resources.get(above.parent or "")
    return PLATFORM


def source(graph: Graph, resource: Resource, *keys: str) -> Source:
    """The file and key that a resource (with `keys`, that property of it) comes from.

    Known of what the program in `infra/` makes: apps and namespaces come from team files, node groups and the cluster
    from the stack file. A key of a team file may stand under `environments.<stack>` instead.
    """
    above: Resource | None = resource
    while above is not None:
        found = _of_component(graph, above)
        if found is not None:
            file, path = found
            return Source(file, ".".join(part for part in (path, *keys) if part) or None)
        above = graph.resources.get(above.parent or "")
    return NOWHERE


def _of_component(graph: Graph, made: Resource) -> tuple[str, str] | None:
    stack_file = f"Pulumi.{graph.stack}.yaml"
    owner, _, part = made.name.partition(".")
    if made.type == APP and part:
        return f"infra/teams/{owner}.yaml", f"apps.{part}"
    if made.type == TEAM_NAMESPACE and part:
        return f"infra/teams/{owner}.yaml", f"namespaces.{part}"
    if made.type == TEAM:
        return f"infra/teams/{made.name}.yaml", ""
    if made.type == GROUP and made.name.startswith(f"{graph.stack}-"):
        return stack_file, f"{graph.project}:node_groups.{made.name.removeprefix(f'{graph.stack}-')}"
    if made.type == CLUSTER and made.name == graph.stack:
        return stack_file, f"{graph.project}:cluster"
    return None


def finding(graph: Graph, resource: Resource, rule: str, severity: Severity, what: str, do: str, *keys: str) -> Finding:
    """A finding about a resource (with `keys`, that property of it), with the file and key that it comes from."""
    file, key = source(graph, resource, *keys)
    return Finding(rule, severity, resource.urn, what, do, file, key)
