from pathlib import Path

import pytest

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox.programs import NAMES, find


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    (tmp_path / ".tools" / "share" / "kwok").mkdir(parents=True)
    (tmp_path / ".tools" / "share" / "kwok" / "stages.yaml").touch()
    return tmp_path


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch(mode=0o755)


def test_programs_are_those_that_make_tools_builds(project: Path) -> None:
    put(project / ".tools" / "bin", *NAMES)
    assert {path.parent for path in find(project).paths.values()} == {project / ".tools" / "bin"}


def test_envtests_programs_come_first(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(project / ".tools" / "bin", *NAMES)
    put(project / "envtest", "etcd", "kube-apiserver")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(project / "envtest"))
    paths = find(project).paths
    assert paths["etcd"] == project / "envtest" / "etcd"
    assert paths["kwok"] == project / ".tools" / "bin" / "kwok"


def test_every_missing_program_is_named_with_what_makes_it(project: Path) -> None:
    put(project / ".tools" / "bin", "etcd")
    with pytest.raises(InputError) as refused:
        find(project)
    for name in set(NAMES) - {"etcd"}:
        assert name in str(refused.value)
    assert "`make tools` builds them" in str(refused.value)
