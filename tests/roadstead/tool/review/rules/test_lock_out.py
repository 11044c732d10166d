from dataclasses import replace

import pytest
from tests.graphs import (
    ROOT_STATEMENT,
    allow,
    changed,
    component,
    diff,
    document,
    graph,
    key,
    namespace,
    only,
    resource,
    role,
)
from tests.roadstead.tool.review.rules.table import Case, found, only_findings
from tests.support import ACCOUNT, ROLE

from roadstead.tool.offline.graph import EXAMPLE_ACCOUNT_ID, Resource
from roadstead.tool.review.access.iam import statements
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.rules import lock_out


def findings(diff: StackDiff) -> list[Finding]:
    return only_findings(lock_out.findings(diff))


ADMIN, DEPLOYER, GLASS = f"{ROLE}/admin", f"{ROLE}/deployer", f"{ROLE}/break-glass"
CLUSTER = resource("aws:eks/cluster:Cluster", "live", {"name": "live"})
DECLARED = component("Cluster", "live", admins={"platform": ADMIN, "deployer": DEPLOYER}, break_glass=GLASS)
PROVIDER = resource("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "github", {}, computed={"arn": "arn:oidc"})


def admits(arn: str) -> list[Resource]:
    """Both halves of an administrator: the entry lets in, the policy lets administer."""
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    association = {"principalArn": arn, "policyArn": policy, "accessScope": {"type": "cluster"}}
    name = arn.rpartition("/")[2]
    return [
        resource("aws:eks/accessEntry:AccessEntry", name, {"principalArn": arn}),
        resource("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", name, association),
    ]


def admins(*arns: str) -> list[Resource]:
    return [CLUSTER, DECLARED, *(made for arn in arns for made in admits(arn))]


def ci(*subjects: str) -> Resource:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:oidc"},
        "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": list(subjects)}},
    }
    return role("live-payments-deployer", trust=trust)


def step(before: list[Resource], after: list[Resource]) -> StackDiff:
    return diff(graph(*before), graph(*after))


ALL = admins(ADMIN, DEPLOYER, GLASS)
PAYMENTS, LEDGER = "repo:acme/payments:environment:live", "repo:acme/ledger:environment:live"
CASES = [
    Case("lock-out/last-admin", step(ALL, admins()), step(ALL, ALL), "Nobody would administer cluster live"),
    Case(
        "lock-out/admin-removed",
        step(ALL, admins(DEPLOYER, GLASS)),
        step(ALL, admins(ADMIN, DEPLOYER, GLASS, f"{ROLE}/another")),
        "role/admin would no longer administer the cluster",
        Severity.WARNING,
    ),
    Case(
        "lock-out/deployer",
        step(ALL, admins(ADMIN, GLASS)),
        step(ALL, admins(DEPLOYER, GLASS)),
        "role/deployer would take its own access away",
    ),
    Case(
        "lock-out/break-glass",
        step(ALL, admins(ADMIN, DEPLOYER)),
        step(ALL, admins(ADMIN, GLASS)),
        "The break-glass role arn:aws:iam::111122223333:role/break-glass has no entry",
    ),
    Case(
        "lock-out/key-root",
        only(graph(key("payments", allow("kms:*", Principal={"AWS": ADMIN})))),
        only(graph(key("payments", ROOT_STATEMENT, allow("kms:Decrypt", Principal={"AWS": ADMIN})))),
        "The policy of key payments does not let its account administer it",
    ),
    Case(
        "lock-out/ci-trust",
        step([PROVIDER, ci(PAYMENTS)], [PROVIDER, ci(LEDGER)]),
        step([PROVIDER, ci(PAYMENTS)], [PROVIDER, ci(PAYMENTS, LEDGER)]),
        f"CI could no longer take on role live-payments-deployer as {PAYMENTS}",
        Severity.WARNING,
    ),
]


def test_where_nobody_says_in_which_account_a_key_would_be_any_root_will_do() -> None:
    nowhere = replace(key(), computed={"arn": f"arn:aws:kms:eu-west-1:{EXAMPLE_ACCOUNT_ID}:key/made-up"})
    assert not found(findings, only(graph(nowhere)), "lock-out/key-root")


def severities(before: list[Resource], after: list[Resource]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in findings(step(before, after))]


def test_an_entry_without_its_policy_lets_nobody_administer() -> None:
    entries = [made for made in ALL if "accessPolicyAssociation" not in made.type]
    assert severities(ALL, entries) == [("lock-out/last-admin", "error")]


def test_another_break_glass_role_is_a_warning_and_none_an_error() -> None:
    other = f"{ROLE}/glass-2"
    renamed = [changed(DECLARED, break_glass=other), CLUSTER, *admits(ADMIN), *admits(DEPLOYER), *admits(other)]
    assert severities(ALL, renamed) == [("lock-out/break-glass", "warning")]
    without = [changed(DECLARED, break_glass=None), CLUSTER, *admits(ADMIN), *admits(DEPLOYER)]
    assert severities(ALL, without) == [("lock-out/break-glass", "error")]


def test_the_root_of_another_account_is_not_the_keys() -> None:
    foreign = {**ROOT_STATEMENT, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    assert [finding.rule for finding in findings(only(graph(key("payments", foreign))))] == ["lock-out/key-root"]
    by_number = {**ROOT_STATEMENT, "Principal": {"AWS": ACCOUNT}}
    assert list(findings(only(graph(key("payments", by_number))))) == []


def test_the_root_statement_must_hold_without_conditions() -> None:
    limited = {**ROOT_STATEMENT, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "payments"}}}
    assert [finding.rule for finding in findings(only(graph(key("payments", limited))))] == ["lock-out/key-root"]


