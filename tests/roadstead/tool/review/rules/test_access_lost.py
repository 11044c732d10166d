"""Who loses what: told by name, once for each cause, and never of what is only moved or named otherwise."""

from dataclasses import replace
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
from tests.roadstead.tool.review.rules.test_access import LOOK, SHELL, bound, rule, step
from tests.support import ACCOUNT, ROLE

from roadstead.tool.offline.graph import Resource, Secret, Unknown
from roadstead.tool.review.access.boundaries import BOUNDARY
from roadstead.tool.review.access.iam import like
from roadstead.tool.review.access.lost import LOST
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.access.taken_away import EVERY_VERB
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.access import TRUST_WIDENED, WIDENED, findings

DEVELOPER, INGEST = "live-payments-developer", "payments.ingest"
PEOPLE = allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
PODS = allow("sts:AssumeRole", Principal={"Service": "pods.eks.amazonaws.com"})
GROUP = "roadstead:payments:developer"
OTHER_TEAMS = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "payments"}, "Null": {"aws:ResourceTag/team": "false"}},
}
NO_IAM = {"Effect": "Deny", "Action": ["iam:*", "account:*"], "Resource": "*"}


def entry(name: str = DEVELOPER, *groups: str, arn: Any = None) -> Resource:
    inputs = {"principalArn": arn or f"{ROLE}/{name}", "kubernetesGroups": list(groups or (GROUP,))}
    return resource("aws:eks/accessEntry:AccessEntry", name, inputs)


def boundary(*statements: dict[str, Any], name: str = "boundary") -> Resource:
    inputs = {"name": name, "policy": document(allow("*"), *statements)}
    return resource("aws:iam/policy:Policy", name, inputs, computed={"arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}"})


def within(made: Resource, name: str = "boundary") -> Resource:
    return changed(made, permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/{name}")


def person(name: str = DEVELOPER) -> Resource:
    return role(name, trust=PEOPLE)


def app(name: str = INGEST) -> Resource:
    return role(name, trust=PODS)


def told(asked: StackDiff, *rules: str) -> list[Finding]:
    return [each for each in findings(asked) if isinstance(each, Finding) and each.rule in (rules or (LOST,))]


def texts(before: list[Resource], after: list[Resource]) -> list[str]:
    return [each.what for each in told(step(before, after))]


def undecided(before: list[Resource], after: list[Resource]) -> set[str]:
    return {id_ for each in findings(step(before, after)) if isinstance(each, Undecided) for id_ in each.rules}


def test_people_whose_role_and_entry_go_are_told_once_by_name() -> None:
    there = [person(), entry(), *bound(LOOK)]
    (found,) = told(step(there, bound(LOOK)))
    assert found.severity is Severity.WARNING
    assert found.what.startswith(f"Nobody of team payments would get in as {DEVELOPER} any more")


def test_a_team_that_goes_as_a_whole_is_one_line() -> None:
    there = [namespace(), person(), person("live-payments-viewer"), entry(), *bound(LOOK)]
    (found,) = told(diff(graph(*there, namespace("ledger", "ledger")), graph(namespace("ledger", "ledger"))))
    assert (
        found.what
        == f"Team payments goes as a whole: nobody would get in as {DEVELOPER}, live-payments-viewer any more."
    )


def test_people_who_get_in_under_another_name_lose_nothing() -> None:
    renamed = [person("live-ledger-developer"), entry("live-ledger-developer"), *bound(LOOK)]
    assert texts([person(), entry(), *bound(LOOK)], renamed) == []


def test_groups_that_no_binding_names_leave_everybody_in_them_with_nothing() -> None:
    there = [person(), entry(), *bound(LOOK)]
    (found,) = told(step(there, [person(), entry(DEVELOPER, "payments:developer"), *bound(LOOK)]))
    assert found.severity is Severity.ERROR
    assert f"{DEVELOPER} would have no rights in the cluster any more" in found.what


def test_a_verb_less_is_told_and_a_rule_that_is_written_otherwise_is_not() -> None:
    there = [person(), entry()]
    assert texts([*there, *bound(LOOK, SHELL)], [*there, *bound(LOOK)]) == [
        f"{DEVELOPER} could no longer create pods/exec in payments."
    ]
    apart = [rule("", "pods", "list"), rule("", "pods", "get"), SHELL]
    assert texts([*there, *bound(LOOK, SHELL)], [*there, *bound(*apart)]) == []
    assert texts([*there, *bound(rule("", "pods", "*"))], [*there, *bound(rule("", "pods", *EVERY_VERB))]) == []


OF_NAMES = {**LOOK, "resourceNames": ["web"]}


def everywhere(*rules: dict[str, Any]) -> list[Resource]:
    named: dict[str, Any] = {
        "roleRef": {"kind": "ClusterRole", "name": "all"},
        "subjects": [{"kind": "Group", "name": GROUP}],
    }
    return [kubernetes("ClusterRole", "all", rules=[*rules]), kubernetes("ClusterRoleBinding", "all", **named)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (bound(LOOK), bound(OF_NAMES), "get pods, list pods in payments, but only web."),
        (bound(LOOK), bound(LOOK, OF_NAMES), ""),
        (bound(OF_NAMES), bound(LOOK), ""),
        (bound(rule("", "pods", "*")), bound(LOOK), "* pods in payments, but only get pods, list pods."),
        (everywhere(LOOK), bound(LOOK), "get pods, list pods in the whole cluster, but only in payments."),
        (bound(LOOK), everywhere(LOOK), ""),
    ],
    ids=["single names", "single names beside all", "all names", "fewer verbs", "one namespace", "every namespace"],
)  # fmt: skip
def test_of_what_is_narrowed_the_rest_is_told_with_what_is_left(
    before: list[Resource], after: list[Resource], said: str
) -> None:
    there = [person(), entry()]
    assert texts([*there, *before], [*there, *after]) == ([f"{DEVELOPER} could no longer {said}"] if said else [])


