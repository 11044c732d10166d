"""Every stack of a project at two revisions: one of Git's, with the code and the files that it had, and the files here."""

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from roadstead.core.problems import problem
from roadstead.tool.offline import graph_file
from roadstead.tool.offline.errors import InputError, ProgramError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import stack_names, stacks
from roadstead.tool.offline.render_many import Failure, Job, ending_on_signals, render_many
from roadstead.tool.review.revisions import git
from roadstead.tool.review.revisions.cache import GraphCache

LOCK = "requirements.lock"


@dataclass(frozen=True)
class Rendered:
    """One stack at both revisions."""

    stack: str
    base: Graph | None
    """Nothing where the revision does not have the stack, or cannot be rendered."""
    head: Graph | None
    """Nothing where the stack is not here any more."""
    base_failure: str | None = None
    """Why the base could not be rendered."""
    head_failure: Failure | None = None
    """Why it could not be as it is here."""


@dataclass(frozen=True)
class Comparison:
    """What was rendered."""

    stacks: tuple[Rendered, ...]
    notes: tuple[str, ...]
    """What a reader must know about how it was rendered."""
    repository: Path
    """The top folder of the repository."""
    commit: str
    """That of the base."""


def at_both(project: Path, revision: str, chosen: Sequence[str] = ()) -> Comparison:
    """Renders stacks (all that either revision has, unless some are chosen) at a revision and as the files are here.

    Raises `InputError` where there is no repository, revision or stack of that name. A stack that cannot be rendered, at
    either, is told in its place.
    """
    project = project.resolve()
    repository = git.repository(project)
    commit = git.commit(project, revision)
    there, here = stack_names(git.file_names(project, commit)), stacks(project)
    wanted = _wanted(project, chosen, sorted({*there, *here}))
    place = project.relative_to(repository)
    cache = GraphCache(project, git.tree(project, commit), place.as_posix())
    base: dict[str, Graph | Failure | None] = {name: cache.get(name) for name in wanted if name in there}
    missing = [name for name, graph in base.items() if graph is None]

    with ExitStack() as opened:
        jobs = []
        if missing:
            opened.enter_context(ending_on_signals())
            folder = opened.enter_context(git.checkout(repository, commit))
            jobs = [Job(folder / place, name, import_path(repository, folder)) for name in missing]
        at_head = [name for name in wanted if name in here]
        results = render_many([*jobs, *(Job(project, name) for name in at_head)])
        for name, result in zip(missing, results, strict=False):
            base[name] = found = _moved(result, folder, repository)
            if isinstance(found, Graph):
                cache.put(name, found)
    head = dict(zip(at_head, results[len(missing) :], strict=True))
    return Comparison(
        tuple(_rendered(name, base.get(name), head.get(name)) for name in wanted),
        tuple(_notes(project, commit)),
        repository,
        commit,
    )


def here(project: Path, chosen: Sequence[str] = ()) -> dict[str, Graph]:
    """Renders stacks (all that there are, unless some are chosen) as the files are here; raises why they cannot be."""
    names = _wanted(project, chosen, stacks(project))
    return _graphs(dict(zip(names, render_many([Job(project, name) for name in names]), strict=True)))


def _wanted(project: Path, chosen: Sequence[str], known: list[str]) -> list[str]:
    if not known:
        expected = "the folder of Pulumi.yaml, with a Pulumi.<stack>.yaml for each stack"
        raise InputError(problem("--project", "no stack in it", str(project), expected))
    expected = f"one of {', '.join(known)}"
    unknown = [problem("--stack", "no such stack", name, expected) for name in chosen if name not in known]
    if unknown:
        raise InputError("\n".join(unknown))
    return [name for name in known if name in chosen or not chosen]


def import_path(repository: Path, checkout: Path) -> tuple[Path, ...]:
    """Where a check-out has what this Python imports from the repository, as from a package installed to be edited."""
    own = [Path(entry).resolve() for entry in sys.path if entry]
    inside = [
        entry
        for entry in own
        if entry.is_relative_to(repository) and not entry.is_relative_to(Path(sys.prefix).resolve())
    ]
    return tuple(checkout / entry.relative_to(repository) for entry in inside)


def _moved(result: Graph | Failure, checkout: Path, repository: Path) -> Graph | Failure:
    """What was rendered, as if the check-out lay where the repository does: a program may know its own path."""
    if isinstance(result, Failure):
        return Failure(result.text.replace(str(checkout), "."), result.is_input)
    there, here = (json.dumps(str(path))[1:-1] for path in (checkout, repository))
    text = graph_file.dumps(result)
    return graph_file.loads(text.replace(there, here)) if there in text else result


def _graphs(results: dict[str, Graph | Failure]) -> dict[str, Graph]:
    failures = {name: result for name, result in results.items() if isinstance(result, Failure)}
    if failures:
        text = "\n".join(f"{name}: {failure.text}" for name, failure in failures.items())
        raise (InputError if all(failure.is_input for failure in failures.values()) else ProgramError)(text)
    return {name: result for name, result in results.items() if isinstance(result, Graph)}


def _rendered(name: str, base: Graph | Failure | None, head: Graph | Failure | None) -> Rendered:
    return Rendered(
        name,
        base if isinstance(base, Graph) else None,
        head if isinstance(head, Graph) else None,
        base.text if isinstance(base, Failure) else None,
        head if isinstance(head, Failure) else None,
    )


def _notes(project: Path, commit: str) -> list[str]:
    now = (project / LOCK).read_text(encoding="utf-8") if (project / LOCK).exists() else None
    if git.text(project, commit, LOCK) == now:
        return []
    return [f"{LOCK} differs: the base is rendered with the packages that are installed here, not with its own."]
