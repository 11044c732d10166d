"""Ways to a right, one by one: what a reviewer must be told of, and what only narrows."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
    resource,
    role,
)
from tests.iam import privileges
from tests.roadstead.tool.review.rules.table import only_findings
from tests.roadstead.tool.review.rules.test_access import GROUP, bound, findings, rule, step
from tests.support import ACCOUNT, REGION, ROLE

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.access.rights import IN_ACCOUNT, IN_CLUSTER, OF_NO_NAMESPACE
from roadstead.tool.review.finding import Severity

DEVELOPER = "live-payments-developer"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/payments"
AGENTS = {"kind": "Group", "name": "agents"}
FOREIGN = "arn:aws:iam::999999999999:root"


def of_cluster(*rules: dict[str, Any], name: str = "some", **more: Any) -> list[Resource]:
    """A ClusterRole that a group has everywhere."""
    role_ref = {"kind": "ClusterRole", "name": name}
    return [
        kubernetes("ClusterRole", name, rules=list(rules), **more),
        kubernetes("ClusterRoleBinding", name, roleRef=role_ref, subjects=[AGENTS]),
    ]


def said(before: list[Resource], after: list[Resource]) -> list[str]:
    return [each.what for each in only_findings(findings(step(before, after))) if each.rule != "access/lost"]


@pytest.mark.parametrize(
    ("right", "group", "kind", "verb"),
    [(right, *kind, verb) for right, kinds in IN_CLUSTER.items() for *kind, verbs in kinds for verb in verbs],
)
def test_each_permission_of_the_table_is_a_way_to_its_right(right: str, group: str, kind: str, verb: str) -> None:
    given = rule(group, kind, verb)
    assert any(f"{right} (the whole cluster)" in text for text in said([], of_cluster(given)))
    here = [text for text in said([], bound(given)) if f"{right} (payments)" in text]
    assert bool(here) is (kind not in OF_NO_NAMESPACE)


@pytest.mark.parametrize("what", IN_ACCOUNT)
def test_each_action_of_the_table_administers_what_decides_about_rights(what: str) -> None:
    for action in IN_ACCOUNT[what]:
        (text,) = said([role()], [role(), inline(DEVELOPER, allow(action, on=f"{ROLE}/any"))])
        assert f"the platform's: administer ({what})" in text


def test_the_table_has_every_action_of_iam_that_manages_permissions_and_leads_to_some() -> None:
    managing = {action for action, level in privileges("iam").items() if level == "Permissions management"}
    harmless = {"CreatePolicy", "DeletePolicy", "DeletePolicyVersion", "DeleteAccountPasswordPolicy"}
    assert managing - harmless <= {action.removeprefix("iam:") for action in IN_ACCOUNT["IAM"]}


AGGREGATED = kubernetes(
    "ClusterRole", "gathered", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"to": "gathered"}}]}
)
GATHERED = kubernetes(
    "ClusterRoleBinding", "gathered", roleRef={"kind": "ClusterRole", "name": "gathered"}, subjects=[AGENTS]
)


def part(**labels: str) -> Resource:
    return kubernetes("ClusterRole", "part", metadata={"labels": labels}, rules=[rule("", "secrets", "get")])


def built_in(name: str) -> Resource:
    return kubernetes(
        "RoleBinding",
        name,
        "payments",
        roleRef={"kind": "ClusterRole", "name": name},
        subjects=[{"kind": "Group", "name": GROUP}],
    )


@pytest.mark.parametrize(
    ("there", "added"),
    [
        ([AGGREGATED, GATHERED], part(to="gathered")),
        ([built_in("view")], part(**{"rbac.authorization.k8s.io/aggregate-to-view": "true"})),
    ],
    ids=["its own rule", "Kubernetes' own role"],
)
def test_what_is_aggregated_into_a_role_counts(there: list[Resource], added: Resource) -> None:
    assert ["read secrets" in text for text in said(there, [*there, added])] == [True]


def test_a_role_or_access_policy_that_nobody_knows_is_said() -> None:
    (finding,) = findings(step([], [built_in("operators-own")]))
    assert finding.severity is Severity.WARNING
    assert f"{GROUP} would have ClusterRole operators-own (payments), and what that allows is not known" in finding.what
    assert said([built_in("operators-own")], [built_in("operators-own")]) == []


def test_single_names_are_less_than_all_of_them() -> None:
    one, two = ({**rule("", "secrets", "get"), "resourceNames": names} for names in (["a"], ["a", "b"]))
    every = rule("", "secrets", "get")
    assert "read secrets (payments: b)." in said(bound(one), bound(two))[0]
    assert "read secrets (payments)." in said(bound(one), bound(every))[0]
    assert said(bound(every), bound(two)) == said(bound(two), bound(one)) == []


def test_a_namespace_that_becomes_another_teams_widens_nothing_for_whoever_had_it_before() -> None:
    agents = of_cluster(rule("", "secrets", "list"))
    assert list(findings(diff(graph(namespace(), *agents), graph(namespace(team="ledger"), *agents)))) == []


def test_everybody_who_is_signed_in_is_an_error() -> None:
    given = bound(rule("", "pods", "create"), namespace="kube-system", group="system:authenticated")
    assert [finding.severity for finding in findings(diff(graph(), graph(*given)))] == [Severity.ERROR]


DECRYPTS, LIMITED = allow("kms:Decrypt", on=KEY_ARN), {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
OWN_ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
NAMED = allow("kms:Decrypt", Principal={"AWS": f"{ROLE}/{DEVELOPER}"})
POLICY = resource("aws:iam/policy:Policy", "own", {"policy": document(DECRYPTS)}, computed={"arn": "arn:own"})
ATTACHMENT = resource(
    "aws:iam/policyAttachment:PolicyAttachment", "own", {"roles": [DEVELOPER], "policyArn": "arn:own"}
)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
CLOSED = key("payments", allow("kms:*", Principal={"AWS": f"{ROLE}/keeper"}))
GRANT = {"keyId": KEY_ARN, "granteePrincipal": f"{ROLE}/{DEVELOPER}", "operations": ["Decrypt"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([role(), key()], [role(), key(), inline(DEVELOPER, {**DECRYPTS, "Condition": LIMITED})]),
        ([role(), key()], [role(), key(), inline(DEVELOPER, allow("kms:CreateGrant", on=KEY_ARN))]),
        ([role(), key()], [changed(role(), inlinePolicies=[{"policy": document(DECRYPTS)}]), key()]),
        ([role(), key()], [changed(role(), managedPolicyArns=[ADMINISTRATOR]), key()]),
        ([role(), key(), POLICY], [role(), key(), POLICY, ATTACHMENT]),
        ([role(), key()], [role(), key(), resource("aws:kms/grant:Grant", "some", GRANT)]),
        (
            [role(), inline(DEVELOPER, DECRYPTS), CLOSED],
            [role(), inline(DEVELOPER, DECRYPTS), changed(key(), policy=None)],
        ),
        (
            [role(), key("payments", NAMED, {"Effect": "Deny", "NotPrincipal": OWN_ROOT, "Action": "kms:*"})],
            [role(), key("payments", NAMED)],
        ),
        (
            [role(), key()],
            [
                role(),
                key(),
                inline(
                    DEVELOPER,
                    allow(
                        "kms:Decrypt", Condition={"StringEquals": {"AWS:resourcetag/Team": "${aws:PrincipalTag/team}"}}
                    ),
                ),
            ],
        ),
    ],
    ids=[
        "by way of a service",
        "by granting it to oneself",
        "in the role itself",
        "attached in the role itself",
        "attached to several roles",
        "by a grant",
        "by AWS's own policy of keys",
        "by a denial less",
        "by tags",
    ],
)
def test_each_way_to_a_key_is_seen(before: list[Resource], after: list[Resource]) -> None:
    assert any(f"{DEVELOPER} may do more" in text and "decrypt (key payments)" in text for text in said(before, after))


def opened(**condition: Any) -> list[Resource]:
    reader = allow("kms:Decrypt", Principal="*", Condition=condition)
    return [key("payments", ROOT_STATEMENT, reader)]


def test_a_statement_for_everybody_is_for_those_whom_its_conditions_name() -> None:
    assert "everybody may do more" in said([key()], opened())[0]
    assert said([key()], opened(StringEquals={"kms:CallerAccount": ACCOUNT})) == []
    (text,) = said([key()], opened(StringEquals={"aws:PrincipalOrgID": "o-acme"}))
    assert text.startswith("everybody where aws:principalorgid is o-acme may do more")
    (text,) = said([key()], opened(ArnLike={"aws:PrincipalArn": "arn:aws:iam::9:role/*"}))
    assert text.startswith("arn:aws:iam::9:role/* may do more")


def test_a_finding_is_about_what_lets_somebody_in() -> None:
    grant = resource("aws:kms/grant:Grant", "some", {**GRANT, "granteePrincipal": FOREIGN})
    (finding,) = findings(step([key()], [key(), grant]))
    assert finding.resource == grant.urn
    (finding,) = findings(step([key()], opened()))
    assert finding.resource == key().urn


def test_a_policy_beside_a_key_is_the_keys() -> None:
    beside = {"keyId": KEY_ARN, "policy": document(ROOT_STATEMENT, allow("kms:Decrypt", Principal={"AWS": FOREIGN}))}
    assert f"{FOREIGN} may do more" in said([key()], [key(), resource("aws:kms/keyPolicy:KeyPolicy", "b", beside)])[0]


OPS = "live-ledger-ops"
BY_ROOT = role(OPS, team="ledger", trust=allow("sts:AssumeRole", Principal=OWN_ROOT))


def test_a_role_that_gets_another_by_its_own_policy_is_one_more_that_takes_it_on() -> None:
    allowed = inline(DEVELOPER, allow("sts:AssumeRole", on=f"{ROLE}/{OPS}"))
    (text,) = said([role(), BY_ROOT], [role(), BY_ROOT, allowed])
    assert text == f"Role {OPS} may be taken on by more than before: {ROLE}/{DEVELOPER}."


def test_pods_that_are_given_a_role_take_it_on() -> None:
    given = {"namespace": "ledger", "serviceAccount": "web", "roleArn": f"{ROLE}/{DEVELOPER}"}
    pods = resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "web", given)
    assert ["pods of ledger/web" in text for text in said([role()], [role(), pods])] == [True]


def app_in(space: str, *more: str) -> list[Resource]:
    """The role of an app, and the namespaces whose pods have it."""
    asked = {"StringEquals": {"aws:RequestTag/kubernetes-namespace": [space, *more]}}
    service = {"Service": "pods.eks.amazonaws.com"}
    given = {"namespace": space, "serviceAccount": "web", "roleArn": f"{ROLE}/{DEVELOPER}"}
    return [
        *(namespace(name) for name in ("payments", "reports")),
        namespace("shop", team="shop"),
        role(trust=allow("sts:AssumeRole", Principal=service, Condition=asked)),
        resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "web", given),
    ]


def test_pods_that_move_within_their_team_take_their_role_along() -> None:
    assert said(app_in("payments"), app_in("reports")) == []


@pytest.mark.parametrize("after", [app_in("shop"), app_in("reports", "payments")], ids=["another team", "both"])
def test_pods_of_others_and_pods_beside_those_that_were_there_are_more(after: list[Resource]) -> None:
    assert any("taken on by more" in text for text in said(app_in("payments"), after))


def test_a_cluster_that_is_made_anew_in_another_region_takes_its_pods_along() -> None:
    def stack(region: str) -> list[Resource]:
        arn = f"arn:aws:eks:{region}:{ACCOUNT}:cluster/live"
        asked = {"StringEquals": {"aws:RequestTag/eks-cluster-arn": arn}}
        trust = allow("sts:AssumeRole", Principal={"Service": "pods.eks.amazonaws.com"}, Condition=asked)
        cluster = resource("aws:eks/cluster:Cluster", "live", {"name": "live"}, computed={"arn": arn})
        return [cluster, role(trust=trust)]

    assert said(stack(REGION), stack("eu-central-1")) == []


def test_a_new_role_of_another_account_is_said_and_one_of_ones_own_is_not() -> None:
    assert [
        FOREIGN in text for text in said([], [role(trust=allow("sts:AssumeRole", Principal={"AWS": FOREIGN}))])
    ] == [True]
    assert said([], [BY_ROOT]) == []


SUB, AUD = "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud"


def token(sub: str = "repo:acme/payments:environment:live", operator: str = "StringLike") -> list[Resource]:
    condition = {"StringEquals": {AUD: "sts.amazonaws.com"}}
    condition = {**condition, operator: {**condition.get(operator, {}), SUB: sub}}
    who = {"Federated": "arn:aws:iam::111122223333:oidc-provider/github"}
    return [role(trust=allow("sts:AssumeRoleWithWebIdentity", Principal=who, Condition=condition))]


@pytest.mark.parametrize(
    ("before", "after", "is_wider"),
    [
        (token("repo:acme/payments:*"), token(), False),
        (token(), token("repo:acme/payments:*"), True),
        (token(), token(operator="StringEquals"), False),
        (token("repo:acme/*"), token("repo:acme/*", "StringEquals"), False),
        (token("repo:acme/*", "StringEquals"), token("repo:acme/*"), True),
        (token(), token(operator="StringLikeIfExists"), True),
        (token(), token("repo:acme/payments:ref:refs/heads/main"), True),
    ],
)
def test_a_trust_that_only_narrows_is_no_wider(before: list[Resource], after: list[Resource], is_wider: bool) -> None:
    assert any("taken on by more" in text for text in said(before, after)) is is_wider


@pytest.mark.parametrize("operator", ["StringLikeIfExists", "ForAllValues:StringLike", "StringNotLike"])
def test_a_condition_that_a_token_meets_without_the_key_says_nothing(operator: str) -> None:
    assert any("trusts every token" in text for text in said([], token(operator=operator)))


@pytest.mark.parametrize(
    "sub", ["repo*", "**", "*:environment:live", "repo:acme*/api:*", "system:serviceaccount:*:web"]
)
def test_a_subject_that_leaves_open_whose_it_is_is_found(sub: str) -> None:
    assert any("trusts every repository or pod" in text for text in said([], token(sub)))


def test_a_denial_that_is_taken_away_widens_a_trust() -> None:
    without_mfa = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
    denial = {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*", "Condition": without_mfa}
    (text,) = said(
        [changed(BY_ROOT, assumeRolePolicy=document(allow("sts:AssumeRole", Principal=OWN_ROOT), denial))], [BY_ROOT]
    )
    assert text.endswith("what was denied, * where aws:MultiFactorAuthPresent Bool false.")


@pytest.mark.parametrize(
    ("pattern", "is_every"),
    [("*", True), ("arn:aws:iam::*:role/*", True), (f"{ROLE}/*", True), (f"{ROLE}/app-*", False)],
)
def test_every_role_may_be_written_in_several_ways(pattern: str, is_every: bool) -> None:
    passed = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    given = [role(), inline(DEVELOPER, allow("iam:PassRole", on=pattern, Condition=passed))]
    assert any("iam:PassRole on every role" in text for text in said([], given)) is is_every


RULES = st.builds(
    lambda group, kinds, verbs, names: {"apiGroups": [group], "resources": kinds, "verbs": verbs, **names},
    st.sampled_from(["", "apps", "rbac.authorization.k8s.io"]),
    st.lists(st.sampled_from(["pods", "secrets", "deployments", "pods/exec", "rolebindings"]), min_size=1, max_size=2),
    st.lists(st.sampled_from(["get", "list", "create", "patch"]), min_size=1, max_size=2),
    st.sampled_from([{}, {}, {"resourceNames": ["a"]}, {"resourceNames": ["a", "b"]}]),
)
STATEMENTS = st.builds(
    lambda actions, on, condition: allow(*actions, on=on, **condition),
    st.lists(
        st.sampled_from(["kms:Decrypt", "kms:*", "iam:Put*", "sts:AssumeRole", "s3:Get*"]), min_size=1, max_size=2
    ),
    st.sampled_from(["*", KEY_ARN, f"{ROLE}/{OPS}"]),
    st.sampled_from([{}, {"Condition": LIMITED}, {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "other"}}}]),
)


@settings(max_examples=40)
@given(st.lists(RULES, max_size=4), st.lists(STATEMENTS, max_size=3), st.data())
def test_what_is_only_taken_away_is_never_wider(
    rules: list[dict[str, Any]], statements: list[dict[str, Any]], data: st.DataObject
) -> None:
    def stack(rules: list[dict[str, Any]], statements: list[dict[str, Any]]) -> list[Resource]:
        return [role(), BY_ROOT, key(), namespace("ledger", "ledger"), *bound(*rules), inline(DEVELOPER, *statements)]

    def some(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [item for item in of if data.draw(st.booleans())]

    new = findings(step(stack(rules, statements), stack(some(rules), some(statements))))
    assert [found.what for found in new if found.rule in ("access/widened", "access/trust-widened")] == []
