"""Trust of roles that GitHub Actions takes on, without a stored key.

https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
"""

import re
from collections.abc import Iterable, Sequence
from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core.problems import problem, spec
from roadstead.identity.documents import document

HOST = "token.actions.githubusercontent.com"
ISSUER = f"https://{HOST}"
AUDIENCE = "sts.amazonaws.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}")
_NEVER = (".git", "/.", "/..")
"""How no name of a repository ends."""


@spec
class GithubRepositorySpec(TypedDict):
    """A Git repository on GitHub whose workflows deploy."""

    name: str
    """Owner and repository, e.g. "acme/payments", in the letters that GitHub writes: case counts, and other letters let nobody in."""
    owner_id: NotRequired[int]
    """GitHub's number of the owner: with it, nobody who takes over the name gets in. Default: any."""
    repository_id: NotRequired[int]
    """GitHub's number of the repository. Default: any."""


def github_trust(provider_arn: str, repositories: Sequence[GithubRepositorySpec], environment: str) -> str:
    """Trust in workflow jobs of these repositories that run in one GitHub environment."""
    subjects = [subject for repository in repositories for subject in _subjects(repository, environment)]
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{HOST}:aud": AUDIENCE},
                "StringLike": {f"{HOST}:sub": subjects},
            },
        }
    )


def github_problems(path: str, repository: GithubRepositorySpec) -> list[str]:
    """What the types cannot say about a repository on GitHub."""
    found = []
    name = repository["name"]
    if not _REPOSITORY.fullmatch(name) or name.endswith(_NEVER):
        meant = re.sub(r"^(https?://|git@)(www\.)?github\.com[/:]|(\.git)?/?$", "", name.strip())
        expected = "owner and repository, e.g. 'acme/payments'"
        expected += f": write {meant}" if _REPOSITORY.fullmatch(meant) and not meant.endswith(_NEVER) else ""
        found.append(problem(f"{path}.name", "no repository on GitHub", name, expected))
    for key in ("owner_id", "repository_id"):
        number = repository.get(key, 1)
        if not isinstance(number, int) or number < 1:
            found.append(problem(f"{path}.{key}", "no number of GitHub's", number, "1 or more, or no such key"))
    return found


def number_problems(repositories: Iterable[tuple[str, GithubRepositorySpec]]) -> list[str]:
    """Whether repositories, each with where it stands, give one owner or repository two numbers: one of them lets nobody in."""
    found, first = [], dict[tuple[str, str], tuple[str, int]]()
    for path, repository in repositories:
        name = repository["name"].lower()
        for key, called in (("owner_id", name.partition("/")[0]), ("repository_id", name)):
            if key not in repository:
                continue
            number: int = repository[key]  # type: ignore[literal-required]
            where, before = first.setdefault((key, called), (path, number))
            if number != before:
                what = f"another number of {called} than at {where}.{key}"
                found.append(problem(f"{path}.{key}", what, number, f"{before}, or that one mended"))
    return found


def provider_problems(path: str, arn: str) -> list[str]:
    """Whether an ARN can be of an account's IAM OIDC provider for GitHub Actions."""
    if re.fullmatch(rf"arn:[a-z-]+:iam::\d{{12}}:oidc-provider/{re.escape(HOST)}(/[\w-]+)?", arn, re.ASCII):
        return []
    expected = f"e.g. 'arn:aws:iam::111122223333:oidc-provider/{HOST}'"
    return [problem(path, "no ARN of an OIDC provider of GitHub's", arn, expected)]


def _subjects(repository: GithubRepositorySpec, environment: str) -> list[str]:
    """Both forms of the token's subject: repositories made or renamed since 2026-07-15 carry numbers in it.

    The `*` for a number that nobody gave stays within the owner: no part of a subject but GitHub's own can hold `:`.
    """
    owner, name = repository["name"].split("/")
    owner_id, repository_id = repository.get("owner_id", "*"), repository.get("repository_id", "*")
    return [
        f"repo:{owner}/{name}:environment:{environment}",
        f"repo:{owner}@{owner_id}/{name}@{repository_id}:environment:{environment}",
    ]
