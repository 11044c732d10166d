"""The sandbox: a stack on this machine, kept running until it is taken down."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from kubernetes import config
from kubernetes.client import CoreV1Api

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox import control_plane, kubeconfigs, processes, programs, state
from roadstead.tool.sandbox.addons import addon_objects
from roadstead.tool.sandbox.apply import Cluster, OnChange, Reference
from roadstead.tool.sandbox.aws.account import account_of
from roadstead.tool.sandbox.local_clusters import ExistingCluster
from roadstead.tool.sandbox.nodes import nodes
from roadstead.tool.sandbox.objects import Persona, ignored, objects, personas
from roadstead.tool.sandbox.rollout import wait_for_nodes
from roadstead.tool.sandbox.state import State

FOLDER = Path("build") / "sandbox"
PERSONAS_FOLDER = "personas"
NODES_READY_SECONDS = 30.0


def started(project: Path, existing: ExistingCluster | None) -> State:
    """The sandbox of a project: the one that is up, or a new one with nothing in it yet."""
    folder = project / FOLDER
    known = state.load(folder)
    wanted = existing.kubeconfig.resolve() if existing else folder.resolve() / "kubeconfig"
    if known and known.kubeconfig == wanted and known.is_running:
        return known
    if known:
        down(project)
    if existing:
        return State(stack="", kubeconfig=wanted)
    found = programs.find(project)
    shutil.rmtree(folder, ignore_errors=True)
    plane = control_plane.start(folder, found)
    fresh = State(stack="", kubeconfig=plane.kubeconfig, processes=plane.processes)
    state.save(folder, fresh)
    return fresh


def is_own(project: Path, kubeconfig: Path) -> bool:
    """Whether a kubeconfig is one of those that the sandbox of a project has written."""
    return kubeconfig.resolve().is_relative_to((project / FOLDER).resolve())


def applied(project: Path, known: State, graph: Graph, on_change: OnChange) -> State:
    """Brings a sandbox to what a graph says: applies everything, and prunes what an earlier graph had and this one has not.

    On a cluster of its own that includes the nodes of the stack's node groups and the pods of its add-ons.
    """
    own = bool(known.processes)
    wanted_nodes = nodes(graph) if own else []
    bodies = [*(addon_objects(graph) if own else []), *objects(graph)]
    references = [Reference.of(body) for body in bodies]
    fresh = known.model_copy(
        update={
            "stack": graph.stack,
            "nodes": tuple(Reference.of(node) for node in wanted_nodes),
            # What is pruned below counts as applied until it is gone: an interruption must not make it forgotten.
            "applied": tuple(dict.fromkeys([*known.applied, *references])),
        }
    )
    folder = project / FOLDER
    state.save(folder, fresh.model_copy(update={"nodes": tuple(dict.fromkeys([*known.nodes, *fresh.nodes]))}))
    with config.new_client_from_config(str(known.kubeconfig)) as api:
        cluster = Cluster(api)
        if own:
            cluster.apply(wanted_nodes, on_change)
            wait_for_nodes(CoreV1Api(api), NODES_READY_SECONDS)
        cluster.apply(bodies, on_change, ignored(graph))
        cluster.prune([old for old in known.applied if old not in references], on_change)
        cluster.prune([old for old in known.nodes if old not in fresh.nodes], on_change)
    fresh = fresh.model_copy(update={"applied": tuple(references)})
    state.save(folder, fresh)
    _write_personas(folder, known.kubeconfig, personas(graph))
    return fresh


def with_account(project: Path, known: State, graph: Graph, progress: Callable[[int, int, str], None]) -> State:
    """Brings the AWS half of a sandbox to what a graph says."""
    folder = project / FOLDER
    fresh = known.model_copy(update={"account": account_of(folder / "logs", known.account, graph, progress)})
    state.save(folder, fresh)
    return fresh


def up_or_error(project: Path) -> State:
    """The sandbox that is up. Raises `InputError` where there is none."""
    known = state.load(project / FOLDER)
    if known is None or not known.is_running:
        raise InputError("no sandbox is up; `roadstead sandbox up` starts one")
    return known


def down(project: Path) -> State | None:
    """Takes a sandbox down: its programs and its files, or its objects where the cluster was there before it."""
    folder = project / FOLDER
    known = state.load(folder)
    if known is None:
        return None
    processes.stop([*known.processes, *([known.account.process] if known.account else [])])
    if not known.processes:
        with config.new_client_from_config(str(known.kubeconfig)) as api:
            Cluster(api).prune(known.applied)
    shutil.rmtree(folder)
    return known


def kubeconfig(project: Path, persona: str | None) -> Path:
    """The kubeconfig of a persona, "team/persona", or of the administrator. Raises `InputError` for one that is not there."""
    known = up_or_error(project)
    if persona is None:
        return known.kubeconfig
    choices = persona_kubeconfigs(project)
    if persona not in choices:
        raise InputError(f"--as: no such persona; got {persona!r}; expected one of {', '.join(choices)}")
    return choices[persona]


def persona_kubeconfigs(project: Path) -> dict[str, Path]:
    """The kubeconfigs of all personas, by "team/persona"."""
    folder = (project / FOLDER / PERSONAS_FOLDER).resolve()
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(folder.glob("*/*.yaml"))}


def _write_personas(folder: Path, admin: Path, found: Sequence[Persona]) -> None:
    shutil.rmtree(folder / PERSONAS_FOLDER, ignore_errors=True)
    content: Mapping[str, Any] = yaml.safe_load(admin.read_text(encoding="utf-8"))
    for team, name, namespaces in found:
        acting = kubeconfigs.as_persona(content, team, name, namespaces[0])
        kubeconfigs.write(folder / PERSONAS_FOLDER / team / f"{name}.yaml", acting)