@pytest.mark.parametrize("policy", ["AmazonEKSViewPolicy", "AmazonEKSEditPolicy", "AmazonEKSOfNobodyPolicy"])
def test_a_namespace_less_of_an_access_policy_is_told(policy: str) -> None:
    def of(*namespaces: str) -> Resource:
        scope = {"type": "namespace", "namespaces": [*namespaces]}
        arn = f"arn:aws:eks::aws:cluster-access-policy/{policy}"
        inputs = {"principalArn": f"{ROLE}/{DEVELOPER}", "policyArn": arn, "accessScope": scope}
        return resource("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", DEVELOPER, inputs)

    there = [person(), entry(), namespace("ledger")]
    (said,) = texts([*there, of("payments", "ledger")], [*there, of("ledger")])
    assert said.startswith(f"{DEVELOPER} could no longer ")
    assert " in payments." in said
    assert texts([*there, of("ledger")], [*there, of("payments", "ledger")]) == []


def test_a_namespace_that_goes_takes_nobodys_rights() -> None:
    there = [person(), entry(), *bound(LOOK)]
    here = [namespace("ledger", "payments"), *bound(LOOK, namespace="ledger")]
    assert told(diff(graph(namespace(), *there, *here), graph(namespace(), *there))) == []


def test_pods_whose_binding_goes_lose_what_it_gave() -> None:
    account = kubernetes("ServiceAccount", "web", "payments")
    subject = {"kind": "ServiceAccount", "namespace": "payments", "name": "web"}
    given = [changed(made, subjects=[subject]) if "roleRef" in made.inputs else made for made in bound(LOOK)]
    assert [
        "ServiceAccount payments/web would have no rights" in text for text in texts([account, *given], [account])
    ] == [True]
    assert texts([account, *given], []) == []


