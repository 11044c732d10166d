"""A stack with everything that it stands on: the project's copy, the stand-in providers, and what those have made."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.engine import workspace
from tests.engine.faults import Faults
from tests.engine.objects import Object, Objects
from tests.engine.own_cluster import OwnCluster
from tests.engine.servers import serving
from tests.engine.workspace import Workspace
from tests.support import ROOT

from roadstead.tool.sandbox.apply import Cluster


@dataclass(frozen=True)
class Environment:
    """A stack that `pulumi` can be run on."""

    workspace: Workspace
    faults: Faults
    objects: Objects

    def made(self) -> list[Object]:
        """What the providers have made, in one order."""
        return sorted(self.objects, key=lambda made: (made.type, made.id))


@contextmanager
def environment(
    folder: Path,
    stack: str,
    faults: Faults | None = None,
    cluster: Cluster | None = None,
    own: OwnCluster | None = None,
    files: Iterable[Path] = (*ROOT.glob("Pulumi*.yaml"), ROOT / "infra"),
) -> Iterator[Environment]:
    """An environment in a folder for as long as the block lasts: a new one, or the one that was there before."""
    objects, faults = Objects(folder / "objects"), faults or Faults()
    with serving(objects, faults, cluster, own) as providers:
        known = Workspace(folder, stack, providers, own)
        there = known if known.project.exists() else workspace.create(known, files)
        yield Environment(there, faults, objects)


@contextmanager
def copied(original: Environment, folder: Path) -> Iterator[Environment]:
    """An environment that starts where another one is, and leaves that one alone."""
    shutil.copytree(original.workspace.folder, folder, symlinks=True, dirs_exist_ok=True)
    with environment(folder, original.workspace.stack) as copy:
        yield copy
