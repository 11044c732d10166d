"""A graph as lines of text: components as Pulumi lists them, what they are made of folded into their line."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from roadstead.tool.offline.graph import Graph, Resource, plain

CREATED, READ = "+", ">"
"""The signs that Pulumi uses."""


def tree(graph: Graph) -> list[str]:
    """Type and name of the stack and of every component; how many resources of which kind each one holds itself."""
    rows = list(_rows(graph, None, ""))
    width = max((len(type_) for _, type_, _, _ in rows), default=0)
    names = max((len(name) for _, _, name, _ in rows), default=0)
    return [
        f"    {'Type':<{width}}  Name",
        *(f" {sign}  {type_:<{width}}  {name:<{names}}  {folded}".rstrip() for sign, type_, name, folded in rows),
    ]


def _rows(graph: Graph, parent: str | None, below: str) -> Iterator[tuple[str, str, str, str]]:
    """Sign, type behind its guide lines, name and what is folded, for everything that is shown below a resource."""
    shown = [child for child in graph.children(parent) if _is_shown(graph, child)]
    for child in shown:
        here, under = ("└─ ", "   ") if child is shown[-1] else ("├─ ", "│  ")
        if parent is None:
            here = under = ""
        folded = [inner for inner in graph.children(child.urn) if not _is_shown(graph, inner)]
        sign = READ if child.external else CREATED
        yield sign, below + here + child.type, child.name, counted(folded)
        yield from _rows(graph, child.urn, below + under)


def _is_shown(graph: Graph, resource: Resource) -> bool:
    """Components, and what lies directly below the stack; a default provider is nothing that anybody declared."""
    if resource.is_default_provider:
        return False
    parent = graph.resources.get(resource.parent or "")
    return not resource.custom or parent is None or parent.parent is None or bool(graph.children(resource.urn))


def counted(resources: list[Resource]) -> str:
    """`3 Subnet, Vpc`: how many of each kind."""
    kinds = Counter(kind(resource.type) for resource in resources)
    return ", ".join(name if number == 1 else f"{number} {name}" for name, number in sorted(kinds.items()))


def kind(type_: str) -> str:
    """The last part of a type: what people call it."""
    return type_.rpartition(":")[2]


def counts(graph: Graph) -> list[str]:
    """How many resources of each package there are, and of each kind in it."""
    packages: dict[str, list[Resource]] = {}
    for resource in graph.resources.values():
        packages.setdefault(resource.type.partition(":")[0], []).append(resource)
    width = max((len(name) for name in packages), default=0)
    lines = [f"    {name:<{width}} {len(of):>5}  {counted(of)}" for name, of in sorted(packages.items())]
    read = sum(resource.external for resource in graph.resources.values())
    total = f"{len(graph.resources) - read} to create" + (f", {read} to read" if read else "")
    return [f"Resources: {total}", *lines]


def outputs(graph: Graph) -> list[str]:
    """The stack's outputs, one value a line; no line where there are none."""
    lines = list(_value_lines(plain(graph.outputs), "    "))
    return ["Outputs:", *lines] if lines else []


def _value_lines(value: Any, indent: str) -> Iterator[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        label = f"{indent}{key}:" if isinstance(value, dict) else f"{indent}-"
        if isinstance(item, dict | list) and item:
            yield label
            yield from _value_lines(item, indent + "    ")
        else:
            yield f"{label} {item}"
