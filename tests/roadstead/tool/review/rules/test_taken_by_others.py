"""What is lost, refused or given away by a change of something else than who loses it: told of all the same."""

from typing import Any

from tests.graphs import (
    ROOT_STATEMENT,
    allow,
    changed,
    deployment,
    diff,
    graph,
    inline,
    key,
    kubernetes,
    namespace,
    only,
    resource,
    role,
)
from tests.roadstead.tool.review.rules.table import found
from tests.roadstead.tool.review.rules.test_access import LOOK, bound
from tests.roadstead.tool.review.rules.test_access_lost import DEVELOPER, PODS, entry

from roadstead.tool.offline.graph import Resource
from roadstead.tool.review.access.lost import LOST
from roadstead.tool.review.access.patterns import covered
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.rules import access, admission, protection
from roadstead.tool.review.rules.admission import RESOURCES

LOGS = allow("kms:Decrypt", "kms:Encrypt", Principal={"Service": "logs.eu-west-1.amazonaws.com"})
PIPELINE = role("payments.ingest", trust=PODS)


def lost(base: list[Resource], head: list[Resource]) -> list[str]:
    return [each.what for each in found(access.findings, diff(graph(*base), graph(*head)), LOST)]


def test_a_service_in_another_region_or_asked_in_other_circumstances_is_still_let_in() -> None:
    elsewhere = allow("kms:Decrypt", "kms:Encrypt", Principal={"Service": "logs.eu-central-1.amazonaws.com"})
    assert lost([key("logs", ROOT_STATEMENT, LOGS)], [key("logs", ROOT_STATEMENT, elsewhere)]) == []
    one, other = ({**PODS, "Condition": {"StringEquals": {"aws:SourceAccount": account}}} for account in "12")
    assert lost([role("ingest", trust=one)], [role("ingest", trust=other)]) == []


def association(account: str) -> Resource:
    inputs = {"namespace": "payments", "serviceAccount": account, "roleArn": PIPELINE.computed["arn"]}
    return resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "ingest", inputs)


def running_as(account: str) -> Resource:
    return deployment("ingest", pod={"serviceAccountName": account})


def test_who_keeps_a_role_and_loses_the_access_entry_is_in_the_cluster_no_more() -> None:
    there = [namespace(), role(), *bound(LOOK)]
    said = lost([*there, entry()], there)
    assert [DEVELOPER in what and "no rights in the cluster" in what for what in said] == [True]


def test_a_service_of_aws_that_a_key_no_longer_lets_in_is_named() -> None:
    said = lost([key("logs", ROOT_STATEMENT, LOGS)], [key("logs", ROOT_STATEMENT)])
    assert said == ["logs.amazonaws.com could no longer use kms:Decrypt, kms:Encrypt (key logs)."]


def test_a_service_whose_actions_are_only_written_otherwise_loses_nothing() -> None:
    wider = allow("kms:*crypt", Principal={"Service": ["logs.eu-west-1.amazonaws.com"]})
    assert lost([key("logs", ROOT_STATEMENT, LOGS)], [key("logs", wider, ROOT_STATEMENT)]) == []


def test_a_service_that_a_role_no_longer_trusts_is_named() -> None:
    trust = allow("sts:AssumeRole", Principal={"Service": "vpc-flow-logs.amazonaws.com"})
    said = lost([role("flow-logs", trust=trust)], [role("flow-logs")])
    assert said == ["Role flow-logs could no longer be taken on by vpc-flow-logs.amazonaws.com."]


def test_pods_under_another_service_account_lose_the_role_of_the_first() -> None:
    there = [namespace(), PIPELINE, association("ingest")]
    said = lost([*there, running_as("ingest")], [*there, running_as("default")])
    assert said == ["Role payments.ingest could no longer be taken on by pods of payments/ingest."]


def test_pods_whose_service_account_is_renamed_with_its_association_lose_nothing() -> None:
    there = [namespace(), PIPELINE]
    before, after = ([*there, association(name), running_as(name)] for name in ("ingest", "intake"))
    assert lost(before, after) == []


def quota(**hard: str) -> Resource:
    return kubernetes("ResourceQuota", "quota", "payments", spec={"hard": hard})


def refused(*resources: Resource) -> list[str]:
    return [each.what for each in found(admission.findings, only(graph(namespace(), *resources)), RESOURCES)]


def test_a_quota_under_what_the_fewest_replicas_ask_for_refuses_pods() -> None:
    there = deployment(replicas=3, cpu="500m", memory="1Gi")
    said = refused(quota(**{"requests.cpu": "1", "requests.memory": "8Gi", "pods": "10"}), there)
    assert [("more than its quota" in what, "cpu 1.5 times" in what) for what in said] == [(True, True)]


def test_a_quota_that_holds_the_fewest_replicas_refuses_none() -> None:
    hard = {"requests.cpu": "1500m", "requests.memory": "3Gi", "pods": "3"}
    assert refused(quota(**hard), deployment(replicas=3, cpu="500m", memory="1Gi")) == []


def too_wide(*statements: dict[str, Any]) -> list[str]:
    made = graph(role("payments.ingest"), inline("payments.ingest", *statements))
    return [each.what for each in found(access.findings, only(made), "access/wildcard")]


def test_whoever_may_take_on_every_role_has_the_rights_of_all_of_them() -> None:
    for on in ("*", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/*"):
        assert len(too_wide(allow("sts:AssumeRole", on=on))) == 1, on
    assert too_wide(allow("sts:AssumeRole", on="arn:aws:iam::111122223333:role/reports")) == []


def test_a_message_to_every_queue_is_too_much_and_a_metric_is_not() -> None:
    assert len(too_wide(allow("sqs:SendMessage", on="arn:aws:*:*:*:*"))) == 1
    assert too_wide(allow("cloudwatch:PutMetricData"), allow("sqs:SendMessage", on="arn:aws:sqs:*:*:payments-*")) == []


def test_many_patterns_of_one_beginning_are_followed_together() -> None:
    """With every place of every pattern their sets would be more than a machine can hold."""
    letters = [chr(number) for number in range(ord("!"), ord("~")) if chr(number) not in "*?"]
    some = [f"arn:aws:sqs:*:*:{letter}*" for letter in letters]
    assert not covered("arn:aws:sqs:*:*:?*", some)
    assert covered("arn:aws:sqs:*:*:a?*", some)


def test_a_list_that_was_empty_is_compared_with_what_holds_without_it() -> None:
    node = resource("aws:ec2/launchTemplate:LaunchTemplate", "system", {})
    public = changed(node, networkInterfaces=[{"associatePublicIpAddress": "true"}])
    said = protection.findings(compare("test", graph(node), graph(public)))
    assert [getattr(each, "rule", "") for each in said] == ["protection/network"]
