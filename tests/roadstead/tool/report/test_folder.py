import json
from pathlib import Path
from typing import Any

import pulumi
from pulumi_aws import iam, s3
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, Secret
from tests.support import deploy

from roadstead.tool import yaml_files
from roadstead.tool.offline.graph import Graph
from roadstead.tool.report import folder

TRUST = '{"Version": "2012-10-17", "Statement": []}'


def program() -> None:
    namespace = Namespace("team", metadata={"name": "team"})
    ConfigMap("settings", metadata={"name": "settings", "namespace": namespace.metadata["name"]}, data={"a": "yes"})
    Secret("password", metadata={"name": "a/b:c"}, string_data={"x": pulumi.Output.secret("hunter2")})
    role = iam.Role("reader", assume_role_policy=TRUST)
    s3.Bucket("data", tags={"json": "{not json}", "role": role.arn})


def written(graph: Graph, path: Path) -> dict[str, str]:
    folder.write(graph, path)
    return {str(file.relative_to(path)): file.read_text() for file in sorted(path.rglob("*")) if file.is_file()}


def test_objects_are_numbered_in_the_order_to_apply(tmp_path: Path) -> None:
    files = list(written(deploy(program), tmp_path))
    assert files == [
        "graph.json",
        "iam/Role-reader-assumeRolePolicy.json",
        "manifests/0001-cluster-Namespace-team.yaml",
        "manifests/0002-cluster-Secret-a-b-c.yaml",
        "manifests/0003-team-ConfigMap-settings.yaml",
    ]


def test_a_manifest_is_the_object_as_kubernetes_takes_it(tmp_path: Path) -> None:
    written(deploy(program), tmp_path)
    assert yaml_files.load(tmp_path / "manifests" / "0003-team-ConfigMap-settings.yaml") == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "team"},
        "data": {"a": "yes"},
    }


def test_no_file_holds_a_secret(tmp_path: Path) -> None:
    assert not [name for name, text in written(deploy(program), tmp_path).items() if "hunter2" in text]


def test_the_graph_is_written_as_the_command_prints_it(tmp_path: Path) -> None:
    graph = json.loads(written(deploy(program), tmp_path)["graph.json"])
    assert set(graph) == {"project", "stack", "resources", "outputs"}
    namespace = next(resource for resource in graph["resources"] if resource["name"] == "team")
    assert set(namespace) == {
        "urn", "type", "name", "parent", "custom", "provider", "protect", "dependencies", "inputs",
    }  # fmt: skip


def test_an_earlier_preview_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "0009-old.yaml").write_text("")
    (tmp_path / "notes.txt").write_text("mine")
    files = written(deploy(program), tmp_path)
    assert "manifests/0009-old.yaml" not in files
    assert files["notes.txt"] == "mine"


def test_what_is_unknown_is_marked_and_unknown_documents_are_left_out(tmp_path: Path) -> None:
    def unknown() -> None:
        role = iam.Role("reader", assume_role_policy=TRUST)
        iam.Policy("later", policy=role.arn)
        ConfigMap("settings", metadata={"name": "settings"}, data={"role": role.arn})

    files = written(deploy(unknown, unknown=True), tmp_path)
    assert [name for name in files if name.startswith("iam/")] == ["iam/Role-reader-assumeRolePolicy.json"]
    assert "[unknown]" in files["manifests/0001-cluster-ConfigMap-settings.yaml"]


def test_every_document_and_object_of_staging_is_written(staging: Graph, tmp_path: Path) -> None:
    files = written(staging, tmp_path)
    manifests: list[Any] = [yaml_files.load(tmp_path / name) for name in files if name.startswith("manifests/")]
    assert len(manifests) == len(folder.objects(staging)) > 80
    assert all({"apiVersion", "kind", "metadata"} <= set(manifest) for manifest in manifests)
    assert "iam/Key-payments-policy.json" in files
