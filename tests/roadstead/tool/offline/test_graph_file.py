import dataclasses

import pulumi
import pytest
from pulumi_aws import s3
from tests.support import deploy

from roadstead.tool.offline import graph_file
from roadstead.tool.offline.graph import Graph


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_a_graph_that_is_written_and_read_is_the_same_graph(stack: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(stack)
    read = graph_file.loads(graph_file.dumps(graph))
    for field in dataclasses.fields(Graph):
        assert getattr(read, field.name) == getattr(graph, field.name), field.name
    assert list(read.resources) == list(graph.resources)


def program() -> None:
    bucket = s3.Bucket("a", tags={"password": pulumi.Output.secret("hunter2")})
    pulumi.export("arn", bucket.arn)
    pulumi.export("password", pulumi.Output.secret("hunter2"))


def test_unknown_and_secret_values_are_kept_apart_from_text() -> None:
    graph = deploy(program, unknown=True)
    text = graph_file.dumps(graph)
    assert "hunter2" not in text
    assert graph_file.loads(text) == graph


@pytest.mark.parametrize("text", ["{}", "[]", '{"format": 0}'])
def test_a_file_of_another_form_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="no graph file of this form"):
        graph_file.loads(text)
