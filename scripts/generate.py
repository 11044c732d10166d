"""Writes the files that are made from the code: component schema, JSON Schemas for editors, and a page a component.

    make generate

A test compares them with what this would write.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.component import ComponentProvider
from pydantic import TypeAdapter
from typing_extensions import get_type_hints, is_typeddict

from roadstead.cluster.cluster_spec import LOG_TYPES, ClusterSpec
from roadstead.cluster.node_group_spec import ON_DEMAND, SPOT, TAINT_EFFECTS, NodeGroupSpec, TaintSpec
from roadstead.core.placement import SPOT_CHOICES
from roadstead.core.tiers import TIERS
from roadstead.facts.eks_versions import eks_versions
from roadstead.hosting import COMPONENTS, describe_inherited_fields
from roadstead.network.network_spec import NetworkSpec
from roadstead.tenancy.team_namespace_spec import POD_SECURITY_LEVELS, TeamNamespaceSpec
from roadstead.tool.review.change import Kind
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.reports.as_json import ChangeReport, FindingReport, ReviewReport
from roadstead.tool.review.reports.upgrade_json import StepReport, UpgradeReport
from roadstead.tool.review.upgrade.plan import Task
from roadstead.tool.review.waivers import WaiverSpec
from roadstead.workload.app_spec import AppSpec

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "infra"))

from spec import Releases, StackSpec, TeamFileSpec  # noqa: E402  (infra is no package: it is run by its folder)

CLOSED_SETS: list[tuple[Any, str, Iterable[str]]] = [
    (StackSpec, "tier", TIERS),
    (NetworkSpec, "nat", ("single", "per_zone")),
    (ClusterSpec, "version", eks_versions()),
    (ClusterSpec, "control_plane_logs", LOG_TYPES),
    (NodeGroupSpec, "capacity", (ON_DEMAND, SPOT)),
    (TaintSpec, "effect", TAINT_EFFECTS),
    (TeamNamespaceSpec, "pod_security", POD_SECURITY_LEVELS),
    (AppSpec, "spot", SPOT_CHOICES),
    (ChangeReport, "kind", Kind),
    (FindingReport, "severity", Severity),
    (StepReport, "task", Task),
]
SCHEMA_FOLDER, PAGES_FOLDER = "docs/schema", "docs/components"


def files() -> Iterator[tuple[str, str]]:
    """Path and text of every generated file."""
    describe_inherited_fields()
    schema = component_schema()
    yield f"{SCHEMA_FOLDER}/components.json", as_json(schema)
    yield f"{SCHEMA_FOLDER}/stack.json", as_json(stack_schema())
    yield f"{SCHEMA_FOLDER}/team.json", as_json(team_schema())
    yield f"{SCHEMA_FOLDER}/releases.json", as_json(releases_schema())
    yield f"{SCHEMA_FOLDER}/waivers.json", as_json({**head("Roadstead waivers"), **json_schema(list[WaiverSpec])})
    yield f"{SCHEMA_FOLDER}/diff.json", as_json({**head("Roadstead diff"), **json_schema(ReviewReport)})
    yield f"{SCHEMA_FOLDER}/upgrade.json", as_json({**head("Roadstead upgrade"), **json_schema(UpgradeReport)})
    for token, component in sorted(schema["resources"].items()):
        name = token.rpartition(":")[2]
        yield f"{PAGES_FOLDER}/{name}.md", page(name, component, schema["types"])


def component_schema() -> dict[str, Any]:
    """The schema that programs in other languages get their types from."""
    schema: dict[str, Any] = json.loads(str(ComponentProvider(COMPONENTS, "roadstead").schema))
    return schema


def stack_schema() -> dict[str, Any]:
    """A stack file: `config:` with the keys under the project's name, and those of other providers."""
    spec = json_schema(StackSpec)
    properties = {f"roadstead:{key}": value for key, value in spec["properties"].items()}
    config = {
        "type": "object",
        "properties": {"aws:region": {"type": "string", "description": "AWS region."}, **properties},
        "required": [f"roadstead:{key}" for key in spec["required"]],
        "patternProperties": {"^(?!roadstead:)": {}},
        "additionalProperties": False,
    }
    return {
        **head("Roadstead stack file"),
        "description": spec["description"],
        "type": "object",
        "properties": {"config": config},
        "$defs": spec["$defs"],
    }


def team_schema() -> dict[str, Any]:
    """A team file. What differs in an environment has the same keys, none of them required."""
    spec = json_schema(TeamFileSpec)
    definitions = dict(spec["$defs"])
    for name, definition in spec["$defs"].items():
        definitions[f"{name}Override"] = optional(definition)
    body = {key: spec[key] for key in ("description", "type", "properties", "required", "additionalProperties")}
    override = optional({**body, "properties": {k: v for k, v in body["properties"].items() if k != "environments"}})
    definitions["EnvironmentOverride"] = override
    environments = {
        **body["properties"]["environments"],
        "additionalProperties": {"$ref": "#/$defs/EnvironmentOverride"},
    }
    properties = {**body["properties"], "environments": environments}
    return {**head("Roadstead team file"), **body, "properties": properties, "$defs": definitions}


