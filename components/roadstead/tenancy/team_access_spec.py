"""Who belongs to a team, without Pulumi."""

from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.forms import principal_pattern_problems
from roadstead.identity.github import GithubRepositorySpec, github_problems
from roadstead.problems import spec
from roadstead.tenancy.personas import DEPLOYER, DEVELOPER, PERSONAS, VIEWER


@spec
class PeopleSpec(TypedDict):
    """The people of a team: ARNs of the IAM roles or users that they come with, `*` allowed within a name."""

    developers: NotRequired[list[str]]
    """Those who may look, restart pods, and use the team's key. Default: nobody."""
    viewers: NotRequired[list[str]]
    """Those who may only look. Default: nobody."""


@spec
class TeamAccessSpec(TypedDict):
    """A team's people and the repositories that deploy for it."""

    people: NotRequired[PeopleSpec]
    """The team's people. Default: nobody."""
    github_repositories: NotRequired[list[GithubRepositorySpec]]
    """Git repositories on GitHub whose workflows push images and deploy, from the GitHub environment that is named as ours is. Default: none."""


def problems(access: TeamAccessSpec) -> list[str]:
    """What the types cannot say about a team's access."""
    found = []
    people = access.get("people", {})
    for kind, principals in (("developers", people.get("developers", [])), ("viewers", people.get("viewers", []))):
        for index, arn in enumerate(principals):
            found += principal_pattern_problems(f"people.{kind}.{index}", arn)
    for index, repository in enumerate(access.get("github_repositories", [])):
        found += github_problems(f"github_repositories.{index}", repository)
    return found


def personas(access: TeamAccessSpec) -> list[str]:
    """The personas that somebody has."""
    people = access.get("people", {})
    somebody = {
        DEVELOPER: people.get("developers"),
        DEPLOYER: access.get("github_repositories"),
        VIEWER: people.get("viewers"),
    }
    return [persona for persona in PERSONAS if somebody[persona]]