SIGNED_IN = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_"


def signing_in(*permission_sets: str) -> Resource:
    """A role for people of Identity Center with one of these permission sets."""
    asked = {"ArnLike": {"aws:PrincipalArn": [SIGNED_IN + each for each in permission_sets]}}
    return role(DEVELOPER, trust={**PEOPLE, "Condition": asked})


@pytest.mark.parametrize(
    ("before", "after", "severities"),
    [
        (["Payments_*"], ["Payments_Lead_*"], [Severity.NOTE]),
        (["Payments_*", "Support_*"], ["Payments_*"], [Severity.WARNING]),
        (["Payments_*", "Support_*"], ["Payments_Lead_*"], [Severity.WARNING, Severity.NOTE]),
        (["Payments_*", "Payments_Lead_*"], ["Payments_*"], []),
        (["Payments_Lead_*"], ["Payments_*"], []),
        (["Payments_*", "Support_*"], ["Support_*", "Payments_*"], []),
    ],
    ids=["narrower", "one fewer", "both", "what the other covers", "wider", "in another order"],
)
def test_whom_a_narrower_trust_leaves_out_is_told(
    before: list[str], after: list[str], severities: list[Severity]
) -> None:
    found = told(step([signing_in(*before)], [signing_in(*after)]))
    assert [each.severity for each in found] == severities
    for each in found:
        assert f"Role {DEVELOPER} could no longer be taken on by" in each.what
        assert SIGNED_IN + before[-1 if each.severity is Severity.WARNING else 0] in each.what
        assert (f"but by arn:aws:iam::{ACCOUNT}:root where" in each.what) is (each.severity is Severity.NOTE)


REGISTRY = resource(
    "aws:ecr/repository:Repository",
    "payments.api",
    {"name": "payments/api", "tags": {"team": "payments"}},
    computed={"arn": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/payments/api"},
)
PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH = ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage")


def opened(*actions: str, to: str = f"{ROLE}/{DEVELOPER}") -> Resource:
    statement = {"Effect": "Allow", "Principal": {"AWS": to}, "Action": list(actions)}
    inputs = {"repository": "payments/api", "policy": document(statement)}
    return resource("aws:ecr/repositoryPolicy:RepositoryPolicy", "payments.api", inputs)


@pytest.mark.parametrize("missing", PUSH)
def test_whoever_lacks_one_action_of_a_push_can_push_no_more(missing: str) -> None:
    left = [action for action in (*PUSH, *PULL) if action != missing]
    assert texts([person(), REGISTRY, opened(*PUSH, *PULL)], [person(), REGISTRY, opened(*left)]) == [
        f"{DEVELOPER} could no longer push (images payments.api)."
    ]


def test_another_account_that_may_no_longer_pull_is_told() -> None:
    other = "arn:aws:iam::999999999999:root"
    assert texts([REGISTRY, opened(*PULL, to=other)], [REGISTRY, opened(*PULL)]) == [
        f"{other} could no longer pull (images payments.api)."
    ]


def test_a_repository_or_key_that_goes_takes_nobodys_rights() -> None:
    assert texts([person(), REGISTRY, opened(*PULL)], [person()]) == []
    statement = allow("kms:Encrypt", "kms:GenerateDataKey", Principal={"AWS": f"{ROLE}/{DEVELOPER}"})
    there = key("payments", ROOT_STATEMENT, statement)
    assert texts([person(), there], [person()]) == []
    assert texts([person(), there], [person(), key()]) == [f"{DEVELOPER} could no longer encrypt (key payments)."]


QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:payments"
RECEIVES = allow("sqs:ReceiveMessage", "sqs:DeleteMessage", on=QUEUE)


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (allow("sqs:ReceiveMessage", on=QUEUE), [f"sqs:DeleteMessage on {QUEUE}"]),
        (allow("sqs:*", on=QUEUE), []),
        (allow("sqs:ReceiveMessage", "sqs:DeleteMessage", on="arn:aws:sqs:*:*:pay*"), []),
        ({**RECEIVES, "Action": ["sqs:deletemessage", "SQS:Receive*"]}, []),
    ],
    ids=["an action less", "more actions", "a wider name", "in other words"],
)
def test_an_app_loses_what_its_policy_no_longer_says(after: dict[str, Any], lost: list[str]) -> None:
    there = [app(), inline(INGEST, RECEIVES)]
    assert texts(there, [app(), inline(INGEST, after)]) == [
        f"{INGEST} (apps) could no longer use {text}." for text in lost
    ]


