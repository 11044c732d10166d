"""Who belongs to a team, without Pulumi."""

from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core.forms import partition, principal_pattern_problems
from roadstead.core.problems import spec
from roadstead.identity.github import HOST, GithubRepositorySpec, github_problems, github_trust, number_problems
from roadstead.identity.people import people_trust
from roadstead.identity.sizes import TRUST_ON_REQUEST, size_problems, trust_warning
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
    repositories = [
        (f"github_repositories.{index}", each) for index, each in enumerate(access.get("github_repositories", []))
    ]
    for path, repository in repositories:
        found += github_problems(path, repository)
    return found + number_problems(repositories)


def trusts(access: TeamAccessSpec, environment: str, account_id: str, region: str, provider_arn: str) -> dict[str, str]:
    """The trust policy of each persona that somebody has."""
    people = access.get("people", {})
    found = {
        persona: people_trust(principals, account_id, region)
        for persona, principals in ((DEVELOPER, people.get("developers", [])), (VIEWER, people.get("viewers", [])))
        if principals
    }
    if access.get("github_repositories"):
        found[DEPLOYER] = github_trust(provider_arn, access["github_repositories"], environment)
    return found


def trust_warnings(access: TeamAccessSpec, environment: str, account_id: str, region: str) -> list[str]:
    """What to say of trust policies that an account takes only after somebody asked AWS for it."""
    documents = _documents(access, environment, account_id, region)
    said = (trust_warning(f"the team's {persona} in {environment}", text) for persona, text in documents.items())
    return [text for text in said if text]


def _documents(access: TeamAccessSpec, environment: str, account_id: str, region: str) -> dict[str, str]:
    provider = f"arn:{partition(region)}:iam::{account_id}:oidc-provider/{HOST}"
    return trusts(access, environment, account_id, region, provider)


def trust_problems(access: TeamAccessSpec, environment: str, account_id: str, region: str) -> list[str]:
    """Trust policies that are longer than any account takes them."""
    keys = {DEVELOPER: "people.developers", VIEWER: "people.viewers", DEPLOYER: "github_repositories"}
    return [
        text
        for persona, document in _documents(access, environment, account_id, region).items()
        for text in size_problems(keys[persona], "a role's trust policy", document, TRUST_ON_REQUEST)
    ]


def personas(access: TeamAccessSpec) -> list[str]:
    """The personas that somebody has."""
    people = access.get("people", {})
    somebody = {
        DEVELOPER: people.get("developers"),
        DEPLOYER: access.get("github_repositories"),
        VIEWER: people.get("viewers"),
    }
    return [persona for persona in PERSONAS if somebody[persona]]
