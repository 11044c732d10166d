import re

import pulumi
from pulumi_aws import s3
from tests.support import deploy

from roadstead.tool.offline.answers import Answers, AnswerSpec
from roadstead.tool.offline.graph import Graph
from roadstead.tool.report import tree


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Group", name, None, opts)


def program() -> None:
    outer = Group("outer")
    for name in ("a", "b"):
        s3.Bucket(name, opts=pulumi.ResourceOptions(parent=outer))
    inner = Group("inner", pulumi.ResourceOptions(parent=outer))
    s3.Bucket("c", opts=pulumi.ResourceOptions(parent=inner))
    s3.Bucket("alone")
    pulumi.export("names", {"first": ["a", "b"], "none": [], "size": 2})
    pulumi.export("password", pulumi.Output.secret("hunter2"))


def test_components_are_listed_and_what_they_are_made_of_is_folded_into_their_line() -> None:
    assert tree.tree(deploy(program)) == [
        "    Type                     Name",
        " +  pulumi:pulumi:Stack      project-test",
        " +  ├─ aws:s3/bucket:Bucket  alone",
        " +  └─ test:index:Group      outer         2 Bucket",
        " +     └─ test:index:Group   inner         Bucket",
    ]


def test_kinds_are_counted_by_package() -> None:
    assert tree.counts(deploy(program)) == [
        "Resources: 8 to create",
        "    aws        4  4 Bucket",
        "    pulumi     2  Stack, aws",
        "    test       2  2 Group",
    ]


def test_outputs_are_listed_and_secrets_are_not_shown() -> None:
    assert tree.outputs(deploy(program)) == [
        "Outputs:",
        "    names:",
        "        first:",
        "            - a",
        "            - b",
        "        none: []",
        "        size: 2",
        "    password: [secret]",
    ]


def test_what_is_only_read_is_not_counted_as_created() -> None:
    answer: AnswerSpec = {"resource": "aws:s3/bucket:Bucket", "result": {}}
    graph = deploy(lambda: s3.Bucket.get("there", "there-already"), answers=Answers((answer,)))
    assert " >  └─ aws:s3/bucket:Bucket  there" in tree.tree(graph)
    assert tree.counts(graph)[0] == "Resources: 2 to create, 1 to read"


def test_a_stack_without_outputs_has_no_heading_for_them() -> None:
    assert tree.outputs(deploy(lambda: s3.Bucket("a"))) == []


def test_every_resource_of_staging_is_in_the_tree_or_folded_into_it(staging: Graph) -> None:
    _, *rows = tree.tree(staging)
    folded = 0
    for row in rows:
        _, _, *kinds = re.split(r"\s{2,}", row[4:].strip().replace("│  ", ""))
        for kind in ", ".join(kinds).split(", ") if kinds else []:
            number, _, name = kind.rpartition(" ")
            folded += int(number or 1)
            assert name
    assert len(rows) + folded == len(staging.resources)


def test_nothing_is_printed_for_an_empty_program_but_the_stack() -> None:
    assert tree.tree(deploy(lambda: None)) == ["    Type                 Name", " +  pulumi:pulumi:Stack  project-test"]
