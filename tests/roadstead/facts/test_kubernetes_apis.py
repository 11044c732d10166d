import json
import runpy
import shutil
import sys
from pathlib import Path

import pytest
from tests.support import ROOT

from roadstead.facts import files
from roadstead.facts.kubernetes_apis import DATA, Lifecycle, kubernetes_apis, replacement
from roadstead.facts.kubernetes_versions import minor

SCRIPT = ROOT / "scripts" / "kubernetes_apis_from_k8s_api.py"
LIFECYCLES = "zz_generated.prerelease-lifecycle.go"


def function(kind: str, what: str, answer: str) -> str:
    return f"\n// A comment.\nfunc (in *{kind}) APILifecycle{what}() (some, types) {{\n\treturn {answer}\n}}\n"


def module(folder: Path, name: str, group: str, version: str, code: str) -> str:
    """A Go module with one API version, as `go mod download` lays it down."""
    package = folder / name / "some" / version
    package.mkdir(parents=True)
    (package / "register.go").write_text(f'package {version}\n\nconst GroupName = "{group}"\n')
    (package / LIFECYCLES).write_text(f"package {version}\n{code}")
    return str(folder / name)


def made_from(*modules: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, object]:
    shutil.copy(files.path(DATA), folder)
    monkeypatch.setattr(files, "path", lambda name: folder / name)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "2026-11-21", *modules])
    runpy.run_path(str(SCRIPT))
    made: dict[str, object] = json.loads((folder / DATA).read_text())
    return made


def test_a_table_is_made_of_what_the_api_server_decides_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replacement = 'schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "Budget"}'
    old = "".join(
        function("Budget", what, answer)
        for what, answer in {
            "Introduced": "1, 5",
            "Deprecated": "1, 21",
            "Replacement": replacement,
            "Removed": "1, 25",
        }.items()
    )
    never_was = 'schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "Rollback"}'
    old += function("Rollback", "Introduced", "1, 5") + function("Rollback", "Replacement", never_was)
    newer = function("Budget", "Introduced", "1, 21") + function("BudgetList", "Introduced", "1, 21")
    core = function("Pod", "Introduced", "1, 0") + function("NodeList", "Introduced", "1, 0")
    made = made_from(
        module(tmp_path, "api@v0.37.2", "policy", "v1", newer),
        module(tmp_path, "core@v0.37.2", "", "v1", core),
        module(tmp_path, "api@v0.24.3", "policy", "v1beta1", old),
        monkeypatch=monkeypatch,
        folder=tmp_path,
    )
    assert made["kubernetes_version"] == "1.37"
    assert str(made["source"]).endswith("v0.37.2 to v0.24.3")
    assert made["api_versions"] == {
        "policy/v1": {"Budget": {"introduced": "1.21"}},
        "policy/v1beta1": {
            "Budget": {"introduced": "1.5", "deprecated": "1.21", "removed": "1.25", "replacement": "policy/v1 Budget"},
            "Rollback": {"introduced": "1.5"},
        },
        "v1": {"NodeList": {"introduced": "1.0"}, "Pod": {"introduced": "1.0"}},
    }


def test_the_newest_module_that_knows_an_api_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [function("Thing", "Introduced", "1, 30") + function("Thing", "Removed", f"1, {end}") for end in (36, 34)]
    made = made_from(
        module(tmp_path, "api@v0.33.0", "things", "v1", plans[0]),
        module(tmp_path, "api@v0.31.0", "things", "v1", plans[1]),
        monkeypatch=monkeypatch,
        folder=tmp_path,
    )
    assert made["api_versions"] == {"things/v1": {"Thing": {"introduced": "1.30", "removed": "1.36"}}}


def test_a_folder_without_a_module_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="nowhere: no module with zz_generated"):
        made_from(str(tmp_path / "nowhere"), monkeypatch=monkeypatch, folder=tmp_path)


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("policy/v1beta1", "PodSecurityPolicy", Lifecycle("1.10", "1.21", "1.25")),
        ("batch/v1beta1", "CronJob", Lifecycle("1.8", "1.21", "1.25", "batch/v1 CronJob")),
        ("extensions/v1beta1", "Ingress", Lifecycle("1.1", "1.14", "1.22", "networking.k8s.io/v1 Ingress")),
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            Lifecycle("1.12", "1.23", "1.26", "autoscaling/v2 HorizontalPodAutoscaler"),
        ),
        (
            "flowcontrol.apiserver.k8s.io/v1beta3",
            "FlowSchema",
            Lifecycle("1.26", "1.29", "1.32", "flowcontrol.apiserver.k8s.io/v1 FlowSchema"),
        ),
        ("apps/v1", "Deployment", Lifecycle("1.9")),
    ],
)
def test_the_table_says_what_kubernetes_deprecation_guide_says(
    api_version: str, kind: str, expected: Lifecycle
) -> None:
    assert kubernetes_apis()[api_version, kind] == expected


def test_every_row_of_the_table_makes_sense() -> None:
    known = kubernetes_apis()
    for (api_version, kind), found in known.items():
        ends = [minor(version) for version in (found.introduced, found.deprecated, found.removed) if version]
        assert ends == sorted(ends), f"{api_version} {kind}"
        assert not found.replacement or found.removed, f"{api_version} {kind}"


def test_what_is_named_as_a_replacement_is_still_there_when_the_other_is_gone() -> None:
    known = kubernetes_apis()
    for (api_version, kind), found in known.items():
        if found.replacement and found.removed:
            version, _, other_kind = str(replacement(found, found.removed)).partition(" ")
            other = known[version, other_kind]
            assert not other.removed or minor(other.removed) > minor(found.removed), f"{api_version} {kind}"
