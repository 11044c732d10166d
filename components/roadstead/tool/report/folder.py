"""A graph as files that people and other tools read: Kubernetes manifests, IAM documents and the graph itself."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from roadstead.tool.offline.graph import Graph, Resource, plain
from roadstead.tool.report.tree import kind

# Reading is ruamel.yaml's; for writing thousands of objects the C writer of PyYAML is ten times as fast.
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

MANIFESTS, POLICIES, GRAPH = "manifests", "iam", "graph.json"


def write(graph: Graph, folder: Path) -> None:
    """Writes `manifests/` (one object a file, numbered in the order to apply), `iam/` and `graph.json`.

    What an earlier preview wrote there is replaced; anything else in the folder stays.
    """
    for name, files in ((MANIFESTS, manifests(graph)), (POLICIES, policies(graph))):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
        for file, text in files:
            (folder / name / file).write_text(text, encoding="utf-8")
    (folder / GRAPH).write_text(to_text(graph), encoding="utf-8")


def to_text(graph: Graph) -> str:
    """The graph as JSON, one resource a line: the same text for the same graph, and short differences."""
    whole = graph.to_json()
    head = json.dumps({"project": whole["project"], "stack": whole["stack"]})[:-1]
    resources = ",\n".join(json.dumps(resource, ensure_ascii=False) for resource in whole["resources"])
    return (
        f'{head},\n"resources": [\n{resources}\n],\n"outputs": {json.dumps(whole["outputs"], ensure_ascii=False)}}}\n'
    )


def objects(graph: Graph) -> list[Resource]:
    """The Kubernetes objects in the order in which they can be applied."""
    return [
        resource
        for resource in graph.resources.values()
        if resource.type.startswith("kubernetes:") and "kind" in resource.inputs and "apiVersion" in resource.inputs
    ]


def manifests(graph: Graph) -> Iterator[tuple[str, str]]:
    """File name and YAML of each Kubernetes object."""
    for number, resource in enumerate(objects(graph), start=1):
        given = resource.inputs.get("metadata")
        metadata = given if isinstance(given, Mapping) else {}  # It may be secret as a whole.
        where = metadata.get("namespace", "cluster")
        name = _file_name(f"{number:04}-{where}-{kind(resource.type)}-{metadata.get('name', resource.name)}")
        yield f"{name}.yaml", yaml.dump(plain(resource.inputs), Dumper=_Dumper, sort_keys=True)


def policies(graph: Graph) -> Iterator[tuple[str, str]]:
    """File name and JSON of each policy document that is known."""
    for resource in graph.resources.values():
        for key, value in resource.inputs.items():
            document = _document(value) if resource.type.startswith("aws:") else None
            if document is not None:
                file = _file_name(f"{kind(resource.type)}-{resource.name}-{key}")
                yield f"{file}.json", json.dumps(document, indent=2) + "\n"


def _document(value: Any) -> Any:
    """The policy document that a value holds as text, or nothing."""
    if not isinstance(value, str) or not value.startswith("{"):
        return None
    try:
        document = json.loads(value)
    except ValueError:
        return None
    return document if "Statement" in document else None


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)
