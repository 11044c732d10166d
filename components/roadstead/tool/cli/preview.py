"""`roadstead preview`: what a stack would be."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from roadstead.core.credentials import hidden_text
from roadstead.tool.cli.exits import telling_errors
from roadstead.tool.cli.rendering import chosen_stack, rendered
from roadstead.tool.offline.graph import Graph
from roadstead.tool.report import folder, tree
from roadstead.tool.review.masking import masked_graph

Stack = Annotated[
    str | None, typer.Option("--stack", "-s", help="The stack. Default: the only one that the project has.")
]
Stacks = Annotated[
    list[str] | None, typer.Option("--stack", "-s", help="A stack; may be given more than once. Default: all.")
]
ProjectFolder = Annotated[
    Path, typer.Option("--project", "-C", help="Folder of Pulumi.yaml.", exists=True, file_okay=False)
]


def preview(
    stack: Stack = None,
    project: ProjectFolder = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print the graph as JSON instead.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for manifests/, iam/ and graph.json. Default: build/<stack>.")
    ] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Leave unknown what only exists after creation, as a first preview does.")
    ] = False,
) -> None:
    """Show everything that a stack of a Pulumi Python project would create.

    Runs the program in this process against a recording engine: no Pulumi CLI, no plugin, no credential, no network.
    Ends with 0; with 2 where settings cannot be used; with 1 where the program fails.
    """
    with telling_errors():
        chosen = chosen_stack(project, stack)
        graph = masked_graph(rendered(project, chosen, unknown=unknown))
        if as_json:
            typer.echo(folder.to_text(graph), nl=False)
            if out is None:
                return
        folder.write(graph, out or project / "build" / chosen)
    if not as_json:
        _show(graph, out or project / "build" / chosen, unknown)


def _show(graph: Graph, written_to: Path, unknown: bool) -> None:
    console = Console(soft_wrap=True, highlight=False, emoji=False, markup=False)
    values = "not known yet" if unknown else "made up, with seven hexadecimal digits at their end"
    console.print(f"Previewing {graph.project}/{graph.stack} offline. What only exists after creation is {values}.\n")
    heading, *rows = tree.tree(graph)
    console.print(heading, style="bold")
    for row in rows:
        console.print(row[:4], style="green", end="")
        console.print(row[4:])
    for lines in filter(None, (tree.counts(graph), tree.outputs(graph))):
        console.print()
        console.print(lines[0], style="bold")
        for line in lines[1:]:
            console.print(line)
    if graph.messages:
        console.print("\nMessages:", style="bold")
        for message in graph.messages:
            console.print(f"    {message.severity}: {hidden_text(message.text)}")
    console.print(f"\nWritten to {written_to}: manifests/ ({len(folder.objects(graph))} objects), iam/, graph.json")
