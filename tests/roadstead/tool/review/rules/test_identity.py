from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from tests.graphs import changed, deployment, diff, graph, kubernetes, namespace, only, resource
from tests.roadstead.tool.review.rules.table import Case
from tests.support import ACCOUNT, REGION

from roadstead.facts import files
from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.identity import across, findings

ARN = f"arn:aws:iam::{ACCOUNT}:role/"
AWS = resource("pulumi:providers:aws", "aws", {"region": REGION, "allowedAccountIds": f'["{ACCOUNT}"]'})
VPC = replace(resource("aws:ec2/vpc:Vpc", "live", {"cidrBlock": "10.0.0.0/16"}), provider=AWS.urn)


def made(type_: str, name: str, /, **inputs: Any) -> Resource:
    return replace(resource(type_, name, inputs), provider=AWS.urn)


def entry(name: str, principal: Any = f"{ARN}platform") -> Resource:
    return made("aws:eks/accessEntry:AccessEntry", name, clusterName="live", principalArn=principal)


def repository(name: str = "payments/api", urn: str = "payments.api") -> Resource:
    return made("aws:ecr/repository:Repository", urn, name=name)


def subnet(zone: str, block: str, network: str = "vpc-1") -> Resource:
    return made("aws:ec2/subnet:Subnet", zone, vpcId=network, cidrBlock=block)


def between(before: Graph, after: Graph) -> StackDiff:
    return compare("test", before, after)


def stacks(**heads: Graph) -> Mapping[str, StackDiff]:
    return {name: only(replace(head, stack=name)) for name, head in heads.items()}


def said(asked: StackDiff) -> list[tuple[str, Severity]]:
    return [(each.rule, each.severity) for each in findings(asked) if isinstance(each, Finding)]


ELSEWHERE = replace(AWS, inputs={**AWS.inputs, "region": "eu-central-1"})
CASES = [
    Case(
        "identity/made-anew",
        between(graph(AWS, entry("platform")), graph(AWS, entry("oncall"))),
        between(graph(AWS, entry("platform")), graph(AWS, entry("oncall", f"{ARN}oncall"))),
        f"Access entry of {ARN}platform in cluster live would be deleted and made anew as another resource "
        "(AccessEntry platform → AccessEntry oncall), the new one first: there can only be one",
    ),
    Case(
        "identity/twice",
        only(graph(AWS, entry("platform"), entry("oncall"))),
        only(graph(AWS, entry("platform"), entry("oncall", f"{ARN}oncall"))),
        "is declared twice, as oncall and as platform: there can only be one",
    ),
]
ACROSS = [
    Case(
        "identity/other-stack",
        stacks(staging=graph(AWS, repository()), qa=graph(AWS, repository())),
        stacks(staging=graph(AWS, repository()), qa=graph(ELSEWHERE, repository())),
        f"staging and qa both make image repository payments/api, in {ACCOUNT} and {REGION}: there can only be one",
    ),
    Case(
        "identity/same-block",
        stacks(staging=graph(AWS, VPC), qa=graph(AWS, changed(VPC, cidrBlock="10.0.128.0/20"))),
        stacks(staging=graph(AWS, VPC), qa=graph(AWS, changed(VPC, cidrBlock="10.1.0.0/16"))),
        "The network of staging (10.0.0.0/16) has addresses of qa's (10.0.128.0/20)",
        Severity.WARNING,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("aws:kms/alias:Alias", {"name": "alias/live/payments"}),
        ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {"url": "https://token.example"}),
        ("aws:iam/role:Role", {"name": "live-payments-deployer"}),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/aws/eks/live/cluster"}),
        ("aws:ec2/launchTemplate:LaunchTemplate", {"name": "spot"}),
        ("aws:eks/cluster:Cluster", {"name": "live"}),
        ("aws:ecr/repository:Repository", {"name": "payments/api"}),
        ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/20"}),
        ("kubernetes:core/v1:Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "payments"}}),
    ],
)
def test_what_a_service_knows_by_its_name_cannot_come_before_it_goes(type_: str, inputs: dict[str, Any]) -> None:
    before, after = (graph(AWS, made(type_, name, **inputs)) for name in ("old", "new"))
    assert said(between(before, after)) == [("identity/made-anew", Severity.ERROR)]


def test_what_has_an_alias_is_not_made_anew() -> None:
    old, new = entry("platform"), entry("oncall")
    assert said(between(graph(AWS, old), graph(AWS, replace(new, aliases=(old.urn,))))) == []


def test_what_takes_another_s_place_finds_it_taken() -> None:
    before = graph(AWS, entry("a", f"{ARN}x"), entry("b", f"{ARN}y"))
    after = graph(AWS, entry("a", f"{ARN}y"), entry("b", f"{ARN}x"))
    (finding,) = findings(between(before, after))
    assert isinstance(finding, Finding)
    assert all(f"ccess entry of {ARN}{each} in cluster live" in finding.what for each in "xy"), "both are told"


def test_blocks_with_the_same_addresses_cannot_be_in_one_network_at_a_time() -> None:
    before = graph(AWS, subnet("a", "10.0.0.0/20"), subnet("b", "10.0.16.0/20"))
    after = graph(AWS, subnet("c", "10.0.8.0/21"), subnet("b", "10.0.16.0/20"))
    assert said(between(before, after)) == [("identity/made-anew", Severity.ERROR)]
    elsewhere = graph(AWS, subnet("c", "10.0.8.0/21", "vpc-2"), subnet("b", "10.0.16.0/20"))
    assert said(between(before, elsewhere)) == []


