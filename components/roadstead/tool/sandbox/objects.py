"""What a stack puts on an API server, and who may come to it: read off a graph."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from roadstead.tenancy.personas import PERSONAS, group
from roadstead.tool.offline.graph import Graph, plain
from roadstead.tool.report import folder
from roadstead.tool.sandbox.apply import Reference


class Persona(NamedTuple):
    """A kind of person (or CI) of one team."""

    team: str
    name: str
    namespaces: tuple[str, ...]
    """The namespaces in which it may do anything at all."""

    def __str__(self) -> str:
        return f"{self.team}/{self.name}"


def objects(graph: Graph) -> list[Mapping[str, Any]]:
    """The bodies of the stack's own Kubernetes objects, in their order."""
    return [plain(resource.inputs) for resource in folder.objects(graph)]


def ignored(graph: Graph) -> dict[Reference, Sequence[str]]:
    """Of which objects the program ignores something once they are there, and the paths of it."""
    return {
        Reference.of(plain(made.inputs)): made.ignore_changes for made in folder.objects(graph) if made.ignore_changes
    }


def personas(graph: Graph) -> list[Persona]:
    """Every persona of every team, with the namespaces whose role bindings name its group."""
    bound: dict[str, list[str]] = {}
    for body in objects(graph):
        if body["kind"] == "RoleBinding":
            for subject in body["subjects"]:
                bound.setdefault(subject["name"], []).append(body["metadata"]["namespace"])
    teams = [team.name for team in graph.of_type("roadstead:index:Team")]
    everybody = [(team, persona, bound.get(group(team, persona), [])) for team in teams for persona in PERSONAS]
    return [Persona(team, persona, tuple(sorted(namespaces))) for team, persona, namespaces in everybody if namespaces]
