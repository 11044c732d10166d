"""What a team may have, without Pulumi."""

from roadstead.core.problems import problem, spec, within
from roadstead.tenancy import team_access_spec, team_namespace_spec
from roadstead.tenancy.team_access_spec import TeamAccessSpec
from roadstead.tenancy.team_namespace_spec import TeamNamespaceSpec, name_problems


@spec
class TeamSpec(TeamAccessSpec):
    """A team: its people, the repositories that deploy for it, and its namespaces."""

    namespaces: dict[str, TeamNamespaceSpec]
    """The team's namespaces by name."""


def problems(team: TeamSpec) -> list[str]:
    """What the types cannot say about a team."""
    found = team_access_spec.problems(team)
    if not team["namespaces"]:
        found.append(problem("namespaces", "none", {}, "at least one namespace"))
    for name, namespace in team["namespaces"].items():
        found += name_problems(f"namespaces.{name}", name)
        found += within(f"namespaces.{name}", team_namespace_spec.problems(namespace))
    return found
