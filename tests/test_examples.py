"""Every example is built, in both modes, and shows the one idea that its folder is named after."""

import pytest
from tests.support import ROOT

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.render import render

EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/__main__.py"))


def example(name: str, *, unknown: bool = False) -> Graph:
    return render(ROOT / "examples" / name, "dev", unknown=unknown)


def types(graph: Graph) -> set[str]:
    return {resource.type for resource in graph.resources.values()}


@pytest.mark.parametrize("unknown", [False, True])
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_built_and_says_nothing_on_the_way(name: str, unknown: bool) -> None:
    graph = example(name, unknown=unknown)
    assert any(type_.startswith("roadstead:index:") for type_ in types(graph))
    assert not graph.messages


def test_an_app_in_a_stack_of_its_own_runs_in_the_namespace_of_the_platform() -> None:
    graph = example("team-stack")
    deployment = next(resource for resource in graph.resources.values() if resource.type.endswith(":Deployment"))
    assert deployment.inputs["metadata"]["namespace"] == "storefront"
    assert not any(type_.endswith(":Namespace") for type_ in types(graph))


def test_a_cluster_in_an_existing_network_makes_no_network() -> None:
    graph = example("existing-network")
    assert not any(type_.startswith("aws:ec2/") and "launchTemplate" not in type_ for type_ in types(graph))
    group = next(resource for resource in graph.resources.values() if resource.type == "aws:eks/nodeGroup:NodeGroup")
    assert group.inputs["subnetIds"] == ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]


def test_a_repository_is_encrypted_with_the_key_beside_it() -> None:
    graph = example("key-and-registry")
    key = next(resource.urn for resource in graph.resources.values() if resource.type == "aws:kms/key:Key")
    repository = next(r for r in graph.resources.values() if r.type == "aws:ecr/repository:Repository")
    assert key in repository.property_dependencies["encryptionConfigurations"]


@pytest.mark.parametrize("name", ["yaml-stack", "typescript-stack"])
def test_the_same_stack_in_another_language_has_the_same_settings(name: str) -> None:
    in_python, there = (ROOT / "examples" / folder / "Pulumi.dev.yaml" for folder in ("key-and-registry", name))
    assert there.read_text() == in_python.read_text()
