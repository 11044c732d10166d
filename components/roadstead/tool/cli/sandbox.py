"""`roadstead sandbox`: a stack on this machine, to try."""

import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from roadstead.tool.cli.exits import telling_errors
from roadstead.tool.cli.preview import ProjectFolder, Stack
from roadstead.tool.cli.rendering import chosen_stack, rendered
from roadstead.tool.offline.errors import InputError

if TYPE_CHECKING:
    from roadstead.tool.offline.graph import Graph
    from roadstead.tool.sandbox.aws.account import Account
    from roadstead.tool.sandbox.state import State

app = typer.Typer(
    help="A stack on a Kubernetes API server of this machine: apply it, and try what each persona may do.",
    no_args_is_help=True,
)
console = Console(soft_wrap=True, highlight=False, emoji=False, markup=False)


@app.callback()
def needs() -> None:
    """Without its extra packages the sandbox says so before anything else."""
    missing = [name for name in ("cryptography", "kubernetes", "moto", "psutil", "tenacity") if find_spec(name) is None]
    if missing:
        with telling_errors():
            raise InputError(f"the sandbox needs {', '.join(missing)}: pip install 'roadstead[sandbox]'")


@app.command()
def up(
    stack: Stack = None,
    project: ProjectFolder = Path(),
    allow_cluster: Annotated[
        str | None,
        typer.Option(help="Context in KUBECONFIG that may be used though it is not kind's, k3d's or minikube's."),
    ] = None,
    wait_seconds: Annotated[float, typer.Option(help="How long to wait for pods to run.", min=0.0)] = 90.0,
) -> None:
    """Start a control plane, apply a stack to it, and wait until its pods run. Again after an edit: apply what changed.

    The control plane is the sandbox's own: etcd, API server, controller manager, scheduler, and kwok in place of kubelets
    (no container is run). Where KUBECONFIG is set, the local cluster of its current context is used instead. The stack's
    AWS resources are created in moto, and created anew when they differ.
    """
    with telling_errors():
        from kubernetes import config

        from roadstead.tool.sandbox import sandbox
        from roadstead.tool.sandbox.local_clusters import chosen_cluster
        from roadstead.tool.sandbox.rollout import settle

        given = os.environ.get("KUBECONFIG", "")
        # After `export KUBECONFIG=$(roadstead sandbox kubeconfig …)` it is still the sandbox's own that is meant.
        of_others = given and not sandbox.is_own(project, Path(given))
        existing = chosen_cluster(Path(given), allow_cluster) if of_others else None
        graph = rendered(project, chosen_stack(project, stack))
        with console.status("starting etcd, API server, controller manager, scheduler and kwok"):
            known = sandbox.started(project, existing)
        known = _apply(project, _create(project, known, graph), graph)
        namespaces = sorted({reference.namespace for reference in known.applied if reference.namespace})
        with config.new_client_from_config(str(known.kubeconfig)) as api, console.status("waiting for the pods"):
            left = settle(api, namespaces, wait_seconds)
        _show(project, known)
        for line in left:
            console.print(f"does not run: {line}", style="yellow")


@app.command()
def status(project: ProjectFolder = Path()) -> None:
    """Show which stack is up, on which nodes, and how to come to it."""
    with telling_errors():
        from roadstead.tool.sandbox import sandbox

        _show(project, sandbox.up_or_error(project))


@app.command()
def down(project: ProjectFolder = Path()) -> None:
    """Stop the control plane and remove its files; on a cluster that was there before, remove the stack's objects."""
    with telling_errors():
        from roadstead.tool.sandbox import sandbox

        known = sandbox.down(project)
        console.print(f"{known.stack} is down." if known else "No sandbox is up.")


@app.command()
def kubeconfig(
    project: ProjectFolder = Path(),
    persona: Annotated[str | None, typer.Option("--as", help="Team and persona, e.g. payments/developer.")] = None,
) -> None:
    """Print the path of a kubeconfig: export KUBECONFIG=$(roadstead sandbox kubeconfig --as payments/developer)."""
    with telling_errors():
        from roadstead.tool.sandbox import sandbox

        typer.echo(sandbox.kubeconfig(project, persona))