def releases_schema() -> dict[str, Any]:
    """A release file: digests by team and app."""
    schema = json_schema(Releases)
    schema["additionalProperties"]["additionalProperties"]["pattern"] = "^sha256:[0-9a-f]{64}$"
    return {**head("Roadstead release file"), **schema}


def json_schema(spec: Any) -> dict[str, Any]:
    """The JSON Schema of a spec, with every field's docstring, and with the values of closed sets."""
    schema: dict[str, Any] = untitled(TypeAdapter(spec).json_schema())
    docstrings = Analyzer("roadstead")
    for typ in specs_of(spec):
        definition = schema if typ is spec else schema["$defs"][typ.__name__]
        for key, prop in definition["properties"].items():
            # pydantic, like Pulumi's analyzer, does not see the docstring of an inherited field.
            prop["description"] = docstrings.get_docstring(typ, key)
            for owner, name, values in CLOSED_SETS:
                if name == key and owner.__annotations__.items() <= typ.__annotations__.items():
                    prop.get("items", prop)["enum"] = list(values)
    return schema


def specs_of(typ: Any) -> list[Any]:
    """The specs that a type is made of, itself among them."""
    found = [typ] if is_typeddict(typ) else []
    inner = get_type_hints(typ).values() if is_typeddict(typ) else get_args(typ)
    for hint in inner:
        found += [other for other in specs_of(hint) if other not in found]
    return found


def head(title: str) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}


def optional(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition with nothing required, at any depth."""
    text = json.dumps({key: value for key, value in definition.items() if key != "required"})
    made: dict[str, Any] = json.loads(text.replace('Spec"', 'SpecOverride"'))
    return made


def untitled(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: untitled(v) for k, v in value.items() if k != "title" or not isinstance(v, str)}
    return [untitled(item) for item in value] if isinstance(value, list) else value


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def page(name: str, component: dict[str, Any], types: dict[str, Any]) -> str:
    """A component's page: what it is, what it takes, what it gives."""
    summary, _, rest = component["description"].partition("\n\n")
    lines = [
        f"<!-- Generated by `make generate` from the docstrings of {name}. -->",
        "",
        f"# {name}",
        "",
        unwrapped(summary),
        "",
        "\n\n".join(unwrapped(paragraph) for paragraph in rest.split("\n\n")),
        "",
        "## Arguments",
        "",
        *table(component["inputProperties"], component.get("requiredInputs", [])),
        "",
    ]
    for type_name in nested(component["inputProperties"], types):
        definition = types[f"roadstead:index:{type_name}"]
        lines += [
            f"### {type_name.removesuffix('Spec').removesuffix('Args')}",
            "",
            unwrapped(definition.get("description", "")),
            "",
            *table(definition["properties"], definition.get("required", [])),
            "",
        ]
    lines += ["## Outputs", "", "| name | type | |", "|---|---|---|"]
    for key, prop in component["properties"].items():
        lines.append(f"| `{snake(key)}` | {type_of(prop)} | {cell(prop)} |")
    return "\n".join(lines) + "\n"


def table(properties: dict[str, Any], required: list[str]) -> list[str]:
    rows = ["| name | type | required | |", "|---|---|---|---|"]
    for key in sorted(properties, key=lambda key: (key not in required, list(properties).index(key))):
        needed = "yes" if key in required else ""
        rows.append(f"| `{snake(key)}` | {type_of(properties[key])} | {needed} | {cell(properties[key])} |")
    return rows


def nested(properties: dict[str, Any], types: dict[str, Any]) -> list[str]:
    """The names of the types that properties are made of, in the order in which they come up."""
    found: list[str] = []
    for prop in properties.values():
        for reference in references(prop):
            if reference not in found:
                found.append(reference)
                found += [
                    x for x in nested(types[f"roadstead:index:{reference}"]["properties"], types) if x not in found
                ]
    return found


def references(prop: dict[str, Any]) -> list[str]:
    if "$ref" in prop:
        return [str(prop["$ref"]).rpartition(":")[2]] if "roadstead:index" in prop["$ref"] else []
    inner = prop.get("items") or prop.get("additionalProperties")
    return references(inner) if inner else []


def type_of(prop: dict[str, Any]) -> str:
    if "$ref" in prop:
        return str(prop["$ref"]).rpartition(":")[2].removesuffix("Spec").removesuffix("Args")
    if prop.get("type") == "array":
        return f"list of {type_of(prop['items'])}"
    if prop.get("type") == "object":
        return f"{type_of(prop['additionalProperties'])} by name"
    return str(prop.get("type", "any"))


def cell(prop: dict[str, Any]) -> str:
    return unwrapped(prop.get("description", "")).replace("|", "\\|")


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def main() -> None:
    for path, text in files():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
