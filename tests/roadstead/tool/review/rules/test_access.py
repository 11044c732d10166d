from dataclasses import replace

import pytest
from tests.graphs import (
    ROOT_STATEMENT,
    allow,
    changed,
    diff,
    document,
    graph,
    inline,
    key,
    kubernetes,
    namespace,
    node_group,
    only,
    resource,
    role,
)
from tests.roadstead.tool.review.rules.table import Case, found, only_findings
from tests.support import ACCOUNT, ROLE

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.access.matrix import Cell, matrix, widened
from roadstead.tool.review.access.taken_away import EVERY_VERB
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules import access


def findings(diff: StackDiff) -> list[Finding]:
    return only_findings(access.findings(diff))


GROUP = "roadstead:payments:developer"
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-acme"}}
SUB = "token.actions.githubusercontent.com:sub"
FEDERATED = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:oidc"}}


def bound(*rules: dict[str, list[str]], namespace: str = "payments", group: str = GROUP) -> list[Resource]:
    binding = {
        "roleRef": {"kind": "Role", "name": "developer"},
        "subjects": [{"kind": "Group", "name": group}],
    }
    return [
        kubernetes("Role", "developer", namespace, rules=list(rules)),
        kubernetes("RoleBinding", "developer", namespace, **binding),
    ]


def rule(group: str, resource: str, *verbs: str) -> dict[str, list[str]]:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}


LOOK, SHELL = rule("", "pods", "get", "list"), rule("", "pods/exec", "create")


def step(before: list[Resource], after: list[Resource]) -> StackDiff:
    return diff(graph(namespace(), *before), graph(namespace(), *after))


def trusting(**statement: object) -> StackDiff:
    return only(graph(role(trust={"Effect": "Allow", "Action": "sts:AssumeRole", **statement})))


def attached(policy: str) -> StackDiff:
    inputs = {"role": "ops", "policyArn": f"arn:aws:iam::aws:policy/{policy}"}
    return only(graph(resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "ops", inputs)))


