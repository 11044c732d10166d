"""Where an app's images lie."""

import re
from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecr
from typing_extensions import TypedDict

from roadstead.core.forms import account_problems, in_region
from roadstead.core.problems import checked, problem, spec
from roadstead.identity.sizes import LONGEST_ROLE_ARN, REGISTRY, size_problems
from roadstead.registry.policies import (
    RELEASE_TAG_PREFIXES,
    lifecycle_policy,
    release_prefix_problems,
    repository_policy,
)

DEFAULT_UNTAGGED_DAYS, DEFAULT_PREVIEW_DAYS = 7, 14
MOST_DAYS = 36_500
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*")


@spec
class RepositorySpec(TypedDict):
    """An image repository and how long it keeps what nothing pins."""

    repository_name: str
    """Name as people type it, e.g. "payments/api"."""
    untagged_days: NotRequired[int]
    """Days after which images without a tag are removed. Default: 7."""
    preview_days: NotRequired[int]
    """Days after which images with a tag that starts with "pr-", and none of a release's, are removed. Default: 14."""
    release_tag_prefixes: NotRequired[list[str]]
    """With what the tags of images begin that a release may pin: these stay, whatever other tags they have. Default: "v", "release-", "main-", "sha-" and the digits."""
    pull_account_ids: NotRequired[list[str]]
    """Other AWS accounts whose nodes pull these images. Default: none; nodes of this account may pull in any case."""


class RepositoryArgs(RepositorySpec):
    """The repository, and who may use it."""

    region: str
    """AWS region of the repository."""
    key_arn: Input[str]
    """ARN of the KMS key that encrypts the images. Cannot be changed later."""
    push_role_arns: NotRequired[list[Input[str]]]
    """ARNs of roles, usually the team's CI role, that push and pull. Default: none."""
    pull_role_arns: NotRequired[list[Input[str]]]
    """ARNs of roles that only pull. Default: none."""
    tags: NotRequired[dict[str, str]]
    """Tags of the repository. Default: none."""


class Repository(pulumi.ComponentResource):
    """An ECR repository for the images of one app.

    Makes the repository (tags cannot be moved, images are scanned on push and encrypted with the given key), a lifecycle
    policy that never removes an image with a tag of a release (an image that a release pins must have one, or no tag that
    starts with "pr-"), and a policy of who may push and pull.

    Grants `push_role_arns` push and pull; `pull_role_arns` and the accounts of `pull_account_ids` pull.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """

    repository_url: Output[str]
    """Where images are pushed to and pulled from, without a tag."""
    repository_arn: Output[str]
    """ARN of the repository."""

    def __init__(self, name: str, args: RepositoryArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(Repository, name, args, problems)
        super().__init__("roadstead:index:Repository", name, {**args}, opts)
        child = ResourceOptions(parent=self)

        repository = ecr.Repository(
            name,
            name=args["repository_name"],
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args["key_arn"]}],
            tags=args.get("tags"),
            opts=child,
        )
        ecr.LifecyclePolicy(
            name,
            repository=repository.name,
            policy=lifecycle_policy(
                args.get("untagged_days", DEFAULT_UNTAGGED_DAYS),
                args.get("preview_days", DEFAULT_PREVIEW_DAYS),
                args.get("release_tag_prefixes", RELEASE_TAG_PREFIXES),
            ),
            opts=child,
        )
        push, pull = args.get("push_role_arns", []), args.get("pull_role_arns", [])
        accounts = args.get("pull_account_ids", [])
        if push or pull or accounts:
            ecr.RepositoryPolicy(
                name,
                repository=repository.name,
                policy=Output.all(push=push, pull=pull).apply(
                    lambda roles: repository_policy(roles["push"], roles["pull"], accounts, args["region"])
                ),
                opts=child,
            )

        self.repository_url = repository.repository_url
        self.repository_arn = repository.arn
        self.register_outputs({"repository_url": self.repository_url, "repository_arn": self.repository_arn})


def problems(repository: RepositoryArgs) -> list[str]:
    """What the types cannot say about a repository."""
    found = in_region(repository)
    name = repository["repository_name"]
    if not 2 <= len(name) <= 256 or not _NAME.fullmatch(name):
        expected = "2 to 256 of a-z, 0-9 and single '.', '_', '-', '/' between them, e.g. 'payments/api'"
        found.append(problem("repository_name", "no name of a repository", name, expected))
    for key in ("untagged_days", "preview_days"):
        days = repository.get(key, 1)
        if not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
            found.append(problem(key, "no number of days", days, f"1 to {MOST_DAYS}"))
    found += release_prefix_problems("release_tag_prefixes", repository.get("release_tag_prefixes", []))
    for account_id in repository.get("pull_account_ids", []):
        found += account_problems("pull_account_ids", account_id)
    return found or _size_problems(repository)


def _size_problems(repository: RepositoryArgs) -> list[str]:
    push = [LONGEST_ROLE_ARN] * len(repository.get("push_role_arns", []))
    pull = [LONGEST_ROLE_ARN] * len(repository.get("pull_role_arns", []))
    policy = repository_policy(push, pull, repository.get("pull_account_ids", []), repository["region"])
    return size_problems("pull_account_ids", "a repository's policy", policy, REGISTRY)