def test_what_is_narrowed_on_purpose_is_not_called_lost() -> None:
    wide = [app(), inline(INGEST, allow("sqs:*", on="*"))]
    assert texts(wide, [app(), inline(INGEST, RECEIVES)]) == []


def test_a_boundary_that_denies_what_has_no_tag_is_one_cause_for_everybody_in_it() -> None:
    without = {**OTHER_TEAMS, "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "payments"}}}
    there = [within(app()), inline(INGEST, RECEIVES), within(person()), inline(DEVELOPER, allow("eks:DescribeCluster"))]
    found = told(step([boundary(OTHER_TEAMS), *there], [boundary(without), *there]))
    assert [each.severity for each in found] == [Severity.ERROR] * 2
    assert [each.what.endswith("their permissions boundary denies it.") for each in found] == [True] * 2
    assert told(step([boundary(without), *there], [boundary(OTHER_TEAMS), *there])) == []


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ([boundary(NO_IAM)], "everything where tag team is another one"),
        ([boundary(OTHER_TEAMS)], "account:*, iam:*"),
        ([boundary(OTHER_TEAMS, {**NO_IAM, "Action": ["iam:Put*", "account:*"]})], "iam:*"),
        ([boundary(OTHER_TEAMS, NO_IAM, allow("s3:*"))], ""),
        ([boundary(NO_IAM, OTHER_TEAMS, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})], ""),
    ],
    ids=["of other teams", "of IAM", "less of IAM", "as before", "more"],
)
def test_a_boundary_that_denies_less_is_found(after: list[Resource], says: str) -> None:
    found = told(step([within(app()), boundary(OTHER_TEAMS, NO_IAM)], [within(app()), *after]), BOUNDARY)
    assert [each.what.endswith(f"would deny less than before: {says}.") for each in found] == ([True] if says else [])


def test_a_boundary_by_another_name_is_no_other_one() -> None:
    before = [within(app()), boundary(NO_IAM)]
    assert told(step(before, [within(app(), "new"), boundary(NO_IAM, name="new")]), BOUNDARY) == []
    assert len(told(step(before, [app(), boundary(NO_IAM)]), BOUNDARY)) == 1


def test_two_principals_that_nobody_knows_are_two() -> None:
    """As in a preview of a new team: its roles have no ARN yet, and each entry comes from one of them."""
    new = replace(person(), computed={}, urn="urn:new")
    needs = {"principalArn": (new.urn,)}
    known = [person("live-ledger-developer"), entry("live-ledger-developer", "ledger"), namespace("ledger", "ledger")]
    coming = [new, replace(entry(arn=Unknown()), property_dependencies=needs), *bound(LOOK, SHELL)]
    astray = entry("astray", "agents", arn=Unknown())
    head = graph(namespace(), *known, *coming, astray)
    found = told(diff(graph(*known), head), WIDENED, LOST)
    assert [(each.severity, each.what.partition(" may ")[0]) for each in found] == [(Severity.NOTE, DEVELOPER)]


