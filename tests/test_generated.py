"""Files that are made from the code are what the code would make now, and are right about the files they describe."""

import importlib.util
import json
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from tests.support import ROOT

from roadstead.tool import yaml_files


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "scripts" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATED = dict(generator().files())


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_a_generated_file_is_up_to_date(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == GENERATED[path], "run `make generate` and look at the diff"


def test_no_page_or_schema_is_left_over_from_a_component_that_is_gone() -> None:
    there = {
        str(path.relative_to(ROOT))
        for folder in ("schema", "components")
        for path in (ROOT / "docs" / folder).iterdir()
    }
    assert there == set(GENERATED)


def test_every_argument_output_and_type_of_the_library_is_described() -> None:
    schema = json.loads(GENERATED["docs/schema/components.json"])
    for token, component in schema["resources"].items():
        assert component["description"], token
        for kind in ("inputProperties", "properties"):
            for name, prop in component[kind].items():
                assert prop.get("description"), f"{token} {name}"
    for token, definition in schema["types"].items():
        for name, prop in definition["properties"].items():
            assert prop.get("description"), f"{token} {name}"


def test_every_optional_argument_says_its_default() -> None:
    schema = json.loads(GENERATED["docs/schema/components.json"])
    owners = {**schema["resources"], **schema["types"]}
    for token, owner in owners.items():
        properties = owner.get("inputProperties", owner["properties"] if token in schema["types"] else {})
        required = owner.get("requiredInputs", owner.get("required", []))
        for name, prop in properties.items():
            if name not in required:
                text = prop["description"]
                assert "Default:" in text or "Required" in text or "Needed" in text, f"{token} {name}: {text}"


def test_the_public_api_asks_for_no_plugin_of_another_package() -> None:
    assert "/aws/" not in GENERATED["docs/schema/components.json"]
    assert "/kubernetes/" not in GENERATED["docs/schema/components.json"]


FILES = [
    *((path, "stack") for path in sorted(ROOT.glob("Pulumi.*.yaml"))),
    *((path, "team") for path in sorted((ROOT / "infra" / "teams").glob("*.yaml"))),
    *((path, "releases") for path in sorted((ROOT / "infra" / "releases").glob("*.yaml"))),
]


@pytest.mark.parametrize(("path", "kind"), FILES, ids=lambda value: getattr(value, "name", value))
def test_an_editor_finds_nothing_wrong_with_our_own_files(path: Any, kind: str) -> None:
    jsonschema.validate(yaml_files.load(path), json.loads(GENERATED[f"docs/schema/{kind}.json"]))


@pytest.mark.parametrize(("path", "kind"), FILES, ids=lambda value: getattr(value, "name", value))
def test_each_file_names_its_schema_for_editors(path: Any, kind: str) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("$schema=")[2]).resolve() == ROOT / "docs" / "schema" / f"{kind}.json"


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("stack", {"config": {"roadstead:tier": "staging", "roadstead:teams": [], "roadstead:tpyo": 1}}, "tpyo"),
        ("stack", {"config": {"roadstead:tier": "prod", "roadstead:teams": []}}, "'prod' is not one of"),
        ("team", {"namespaces": {}, "environments": {"production": {"apps": {"api": {"prot": 1}}}}}, "prot"),
        ("team", {"namespaces": {"a": {}}}, "'quota' is a required property"),
        ("releases", {"payments": {"api": "v1"}}, "does not match"),
    ],
)
def test_an_editor_finds_what_is_wrong(kind: str, content: Any, said: str) -> None:
    with pytest.raises(jsonschema.ValidationError, match=said):
        jsonschema.validate(content, json.loads(GENERATED[f"docs/schema/{kind}.json"]))


def test_an_environment_may_leave_out_what_the_team_has_said_already() -> None:
    content = {"namespaces": {}, "environments": {"production": {"namespaces": {"a": {"quota": {"cpu": "40"}}}}}}
    jsonschema.validate(content, json.loads(GENERATED["docs/schema/team.json"]))
