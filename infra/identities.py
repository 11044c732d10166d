"""Whether those who work in an environment, and what works for them, can be told apart in AWS. Pure functions to problems."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from roadstead.cluster.cluster_spec import ClusterSpec
from roadstead.core.forms import partition_problems
from roadstead.core.problems import problem
from roadstead.tenancy.personas import PERSONAS
from spec import TeamFileSpec

LONGEST_ROLE_NAME = 64
MADE_UP = len("-1234567")
"""What Pulumi puts after the name of a role that is given none."""


def people_problems(team: TeamFileSpec, cluster: ClusterSpec, prefix: str, region: str) -> list[str]:
    """Whether a team's people are of this partition and are not the administrators, and these not the team's own roles.

    EKS has one access entry a role, and an administrator may take on no team's role by the way.
    """
    found = []
    admins = {
        **{f"admins.{name}": arn for name, arn in cluster["admins"].items()},
        "break_glass": cluster["break_glass"],
    }
    for path, pattern in _people(team):
        found += partition_problems(path, pattern, region)
        for name, arn in admins.items():
            if fnmatchcase(arn.casefold(), pattern.casefold()):
                expected = f"principals without {arn}, who is the cluster's {name}"
                found.append(problem(path, "means an administrator too", pattern, expected))
    own = {f"{prefix}-{persona}" for persona in PERSONAS}
    for name, arn in admins.items():
        if arn.rpartition("/")[2] in own:
            expected = f"another role than the team's own, for which there is an access entry: not {arn}"
            found.append(problem("people", f"the cluster's {name} is a role of this team", arn, expected))
    found += [
        text
        for app_name, app in team.get("apps", {}).items()
        for index, permission in enumerate(app.get("aws_permissions", []))
        for resource in permission["resources"]
        for text in partition_problems(f"apps.{app_name}.aws_permissions.{index}.resources", resource, region)
    ]
    return found


def _people(team: TeamFileSpec) -> Iterator[tuple[str, str]]:
    people = team.get("people", {})
    for kind, patterns in (("developers", people.get("developers", [])), ("viewers", people.get("viewers", []))):
        yield from ((f"people.{kind}.{index}", pattern) for index, pattern in enumerate(patterns))


def role_name_problems(path: str, name: str) -> list[str]:
    """Whether an app's role can have its name, with the digits that Pulumi puts after it."""
    if len(name) + MADE_UP <= LONGEST_ROLE_NAME:
        return []
    most = LONGEST_ROLE_NAME - MADE_UP
    expected = f"at most {most} in team, '.' and app together: IAM's names of roles have {LONGEST_ROLE_NAME}"
    return [problem(path, "too long a name for its role", name, expected)]
