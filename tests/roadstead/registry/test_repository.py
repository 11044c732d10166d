import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.examples import smallest
from tests.support import ACCOUNT, REGION, ROLE, deploy, refusal

from roadstead import Repository
from roadstead.registry.policies import (
    MOST_IMAGES,
    MOST_RELEASE_PREFIXES,
    PREVIEW_TAG_PREFIX,
    RELEASE_TAG_PREFIXES,
    lifecycle_policy,
)
from roadstead.tool.offline.graph import Graph


def made(**changes: Any) -> Graph:
    return deploy(lambda: Repository("payments.api", smallest(Repository, **changes)))


def refused(**changes: Any) -> str:
    return refusal(lambda: Repository("payments.api", smallest(Repository, **changes)))


def statements(**changes: Any) -> dict[str, dict[str, Any]]:
    document = json.loads(made(**changes).one("aws:ecr/repositoryPolicy:RepositoryPolicy").inputs["policy"])
    return {statement["Sid"]: statement for statement in document["Statement"]}


def removed(policy: str, tags: list[str], age_days: int, images: int = 1) -> bool:
    """Whether ECR would expire the oldest of some images that are alike, by the rules of its own documentation.

    A rule asks for all of its prefixes, each of any of the tags. An image that is of the tags that a rule asks for is not
    expired by any later rule.
    """
    for rule in sorted(json.loads(policy)["rules"], key=lambda rule: rule["rulePriority"]):
        selection = rule["selection"]
        if selection["tagStatus"] == "untagged":
            matches = not tags
        else:
            matches = all(any(tag.startswith(prefix) for tag in tags) for prefix in selection["tagPrefixList"])
        if matches:
            reckoned = age_days if selection["countType"] == "sinceImagePushed" else images
            return bool(reckoned > selection["countNumber"])
    return False


def test_a_repository_is_immutable_scanned_and_encrypted() -> None:
    repository = made().one("aws:ecr/repository:Repository").inputs
    assert repository["name"] == "payments/api"
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"}
    ]


def test_without_roles_and_accounts_there_is_no_policy_of_its_own() -> None:
    assert not made().of_type("aws:ecr/repositoryPolicy:RepositoryPolicy")


def test_ci_pushes_and_pulls_and_others_only_pull() -> None:
    rules = statements(push_role_arns=[f"{ROLE}/ci"], pull_role_arns=[f"{ROLE}/dev"], pull_account_ids=["444455556666"])
    assert rules["Push"]["Principal"] == {"AWS": [f"{ROLE}/ci"]}
    assert {"ecr:PutImage", "ecr:BatchGetImage"} <= set(rules["Push"]["Action"])
    assert rules["Pull"]["Principal"] == {"AWS": [f"{ROLE}/dev", "arn:aws:iam::444455556666:root"]}
    assert "ecr:PutImage" not in rules["Pull"]["Action"]


@given(
    tag=st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.-_", min_size=1).filter(
        lambda tag: not tag.startswith(PREVIEW_TAG_PREFIX)
    ),
    age_days=st.integers(0, 10_000),
    untagged=st.integers(1, 400),
    preview=st.integers(1, 400),
)
def test_what_a_release_can_pin_is_never_removed(tag: str, age_days: int, untagged: int, preview: int) -> None:
    assert not removed(lifecycle_policy(untagged, preview, RELEASE_TAG_PREFIXES), [tag], age_days)


@given(
    release=st.sampled_from([f"{prefix}7" for prefix in RELEASE_TAG_PREFIXES]),
    others=st.lists(st.sampled_from(["pr-12", "pr-9-rc", "latest", "b7"]), max_size=3),
    age_days=st.integers(0, 10_000),
    images=st.integers(1, MOST_IMAGES),
)
def test_an_image_of_a_release_stays_whatever_other_tags_it_has(
    release: str, others: list[str], age_days: int, images: int
) -> None:
    policy = lifecycle_policy(1, 1, RELEASE_TAG_PREFIXES)
    for tags in ([release, *others], [*others, release]):
        assert not removed(policy, tags, age_days, images)


def test_an_image_of_a_preview_alone_goes_though_it_has_several_tags() -> None:
    assert removed(lifecycle_policy(1, 14, RELEASE_TAG_PREFIXES), ["pr-12", "pr-12-rc"], 15)


def test_releases_may_be_named_otherwise() -> None:
    policy = made(release_tag_prefixes=["stable."]).one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"]
    assert not removed(policy, ["pr-12", "stable.3"], 1000)
    assert removed(policy, ["pr-12", "v3"], 1000)


@pytest.mark.parametrize("prefix", ["p", "pr-", "pr-1", "", "a b", "*"])
def test_a_prefix_that_would_keep_every_preview_or_that_no_tag_has_is_refused(prefix: str) -> None:
    said = refused(release_tag_prefixes=[prefix])
    assert f"release_tag_prefixes: no prefix of releases' tags; got {prefix!r}" in said


def test_ecr_takes_no_more_rules() -> None:
    policy = lifecycle_policy(1, 1, [f"r{n}" for n in range(MOST_RELEASE_PREFIXES)])
    assert len(json.loads(policy)["rules"]) == 50
    assert len(policy) < 30_720
    assert "at most 48 different ones" in refused(release_tag_prefixes=[f"r{n}" for n in range(49)])


def test_what_nothing_pins_goes_after_its_time() -> None:
    policy = made(untagged_days=3, preview_days=5).one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"]
    assert removed(policy, [], 4)
    assert not removed(policy, [], 3)
    assert removed(policy, ["pr-12"], 6)
    assert not removed(policy, ["pr-12"], 5)


def test_the_days_have_defaults() -> None:
    rules = json.loads(made().one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"])["rules"]
    assert [rule["selection"]["countNumber"] for rule in rules[-2:]] == [7, 14]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"repository_name": "Payments"}, "repository_name: no name of a repository; got 'Payments'"),
        ({"repository_name": "a//b"}, "repository_name: no name of a repository; got 'a//b'"),
        ({"repository_name": "a"}, "repository_name: no name of a repository; got 'a'; expected 2 to 256"),
        ({"untagged_days": 0}, "untagged_days: no number of days; got 0; expected 1 to 36500"),
        ({"untagged_days": 36_501}, "untagged_days: no number of days; got 36501"),
        ({"preview_days": "5"}, "preview_days: not a whole number; got '5'"),
        ({"pull_account_ids": ["prod"]}, "pull_account_ids: no AWS account id; got 'prod'"),
    ],
)
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refused(**changes)


def test_more_accounts_than_a_policy_holds_are_refused() -> None:
    said = refused(pull_account_ids=[f"1111{n:08}" for n in range(400)])
    assert "pull_account_ids: too long for a repository's policy; got '" in said