@app.command("spot-loss")
def spot_loss(
    project: ProjectFolder = Path(),
    fraction: Annotated[float, typer.Option(min=0.0, max=1.0, help="How much of the spot nodes goes.")] = 0.5,
) -> None:
    """Take spot nodes away as EC2 does: two minutes' notice, a drain, and they are gone. `up` brings new ones."""
    with telling_errors():
        from kubernetes import config
        from kubernetes.client import CoreV1Api

        from roadstead.tool.sandbox import sandbox
        from roadstead.tool.sandbox.spot_loss import take_away

        known = sandbox.up_or_error(project)
        if not known.processes:
            raise InputError("spot-loss: this sandbox uses a cluster that was there before; its nodes are not touched")
        with config.new_client_from_config(str(known.kubeconfig)) as api:
            lost = take_away(CoreV1Api(api), fraction, on_wait=console.print)
            if not lost:
                console.print(f"{known.stack} has no spot nodes, or a fraction of 0 was asked for.")
            for node in lost:
                end = "its pods had moved" if node.in_time else "its last pods were killed after the notice"
                console.print(f"{node.name} is gone: {end}")
        _show(project, known)


def _create(project: Path, known: "State", graph: "Graph") -> "State":
    from roadstead.tool.sandbox import sandbox

    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("creating")

        def on_progress(number: int, total: int, urn: str) -> None:
            progress.update(task, completed=number, total=total, description=urn.rpartition("::")[2][:60])

        return sandbox.with_account(project, known, graph, on_progress)


def _apply(project: Path, known: "State", graph: "Graph") -> "State":
    from roadstead.tool.sandbox import sandbox
    from roadstead.tool.sandbox.apply import CREATED, UNCHANGED, Reference

    first = not known.applied
    counts: Counter[str] = Counter()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("applying", total=None)

        def on_change(reference: Reference, change: str) -> None:
            counts[change] += 1
            progress.update(task, description=f"{reference}"[:60])
            # The first time everything is created, and afterwards what differs is what one wants to see.
            if change != UNCHANGED and not (first and change == CREATED):
                progress.console.print(f"{change:>9}  {reference}")

        known = sandbox.applied(project, known, graph, on_change)
    console.print(f"{graph.stack}: {', '.join(f'{number} {change}' for change, number in counts.items())}")
    return known


def _show(project: Path, known: "State") -> None:
    from kubernetes import config
    from kubernetes.client import CoreV1Api

    from roadstead.tool.sandbox import sandbox
    from roadstead.tool.sandbox.rollout import node_statuses

    with config.new_client_from_config(str(known.kubeconfig)) as api:
        rows = node_statuses(CoreV1Api(api))
    table = Table("node", "capacity", "zone", "pods", "ready", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.name, row.capacity, row.zone, str(row.pods), "yes" if row.ready else "no")
    console.print(table)
    everybody = sandbox.persona_kubeconfigs(project)
    console.print(f"\n{known.stack} is up. As its administrator, or as one of {', '.join(everybody)}:")
    console.print(f"  export KUBECONFIG={os.path.relpath(known.kubeconfig)}")
    folder = "" if project == Path() else f" -C {project}"
    example = next(iter(everybody), "team/persona")
    console.print(f"  export KUBECONFIG=$(roadstead sandbox kubeconfig{folder} --as {example})")
    if known.account:
        _show_account(known.account)


def _show_account(account: "Account") -> None:
    console.print(
        f"\nIts AWS resources, as moto plays them in account {account.account_id}: {account.created} created,"
        f" {account.checked} only checked against AWS's service models. As anybody:"
    )
    console.print(
        f"  export AWS_ENDPOINT_URL={account.endpoint_url} AWS_REGION={account.region}"
        " AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox"
    )