LIMITED = resource(
    "aws:iam/policy:Policy",
    "limit",
    {"policy": document(allow("*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"})},
    computed={"arn": "arn:limit"},
)
CASES = [
    Case(
        "access/lost",
        step(bound(LOOK, SHELL), bound(LOOK)),
        step(bound(rule("", "pods", "*")), bound(rule("", "pods", *EVERY_VERB))),
        "roadstead:payments:developer could no longer create pods/exec in payments",
        Severity.WARNING,
    ),
    Case(
        "access/boundary-weaker",
        step([LIMITED, changed(role(), permissionsBoundary="arn:limit")], [LIMITED, role()]),
        step([LIMITED, role()], [LIMITED, changed(role(), permissionsBoundary="arn:limit")]),
        "The permissions boundary of live-payments-developer (team payments) goes",
    ),
    Case(
        "access/widened",
        step(bound(LOOK), bound(LOOK, SHELL)),
        step(bound(SHELL), bound(LOOK, SHELL)),
        "roadstead:payments:developer may do more than before with what is team payments's: exec (payments)",
        Severity.WARNING,
    ),
    Case(
        "access/trust-widened",
        step([role()], [role(trust=allow("sts:AssumeRole", Principal={"AWS": f"{ROLE}/somebody"}))]),
        step([role(), role("old")], [role()]),
        f"Role live-payments-developer may be taken on by more than before: {ROLE}/somebody",
        Severity.WARNING,
    ),
    Case(
        "access/wildcard",
        only(graph(role(), inline("live-payments-developer", allow("s3:*")))),
        only(graph(role(), inline("live-payments-developer", allow("s3:*", on="arn:aws:s3:::acme/*")))),
        "allows s3:* on every resource",
    ),
    Case(
        "access/pass-role",
        only(graph(role(), inline("live-payments-developer", allow("iam:PassRole")))),
        only(graph(role(), inline("live-payments-developer", allow("iam:PassRole", on=f"{ROLE}/build")))),
        "allows iam:PassRole on every role",
    ),
    Case(
        "access/trust-of-organisation",
        trusting(Principal={"AWS": "*"}, Condition=ORGANISATION),
        trusting(
            Principal={"AWS": "*"},
            Condition={**ORGANISATION, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops"}},
        ),
        "trusts every principal of the organisation o-acme",
    ),
    Case(
        "access/trust-of-anybody",
        trusting(Principal="*"),
        trusting(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        "trusts everybody in every AWS account",
    ),
    Case(
        "access/full-access-policy",
        attached("AdministratorAccess"),
        attached("AmazonEKSWorkerNodePolicy"),
        "attaches AdministratorAccess",
    ),
]


@pytest.mark.parametrize(
    ("subject", "rule_id"),
    [
        ("repo:acme/*", "access/trust-of-organisation"),
        ("repo:acme@41/*:environment:live", "access/trust-of-organisation"),
        ("repo:*", "access/trust-of-organisation"),
        ("project_path:acme/*:ref_type:branch:ref:main", "access/trust-of-organisation"),
        ("repo:acme/payments:environment:live", None),
        ("repo:acme@*/payments@*:environment:live", None),
    ],
)
def test_a_token_must_name_its_repository(subject: str, rule_id: str | None) -> None:
    there = list(findings(only(graph(role(trust={**FEDERATED, "Condition": {"StringLike": {SUB: [subject]}}})))))
    assert [finding.rule for finding in there] == ([rule_id] if rule_id else [])


def test_tokens_of_anybody_are_found() -> None:
    assert found(findings, only(graph(role(trust=FEDERATED))), "access/trust-of-anybody")


def test_a_star_in_a_clusters_role_is_found() -> None:
    assert found(findings, only(graph(*bound(rule("", "pods", "*")))), "access/wildcard")


def test_a_boundary_grants_nothing_until_it_is_attached() -> None:
    inputs = {"policy": document(allow("*"))}
    boundary = resource("aws:iam/policy:Policy", "boundary", inputs, computed={"arn": "arn:boundary"})
    use = resource(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "use", {"role": "a", "policyArn": "arn:boundary"}
    )
    assert list(findings(only(graph(boundary)))) == []
    assert {finding.rule for finding in findings(only(graph(boundary, use)))} == {"access/wildcard", "access/pass-role"}


def test_another_teams_things_and_administration_are_errors() -> None:
    ledger = namespace("ledger", "ledger")
    before, after = graph(namespace(), ledger), graph(namespace(), ledger, *bound(SHELL, namespace="ledger"))
    assert [finding.severity for finding in findings(diff(before, after))] == [Severity.ERROR]
    roles = rule("rbac.authorization.k8s.io", "rolebindings", "create")
    assert [finding.severity for finding in findings(step(bound(LOOK), bound(LOOK, roles)))] == [Severity.ERROR]


def test_a_key_opened_to_another_account_is_an_error() -> None:
    opened = key("payments", ROOT_STATEMENT, allow("kms:Decrypt", Principal={"AWS": "arn:aws:iam::999999999999:root"}))
    (finding,) = findings(step([key()], [opened]))
    assert (finding.rule, finding.severity) == ("access/widened", Severity.ERROR)
    assert "arn:aws:iam::999999999999:root" in finding.what


ADMIN = "arn:aws:iam::111122223333:role/auditor"


def administrator(arn: str) -> list[Resource]:
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    scope = {"principalArn": arn, "policyArn": policy, "accessScope": {"type": "cluster"}}
    return [
        resource("aws:eks/accessEntry:AccessEntry", "auditor", {"principalArn": arn}),
        resource("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "auditor", scope),
    ]


def test_a_new_administrator_is_one_error_about_the_whole_cluster() -> None:
    (finding,) = findings(step([], administrator(ADMIN)))
    assert finding.severity is Severity.ERROR
    assert (
        f"{ADMIN} may do more than before with what is the platform's: administer (the whole cluster), " in finding.what
    )
    assert "(payments)" not in finding.what


def test_what_is_several_teams_is_one_finding_about_whoever_gets_it() -> None:
    grants = [*bound(SHELL), *bound(SHELL, namespace="ledger")]
    (finding,) = findings(
        diff(
            graph(namespace(), namespace("ledger", "ledger")),
            graph(namespace(), namespace("ledger", "ledger"), *grants),
        )
    )
    assert finding.severity is Severity.ERROR
    assert "what is team ledger's and team payments's: exec (ledger), exec (payments)." in finding.what


def test_a_group_that_loses_its_last_member_gains_nothing() -> None:
    member = resource(
        "aws:eks/accessEntry:AccessEntry", "ci", {"principalArn": f"{ROLE}/ci", "kubernetesGroups": [GROUP]}
    )
    assert not found(findings, step([member, *bound(SHELL)], bound(SHELL)), "access/widened")


def test_new_nodes_pull_what_they_run() -> None:
    nodes, images = f"{ROLE}/nodes", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"
    role_of_nodes = replace(role("nodes", team=""), computed={"arn": nodes})
    pulls = resource(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "pulls", {"role": "nodes", "policyArn": images}
    )
    registry = resource(
        "aws:ecr/repository:Repository",
        "api",
        {"name": "payments/api", "tags": {"team": "payments"}},
        computed={"arn": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/payments/api"},
    )
    group = changed(node_group(), nodeRoleArn=nodes)
    assert list(findings(step([registry], [registry, role_of_nodes, pulls, group]))) == []
    assert found(findings, step([registry], [registry, role_of_nodes, pulls]), "access/widened")


def test_another_account_is_never_the_platforms_own() -> None:
    """Whoever it is that a key of nobody's in particular is opened to."""

    def opened(account: str) -> StackDiff:
        reader = allow("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{account}:role/reader"})
        return step([key("shared", team="")], [key("shared", ROOT_STATEMENT, reader, team="")])

    assert [finding.severity for finding in findings(opened(ACCOUNT))] == [Severity.WARNING]
    assert [finding.severity for finding in findings(opened("999999999999"))] == [Severity.ERROR]


def test_who_reads_every_secret_reads_those_of_teams_too() -> None:
    look = [
        kubernetes("ClusterRole", "look", rules=[rule("", "secrets", "list")]),
        kubernetes(
            "ClusterRoleBinding",
            "look",
            roleRef={"kind": "ClusterRole", "name": "look"},
            subjects=[{"kind": "Group", "name": "agents"}],
        ),
    ]
    assert [finding.severity for finding in findings(step([], look))] == [Severity.ERROR]


def test_a_new_team_with_its_people_is_a_note() -> None:
    assert [finding.severity for finding in findings(diff(graph(), graph(namespace(), *bound(SHELL))))] == [
        Severity.NOTE
    ]


def test_what_follows_from_a_new_thing_is_no_widening() -> None:
    node = [Cell("node", "pull", team, f"images {team}") for team in ("payments", "ledger")]
    base = frozenset([Cell("dev", "exec", "payments", "payments"), *node])
    known = frozenset(["payments", "images payments", "images ledger", "closed"])

    def also(*cells: Cell) -> list[Cell]:
        return widened(base, base | set(cells), known)

    assert also(Cell("dev", "exec", "payments", "new"), Cell("node", "pull", "other", "images other")) == []
    for cell in (
        Cell("dev", "deploy", "payments", "new"),
        Cell("dev", "exec", "payments", "closed"),
        Cell("dev", "exec", "other", "new"),
    ):
        assert also(cell) == [cell]


def test_a_condition_that_is_taken_away_widens_a_trust() -> None:
    limited = allow(
        "sts:AssumeRole", Principal={"AWS": "arn:root"}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:dev"}}
    )
    opened = allow("sts:AssumeRole", Principal={"AWS": "arn:root"})
    assert found(findings, step([role(trust=limited)], [role(trust=opened)]), "access/trust-widened")
    assert not found(findings, step([role(trust=limited)], [role(trust=limited)]), "access/trust-widened")


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_matrix_of_a_team_is_what_it_is_meant_to_be(stack: str, request: pytest.FixtureRequest) -> None:
    graph_: Graph = request.getfixturevalue(stack)
    mine = {
        (cell.who, cell.right) for cell in matrix(graph_) if cell.team == "payments" and f"{stack}-payments" in cell.who
    }
    developer = {"decrypt", "pull"} | ({"exec"} if stack == "staging" else set())
    assert mine == {(f"{stack}-payments-developer", right) for right in developer} | {
        (f"{stack}-payments-deployer", right) for right in ("decrypt", "deploy", "pull", "push", "read secrets")
    }


def test_nobody_of_one_team_has_anything_of_another(staging: Graph) -> None:
    teams = ("data", "payments", "storefront")
    for cell in matrix(staging):
        own = [team for team in teams if f"-{team}-" in cell.who]
        assert not own or cell.team in own, cell


@pytest.mark.parametrize(
    ("before", "after", "whose"),
    [
        ({"payments": "payments", "shop": "shop"}, {"payments": "shop", "shop": "shop"}, "team shop's"),
        ({"payments": "payments", "shop": "shop"}, {"payments": "", "shop": "shop"}, "no team's"),
        ({"payments": "payments", "more": "payments"}, {"payments": "payments", "more": "ledger"}, "team ledger's"),
        ({"payments": "payments", "more": "payments"}, {"payments": "ledger", "more": "ledger"}, ""),
        ({"payments": "", "shop": "shop"}, {"payments": "shop", "shop": "shop"}, ""),
        ({"payments": "payments"}, {"shop": "shop"}, ""),
    ],
    ids=["another team's", "nobody's", "a new team's", "a team renamed", "somebody's at last", "another namespace"],
)
def test_a_namespace_that_goes_to_another_team_is_told(
    before: dict[str, str], after: dict[str, str], whose: str
) -> None:
    base, head = (graph(*(namespace(*each) for each in those.items())) for those in (before, after))
    told = [each.what.partition(" instead of ")[0].partition(" would be ")[2] for each in findings(diff(base, head))]
    assert told == ([whose] if whose else [])