def test_what_cannot_be_read_is_neither_lost_nor_wider_but_said() -> None:
    there = [person(), entry(), *bound(LOOK, SHELL), key(), REGISTRY, opened(*PULL), inline(DEVELOPER, RECEIVES)]
    for number, path, id_ in ((2, "rules", LOST), (3, "subjects", LOST), (6, "policy", LOST), (7, "policy", LOST)):
        for hidden in (Unknown(), Secret.of(1)):
            after = [changed(made, **{path: hidden}) if at == number else made for at, made in enumerate(there)]
            assert texts(there, after) == []
            assert id_ in undecided(there, after)
            assert told(step(after, there), WIDENED, TRUST_WIDENED) == []


RULES = st.lists(
    st.builds(
        rule,
        st.sampled_from(["", "apps"]),
        st.sampled_from(["pods", "secrets", "deployments"]),
        st.sampled_from(["get", "list", "create"]),
    ),
    max_size=5,
)
STATEMENTS = st.lists(
    st.builds(
        lambda action, on, effect: {**allow(action, on=on), "Effect": effect},
        st.sampled_from(["sqs:ReceiveMessage", "sqs:*", "s3:GetObject", "kms:Decrypt"]),
        st.sampled_from([QUEUE, "*", "arn:aws:s3:::events/*"]),
        st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    ),
    max_size=4,
)
LIMITS = st.lists(
    st.sampled_from([OTHER_TEAMS, NO_IAM, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]), max_size=3
)


def stack(rules: list[Any], statements: list[Any], limits: list[Any]) -> list[Resource]:
    return [within(person()), entry(), key(), boundary(*limits), *bound(*rules), inline(DEVELOPER, *statements)]


@settings(max_examples=60)
@given(RULES, STATEMENTS, LIMITS, st.data())
def test_whatever_is_tightened_nothing_is_called_wider(
    rules: list[Any], statements: list[Any], limits: list[Any], data: st.DataObject
) -> None:
    def some(of: list[Any], effect: str = "Allow") -> list[Any]:
        return [item for item in of if item.get("Effect", "Allow") != effect or data.draw(st.booleans())]

    more = limits + data.draw(LIMITS)
    after = stack(some(rules), some(statements), more)
    assert told(step(stack(rules, statements, limits), after), WIDENED, TRUST_WIDENED, BOUNDARY) == []


@settings(max_examples=60)
@given(RULES, st.data())
def test_every_rule_that_is_taken_away_whole_is_told(rules: list[Any], data: st.DataObject) -> None:
    left = [item for item in rules if data.draw(st.booleans())]
    lost = [item for item in rules if item not in left]
    there = [person(), entry()]
    found = texts([*there, *bound(*rules)], [*there, *bound(*left)])
    assert bool(found) is bool(lost)
    if lost and left:
        assert all(f"{item['verbs'][0]} {item['resources'][0]}" in found[0] for item in lost)


@settings(max_examples=40)
@given(RULES, STATEMENTS, LIMITS, st.data())
def test_whatever_is_hidden_no_rule_breaks(
    rules: list[Any], statements: list[Any], limits: list[Any], data: st.DataObject
) -> None:
    there = stack(rules, statements, limits)
    made = data.draw(st.sampled_from(there))
    path = data.draw(st.sampled_from([*made.inputs]))
    odd = data.draw(st.sampled_from([Unknown(), Secret.of(1), 7, [7], "odd", {"odd": 7}, [Unknown()], None]))
    if path not in ("kind", "apiVersion"):
        after = [changed(each, **{path: odd}) if each is made else each for each in there]
        list(findings(step(there, after)))
        list(findings(step(after, there)))


def patterns(*arns: str) -> Resource:
    """A role that people by these patterns of their ARN take on, as teams' roles are."""
    return role(trust={**PEOPLE, "Condition": {"ArnLike": {"aws:PrincipalArn": list(arns)}}})


SSO = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_"


