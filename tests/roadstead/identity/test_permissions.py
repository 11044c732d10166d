"""Rights that no request would ever get are not asked for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.identity.permissions import action_problems, never_granted, overlap, resource_problems

BUCKET, OBJECTS, QUEUE = "arn:aws:s3:::acme", "arn:aws:s3:::acme/*", "arn:aws:sqs:eu-west-1:*:jobs"


@pytest.mark.parametrize(
    ("actions", "resources", "said"),
    [
        (["cloudwatch:PutMetricData"], ["arn:aws:cloudwatch:eu-west-1:111122223333:x"], "no resource that cloudwatch:PutMetricData takes"),
        (["xray:PutTraceSegments"], [QUEUE], "expected '*', in a permission of their own"),
        (["s3:GetObject"], ["*"], "all of the account; got '*' for s3:GetObject"),
        (["xray:PutTraceSegments"], ["arn:aws:xray:::*"], "no resource that xray:PutTraceSegments takes"),
        (["s3:GetObject"], ["*", OBJECTS], "all of the account; got '*' for s3:GetObject"),
        (["s3:PutObject", "cloudwatch:PutMetricData"], ["*"], "all of the account; got '*' for s3:PutObject"),
        (["s3:PutObject", "cloudwatch:PutMetricData"], [OBJECTS], "no resource that cloudwatch:PutMetricData takes"),
        (["s3:ListBucket"], [OBJECTS], "no resource that s3:ListBucket takes, so that it is never granted"),
        (["s3:GetObject"], [BUCKET], "no resource that s3:GetObject takes"),
        (["s3:GetObject"], [QUEUE], "no resource that s3:GetObject takes"),
        (["sqs:Receive*"], [BUCKET], "no resource that sqs:Receive* takes"),
    ],
)  # fmt: skip
def test_what_would_never_be_granted_is_said(actions: list[str], resources: list[str], said: str) -> None:
    (line,) = never_granted(actions, resources)
    assert said in line


@pytest.mark.parametrize(
    ("actions", "resources"),
    [
        (["cloudwatch:PutMetricData", "xray:PutTraceSegments"], ["*"]),
        (["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS]),
        (["s3:getobject"], [OBJECTS]),
        (["s3:GetObject"], ["arn:aws:s3:::acme*"]),
        (["s3:Get*"], [BUCKET]),
        (["sqs:ReceiveMessage"], [QUEUE]),
        (["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-*"]),
        (["kms:Decrypt"], ["arn:aws:kms:eu-west-1:111122223333:key/0b1c"]),
        (["dynamodb:Query"], ["arn:aws:dynamodb:eu-west-1:111122223333:table/a/index/b"]),
        (["sns:Publish"], ["arn:*:sns:*:*:topic-?"]),
        (["logs:PutLogEvents"], ["arn:aws:logs:eu-west-1:111122223333:log-group:/a/b:*"]),
    ],
)
def test_what_can_be_granted_is_accepted(actions: list[str], resources: list[str]) -> None:
    assert never_granted(actions, resources) == []


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("s3:GetObjct", "no action of s3 (did you mean 's3:GetObject'"),
        ("s3:Fetch*", "no action of s3; got 's3:Fetch*'; expected an action that s3 had on 20"),
        ("dynamo:GetItem", "no service of AWS (did you mean 'dynamodb'"),
    ],
)
def test_an_action_that_there_is_not_is_named_with_those_that_it_resembles(action: str, said: str) -> None:
    (line,) = action_problems("actions", action)
    assert said in line


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:getobject", "s3:Get*", "execute-api:Invoke"])
def test_an_action_that_there_is_is_known_in_any_case(action: str) -> None:
    assert action_problems("actions", action) == []


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        ("bucket", "no ARN; got 'bucket'"),
        ("arn:aws:sqs:eu-wets-1:111122223333:x", "no region of AWS, 'eu-wets-1'"),
        ("arn:aws:sqs:eu-west-1:1111:x", "no AWS account, '1111'"),
    ],
)
def test_an_arn_names_a_region_and_an_account_that_there_can_be(arn: str, said: str) -> None:
    (line,) = resource_problems("resources", arn)
    assert said in line


SIGNS = st.text("ab/:*?", max_size=6)
PATTERNS = st.lists(st.sampled_from(["a", "b", "/", ":", "${Name}", "${Account}"]), max_size=5).map("".join)
TEXTS = st.text("ab/:", max_size=6)


def reads(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern, as regular expressions decide it."""
    parts = re.split(r"(\*|\?|\$\{Name\}|\$\{Account\})", pattern)
    meaning = {"*": ".*", "?": ".", "${Name}": ".*", "${Account}": "[^/:]*"}
    return re.fullmatch("".join(meaning.get(part, re.escape(part)) for part in parts), text) is not None


@given(SIGNS, PATTERNS, TEXTS)
def test_two_patterns_meet_where_a_text_is_of_both(arn: str, pattern: str, text: str) -> None:
    if reads(arn, text) and reads(pattern, text):
        assert overlap(arn, pattern)


@given(TEXTS, PATTERNS)
def test_an_arn_without_wildcards_meets_just_the_patterns_that_it_is_of(arn: str, pattern: str) -> None:
    assert overlap(arn, pattern) is reads(pattern, arn)
