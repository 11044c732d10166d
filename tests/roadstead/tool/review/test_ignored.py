"""What a program ignores is what the engine has, until the resource is made anew."""

from dataclasses import replace

from tests.graphs import changed, deployment, graph, node_group, resource
from tests.roadstead.tool.review.rules.table import only_findings

from roadstead.tool.offline.graph import Graph, Resource, made_up_name
from roadstead.tool.review.change import Kind
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.rules.protection import findings as lowered

VPC, KEY = "aws:ec2/vpc:Vpc", "aws:kms/key:Key"


def ignoring(made: Resource, *paths: str) -> Graph:
    return graph(replace(made, ignore_changes=paths))


def test_the_head_of_a_review_has_what_the_engine_keeps_and_no_rule_hears_the_programs_wish() -> None:
    old, new = deployment(replicas=5), deployment(replicas=2)
    diff = compare("test", graph(old), ignoring(new, "spec.replicas"))
    assert diff.changes == ()
    assert diff.head is not None
    assert diff.head.resources[new.urn].inputs["spec"]["replicas"] == 5
    key, shorter = (resource(KEY, "k", {"deletionWindowInDays": days}) for days in (30, 7))
    assert only_findings(lowered(compare("test", graph(key), graph(shorter))))
    assert not only_findings(lowered(compare("test", graph(key), ignoring(shorter, "deletionWindowInDays"))))


def test_what_is_ignored_goes_along_with_a_change_beside_it() -> None:
    old, new = node_group(least=2, most=6), node_group(least=3, most=6)
    (change,) = compare("test", graph(old), ignoring(new, "scalingConfig.desiredSize")).changes
    assert [each.path for each in change.properties] == ["scalingConfig.minSize"]
    assert change.resource.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 6, "desiredSize": 2}


def test_a_resource_that_is_new_has_what_the_program_says() -> None:
    new = deployment(replicas=2)
    diff = compare("test", graph(), ignoring(new, "spec.replicas"))
    assert diff.changes[0].resource.inputs["spec"]["replicas"] == 2


def test_a_resource_that_is_made_anew_takes_what_the_program_says_and_not_for_what_it_ignores() -> None:
    def vpc(block: str, tenancy: str, tag: str) -> Resource:
        return resource(VPC, "v", {"cidrBlock": block, "instanceTenancy": tenancy, "tags": {"a": tag}})

    old, new = vpc("10.0.0.0/16", "default", "x"), vpc("10.1.0.0/16", "dedicated", "y")
    diff = compare("test", graph(old), ignoring(new, "tags", "instanceTenancy"))
    (change,) = diff.changes
    assert (change.kind, change.forcing) == (Kind.REPLACE, ("cidrBlock",))
    assert {each.path for each in change.properties} == {"cidrBlock", "instanceTenancy", "tags.a"}
    assert diff.head is not None
    assert diff.head.resources[new.urn].inputs == change.resource.inputs == new.inputs
    assert compare("test", graph(old), ignoring(new, "tags", "instanceTenancy", "cidrBlock")).changes == ()


def test_what_follows_another_resource_follows_it_no_more_where_that_is_ignored() -> None:
    vpc = resource(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    vpc = replace(vpc, id=f"vpc-{made_up_name('v', vpc.urn)}")
    inside = resource("aws:ec2/subnet:Subnet", "s", {"vpcId": vpc.id}, dependencies=(vpc.urn,))
    keeping = replace(inside, ignore_changes=("vpcId",))
    anew = changed(vpc, cidrBlock="10.1.0.0/16")
    assert len(compare("test", graph(vpc, inside), graph(anew, inside)).changes) == 2
    assert len(compare("test", graph(vpc, inside), graph(anew, keeping)).changes) == 1
