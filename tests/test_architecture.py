"""Which way imports go, and that every component has what a component has."""

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from tests.support import ROOT

from roadstead.hosting import COMPONENTS

LIBRARY, PROGRAM = ROOT / "components" / "roadstead", ROOT / "infra"
DOMAINS = {"network", "cluster", "identity", "encryption", "registry", "tenancy", "workload"}
COMPOSING = {
    "cluster/cluster.py": {"encryption"},
    "tenancy/team.py": {"encryption", "registry"},
}
"""Components that make other domains' components, because that is what they are for."""


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_library_does_not_know_the_program() -> None:
    program = {path.stem for path in PROGRAM.glob("*.py")}
    for path in modules(LIBRARY):
        assert not {name.partition(".")[0] for name in imports(path)} & (program - {"roadstead"}), path


def test_the_library_needs_the_packages_that_it_declares_and_nothing_of_the_tool() -> None:
    declared = tomllib.loads((LIBRARY.parent / "pyproject.toml").read_text())["project"]["dependencies"]
    packages = {re.split("[>=<]", name)[0].replace("-", "_") for name in declared}
    assert packages == {"pulumi", "pulumi_aws", "pulumi_eks", "pulumi_kubernetes", "pydantic", "typing_extensions"}
    known = {*packages, "pydantic_core", "roadstead", *sys.stdlib_module_names}
    for path in modules(LIBRARY):
        if path.is_relative_to(LIBRARY / "tool"):
            continue
        for name in imports(path):
            assert not name.startswith("roadstead.tool"), f"{path} imports {name}"
            assert name.partition(".")[0] in known, f"{path} imports {name}"


@pytest.mark.parametrize("package", ["tool/report", "tool/review", "tool/sandbox"])
def test_what_only_reads_graphs_knows_no_component_and_no_provider(package: str) -> None:
    homes = {component.__module__ for component in COMPONENTS}
    for path in modules(LIBRARY / package):
        for name in imports(path):
            assert not name.startswith("pulumi"), path
            assert name not in homes, path


@pytest.mark.parametrize("path", modules(LIBRARY / "tool" / "review" / "rules"), ids=lambda path: str(path.stem))
def test_a_rule_reads_views_and_no_property_of_a_resource_that_may_be_secret_unknown_or_malformed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        # Two revisions' properties may be compared as a whole.
        read = node.value if isinstance(node, ast.Subscript | ast.Attribute) else None
        values = {"inputs", "outputs", "computed", "plain_inputs"}
        assert not (isinstance(read, ast.Attribute) and read.attr in values), f"line {node.lineno}: read it by a view"  # type: ignore[attr-defined]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """What is only imported to check types counts too: a reader follows that as well."""
    homes = {".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts): path for path in modules(LIBRARY)}
    homes = {name.removesuffix(".__init__"): path for name, path in homes.items()}
    needs = {}
    for name, path in homes.items():
        named = {need for need in imports(path) if need in homes}
        # A package is only on the way where a module of it is meant.
        needs[name] = {need for need in named if not any(other.startswith(f"{need}.") for other in named)}
    TopologicalSorter(needs).prepare()


def test_a_component_makes_no_other_domains_component_unless_that_is_what_it_is_for() -> None:
    homes = {component.__module__: component.__name__ for component in COMPONENTS}
    for path in modules(LIBRARY):
        here = str(path.relative_to(LIBRARY))
        for name in imports(path):
            if name in homes and path.parent.name in DOMAINS:
                domain = name.split(".")[1]
                assert domain == path.parent.name or domain in COMPOSING.get(here, set()), f"{here} imports {name}"


def test_specs_load_without_pulumi() -> None:
    for path in [*LIBRARY.rglob("*_spec.py"), LIBRARY / "tenancy" / "quota.py", LIBRARY / "network" / "cidrs.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith("pulumi")], path


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_a_component_reads_no_config_environment_file_or_clock_and_looks_nothing_up(component: type) -> None:
    tree = ast.parse(inspect.getsource(inspect.getmodule(component)))  # type: ignore[arg-type]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        assert (owner, node.attr) not in {
            ("os", "environ"),
            ("os", "getenv"),
            ("pulumi", "Config"),
            ("pulumi", "export"),
        }
        assert not (owner[:1].isupper() and node.attr == "get"), f"{owner}.get looks a resource up"
        assert not node.attr.startswith("get_") or owner == "", f"{owner}.{node.attr} may be a look-up"


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_a_component_has_a_file_of_its_own_a_test_a_page_and_a_row_in_the_readme(component: type) -> None:
    home = Path(inspect.getfile(component))
    assert home.stem == re.sub(r"(?<!^)(?=[A-Z])", "_", component.__name__).lower()
    assert (ROOT / "tests" / "roadstead" / home.parent.name / f"test_{home.stem}.py").exists()
    assert (ROOT / "docs" / "components" / f"{component.__name__}.md").exists()
    assert f"[`{component.__name__}`](docs/components/{component.__name__}.md)" in (ROOT / "README.md").read_text()


def test_no_module_of_the_program_hides_one_of_the_standard_library_or_a_package() -> None:
    names = {path.stem for path in PROGRAM.glob("*.py")} - {"__main__"}
    assert not names & (sys.stdlib_module_names | {"pulumi", "roadstead", "yaml", "typing_extensions"})


@pytest.mark.parametrize("path", [*modules(LIBRARY), *modules(PROGRAM)], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_about_one_thing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 260, "what else is this file about?"
