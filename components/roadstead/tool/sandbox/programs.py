"""Where the programs are that a control plane consists of."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roadstead.tool.offline.errors import InputError

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
TOOLS = Path(".tools")
STAGES = TOOLS / "share" / "kwok" / "stages.yaml"


@dataclass(frozen=True)
class Programs:
    """What a control plane is started from."""

    paths: Mapping[str, Path]
    """Where each program is."""
    stages: Path
    """What kwok makes of nodes and pods: Ready, Running, gone."""


def find(project: Path) -> Programs:
    """The programs: envtest's where `KUBEBUILDER_ASSETS` names them, else those of `make tools`, else those on PATH.

    Raises `InputError` that names every missing one.
    """
    folders = [os.environ.get("KUBEBUILDER_ASSETS"), str((project / TOOLS / "bin").resolve()), os.environ.get("PATH")]
    where = os.pathsep.join(folder for folder in folders if folder)
    found = {name: shutil.which(name, path=where) for name in NAMES}
    stages = (project / STAGES).resolve()
    missing = [name for name, path in found.items() if path is None]
    if not stages.exists():
        missing.append(f"kwok's stages ({STAGES})")
    if missing:
        raise InputError(
            f"the control plane's programs are missing: {', '.join(missing)}; expected them in {TOOLS / 'bin'},"
            " in the folder that KUBEBUILDER_ASSETS names, or on PATH. `make tools` builds them with Go"
        )
    return Programs({name: Path(path) for name, path in found.items() if path}, stages)