@pytest.mark.parametrize(
    ("before", "after", "lost", "wider"),
    [
        ([f"{SSO}Data_*", f"{SSO}Ops_*"], [f"{SSO}Data_*"], f"ArnLike {SSO}Ops_*.", ""),
        ([f"{SSO}Data_*"], [f"{SSO}Data_1*"], f"ArnLike {SSO}Data_1*.", ""),
        ([f"{SSO}Data_*"], [f"{SSO}*"], "", f"{SSO}* (everybody of Identity Center)."),
        ([f"{SSO}Data_*"], ["arn:aws:iam::*:role/aws-reserved/*"], "", "(everybody of Identity Center)."),
        ([f"{SSO}Data_*"], [f"{SSO}Data_?*", f"{SSO}Data_*"], "", ""),
    ],
    ids=["taken away", "narrowed", "everybody", "everything reserved", "said twice"],
)
def test_people_are_lost_and_won_by_what_patterns_mean(
    before: list[str], after: list[str], lost: str, wider: str
) -> None:
    asked = step([patterns(*before)], [patterns(*after)])
    assert [each.what.endswith(lost) for each in told(asked)] == ([True] if lost else [])
    assert [each.what.endswith(wider) for each in told(asked, TRUST_WIDENED)] == ([True] if wider else [])


def test_an_app_whose_role_is_given_to_no_pods_any_more_is_told() -> None:
    given = {"namespace": "payments", "serviceAccount": "web", "roleArn": f"{ROLE}/{INGEST}"}
    pods = resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "web", given)
    assert texts([app(), pods], [app()]) == [f"Role {INGEST} could no longer be taken on by pods of payments/web."]
    assert texts([app(), pods], [app(), changed(pods, namespace="payments-2")]) == []


@pytest.mark.parametrize(
    ("actions", "on", "more", "is_found"),
    [
        (["s3:Get*", "ssm:Send*"], ["arn:*"], {}, True),
        (["s3:Get*"], ["*:*"], {}, True),
        (["s3:Get*"], ["arn:aws:s3:::*"], {}, True),
        (["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:*:*:secret:*"], {}, True),
        (["s3:Get*"], ["arn:aws:*"], {"Condition": {"StringLike": {"aws:PrincipalTag/team": "*"}}}, True),
        (["s3:Get*"], ["arn:aws:*"], {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:*"}}}, True),
        (["s3:Get*"], ["arn:aws:*"], {"Condition": {"StringEquals": {"aws:ResourceTag/team": "payments"}}}, False),
        (["s3:Get*"], ["arn:aws:s3:::acme-*"], {}, False),
        (["s3:Get*"], ["arn:aws:sqs:*"], {}, False),
        (["ec2:Describe*"], ["*"], {}, False),
        (["ecr:GetAuthorizationToken"], ["*"], {}, False),
    ],
)
def test_what_a_policy_covers_is_judged_and_not_how_it_is_written(
    actions: list[str], on: list[str], more: dict[str, Any], is_found: bool
) -> None:
    given = inline(INGEST, {"Effect": "Allow", "Action": actions, "Resource": on, **more})
    assert bool(told(step([app()], [app(), given]), "access/wildcard")) is is_found


def test_all_but_some_actions_or_resources_is_nearly_everything() -> None:
    for part in ({"NotAction": "iam:*", "Resource": "arn:*"}, {"Action": "s3:*", "NotResource": QUEUE}):
        assert told(step([app()], [app(), inline(INGEST, {"Effect": "Allow", **part})]), "access/wildcard")


@given(
    st.text("ab*?", max_size=5),
    st.lists(st.text("ab*?", max_size=4), min_size=1, max_size=3),
    st.text("abc", max_size=5),
)
def test_whatever_a_covered_pattern_means_one_of_the_others_means(pattern: str, others: list[str], text: str) -> None:
    assert covered(pattern, [pattern])
    if like(pattern, text) and covered(pattern, others):
        assert any(like(other, text) for other in others)
    if not set("*?") & set(pattern):
        assert covered(pattern, others) is any(like(other, pattern) for other in others)