def test_what_is_in_a_namespace_that_is_made_anew_is_not_said_once_more() -> None:
    def of(team: str) -> Graph:
        owned = kubernetes("Namespace", "shop", metadata={"labels": {"roadstead.dev/team": team}})
        return graph(*(replace(it, urn=f"{it.urn}-{team}") for it in (owned, deployment("web", namespace="shop"))))

    (finding,) = findings(between(of("a"), of("b")))
    assert isinstance(finding, Finding)
    assert finding.what.startswith("Namespace shop would be deleted and made anew")


def test_the_access_policy_of_an_entry_is_not_said_once_more() -> None:
    def of(name: str) -> Graph:
        policy = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
        given = {"clusterName": "live", "principalArn": f"{ARN}platform", "policyArn": "arn:aws:eks::aws:admin"}
        return graph(AWS, entry(name), made(policy, name, **given))

    assert len(list(findings(between(of("platform"), of("oncall"))))) == 1


def test_what_is_written_over_is_taken_away_with_the_old_one() -> None:
    def of(name: str) -> Graph:
        inputs = {"role": "live", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
        return graph(AWS, made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", name, **inputs))

    (finding,) = findings(between(of("old"), of("new")))
    assert isinstance(finding, Finding)
    assert "written over the first, and whichever goes takes it away from both" in finding.what


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of(1)], ids=["unknown", "secret"])
def test_what_may_be_the_same_thing_is_undecided(hidden: object) -> None:
    assert [type(each) for each in findings(only(graph(AWS, entry("a"), entry("b", hidden))))] == [Undecided]
    assert list(findings(only(graph(AWS, entry("b", hidden))))) == []
    away = replace(entry("b", hidden), inputs={"clusterName": "other", "principalArn": hidden})
    assert list(findings(only(graph(AWS, entry("a"), away)))) == []


def test_what_comes_from_two_resources_is_two_things() -> None:
    def of(name: str) -> Resource:
        return replace(entry(name, Unknown()), property_dependencies={"principalArn": (f"urn-of-role-{name}",)})

    assert list(findings(only(graph(AWS, of("a"), of("b"))))) == []


def test_a_text_may_be_what_a_resource_will_be_called_only_if_it_has_its_name() -> None:
    made_here = made("aws:iam/role:Role", "ops", name="live-ops")
    theirs = replace(entry("ops", Unknown()), property_dependencies={"principalArn": (made_here.urn,)})
    assert list(findings(only(graph(AWS, made_here, entry("platform"), theirs)))) == []
    by_hand = entry("by-hand", f"{ARN}live-ops")
    assert [type(each) for each in findings(only(graph(AWS, made_here, by_hand, theirs)))] == [Undecided]


def test_a_patch_adds_to_what_others_made() -> None:
    labelled = replace(namespace(), type="kubernetes:core/v1:NamespacePatch", urn="urn:pulumi:test::project::patch::p")
    assert list(findings(only(graph(namespace(), labelled)))) == []


def test_a_stack_that_is_new_has_the_finding_and_the_other_one_has_not() -> None:
    qa, staging = (replace(graph(AWS, repository()), stack=name) for name in ("qa", "staging"))
    (finding,) = across({"qa": diff(None, qa), "staging": only(staging)})
    assert finding.what.startswith("qa and staging both make")


def test_clusters_of_two_stacks_are_the_same_by_the_context_alone() -> None:
    def of(name: str, **inputs: str) -> StackDiff:
        provider = resource("pulumi:providers:kubernetes", "kubernetes", inputs)
        return only(graph(provider, replace(namespace(), provider=provider.urn), stack=name))

    assert list(across({"a": of("a", clusterIdentifier="x"), "b": of("b", clusterIdentifier="x")})) == []
    assert len(list(across({"a": of("a", context="kind"), "b": of("b", context="kind")}))) == 1


def test_where_the_account_is_not_said_nobody_knows_whether_two_stacks_share_it() -> None:
    anywhere = replace(AWS, inputs={"region": REGION})
    heads = {name: only(graph(anywhere, repository(), stack=name)) for name in ("staging", "qa")}
    assert list(across(heads)) == []


def test_a_resource_that_may_be_replaced_is_a_warning() -> None:
    before, after = graph(AWS, entry("a", f"{ARN}x"), entry("b", f"{ARN}y")), graph(AWS, entry("a", f"{ARN}y"))
    old, new = entry("a", f"{ARN}x"), entry("a", f"{ARN}y")
    unsure = diff(before, after, Change(Kind.MAY_REPLACE, old, new), Change(Kind.DELETE, entry("b", f"{ARN}y"), None))
    assert said(unsure) == [("identity/made-anew", Severity.WARNING)]


def test_every_answer_in_the_table_is_one_that_its_call_has() -> None:
    session = botocore.session.get_session()
    for type_, row in files.read("identities.json")["types"].items():
        if "call" in row:
            service, operation = row["call"].split()
            errors = session.get_service_model(service).operation_model(operation).error_shapes
            codes = {code for shape in errors for code in (shape.name, shape.metadata.get("error", {}).get("code"))}
            assert not row.get("refuses") or row["refuses"] in codes, type_