def test_switching_off_awss_own_check_is_found() -> None:
    bypassing = changed(key(), bypassPolicyLockoutSafetyCheck=True)
    assert [finding.rule for finding in findings(only(graph(bypassing)))] == ["lock-out/key-root"]


def test_ci_that_loses_its_role_or_the_provider_of_its_tokens_is_an_error() -> None:
    assert severities([PROVIDER, ci(PAYMENTS)], [PROVIDER, namespace()]) == [("lock-out/ci-trust", "error")]
    assert severities([PROVIDER, ci(PAYMENTS)], [ci(PAYMENTS)]) == [("lock-out/ci-trust", "error")]


def test_a_team_that_goes_as_a_whole_needs_no_ci() -> None:
    assert severities([PROVIDER, namespace(), ci(PAYMENTS)], [PROVIDER]) == []


def test_a_cluster_that_goes_as_a_whole_locks_nobody_out() -> None:
    assert severities(ALL, []) == []


def of_cluster(**inputs: object) -> list[Resource]:
    return [changed(CLUSTER, **inputs), *ALL[1:]]


def test_entries_of_a_cluster_that_reads_its_config_map_alone_let_nobody_in() -> None:
    head = of_cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})
    assert severities(ALL, head) == [("lock-out/last-admin", "error")]
    assert severities(ALL, of_cluster(accessConfig={"authenticationMode": "API"})) == []


def reached(*networks: str) -> list[Resource]:
    public = {"endpointPublicAccess": bool(networks), "publicAccessCidrs": list(networks)}
    return of_cluster(vpcConfig=public)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (reached("203.0.113.0/24"), reached(), "203.0.113.0/24"),
        (reached("203.0.113.0/24", "198.51.100.7/32"), reached("198.51.100.7/32"), "203.0.113.0/24"),
        (reached("203.0.113.0/24"), reached("203.0.112.0/20"), None),
        (reached("0.0.0.0/0"), reached("203.0.113.0/24"), None),
        (ALL, reached(), "0.0.0.0/0"),
    ],
)
def test_where_the_api_server_no_longer_answers_nobody_deploys_from(
    before: list[Resource], after: list[Resource], lost: str | None
) -> None:
    there = [finding.what for finding in findings(step(before, after))]
    expected = f"The API server of cluster live would no longer answer to {lost}: `pulumi up` cannot"
    assert [text.startswith(expected) for text in there] == ([True] if lost else [])


def test_an_administrators_role_that_goes_or_that_nobody_may_take_on_lets_nobody_in() -> None:
    own = replace(role("deployer"), computed={"arn": DEPLOYER})
    assert severities([own, *ALL], [own, *ALL]) == []
    assert severities([own, *ALL], ALL) == [("lock-out/deployer", "error")]
    assert severities([own, *ALL], [changed(own, assumeRolePolicy=document()), *ALL]) == [
        ("lock-out/deployer", "error")
    ]


TO_EVERYBODY = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [
        (TO_EVERYBODY, True),
        ({**TO_EVERYBODY, "Principal": ROOT_STATEMENT["Principal"], "Action": "kms:Put*"}, True),
        ({**TO_EVERYBODY, "Action": "kms:ScheduleKeyDeletion"}, False),
        ({**TO_EVERYBODY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
        ({**TO_EVERYBODY, "Principal": {"AWS": ADMIN}}, False),
    ],
)
def test_a_key_that_denies_its_account_another_policy_is_lost(statement: dict[str, object], is_found: bool) -> None:
    there = findings(only(graph(key("payments", ROOT_STATEMENT, statement))))
    assert [finding.rule for finding in there] == (["lock-out/key-root"] if is_found else [])


def test_a_policy_beside_a_key_is_looked_at_too() -> None:
    inputs = {"keyId": key().computed["arn"], "policy": document(allow("kms:*", Principal={"AWS": ADMIN}))}
    beside = resource("aws:kms/keyPolicy:KeyPolicy", "payments", inputs)
    assert [finding.rule for finding in findings(only(graph(key(), beside)))] == ["lock-out/key-root"]


def test_a_trust_that_widens_locks_no_ci_out() -> None:
    assert severities([PROVIDER, ci(PAYMENTS)], [PROVIDER, ci("repo:acme/payments:*")]) == []


def test_ci_that_is_denied_or_asked_for_another_action_is_locked_out() -> None:
    (statement,) = statements(ci(PAYMENTS).inputs["assumeRolePolicy"])
    everything = {"Effect": "Deny", "Action": "sts:*", "Principal": "*"}
    for head in (document(statement, everything), document({**statement, "Action": "sts:AssumeRole"})):
        assert severities([PROVIDER, ci(PAYMENTS)], [PROVIDER, changed(ci(PAYMENTS), assumeRolePolicy=head)]) == [
            ("lock-out/ci-trust", "error")
        ]


def test_a_provider_must_keep_the_audience_that_a_role_asks_for() -> None:
    aud = {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
    (statement,) = statements(ci(PAYMENTS).inputs["assumeRolePolicy"])
    asking = changed(
        ci(PAYMENTS), assumeRolePolicy=document({**statement, "Condition": {**statement["Condition"], **aud}})
    )
    before, after = (changed(PROVIDER, clientIdLists=audiences) for audiences in (["sts.amazonaws.com", "b"], ["b"]))
    assert severities([before, asking], [after, asking]) == [("lock-out/ci-trust", "error")]
    assert severities([before, ci(PAYMENTS)], [after, ci(PAYMENTS)]) == []
