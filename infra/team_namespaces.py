"""What the objects of teams' namespaces may have, as it follows from the rest of the files."""

from checks import apps
from roadstead.tenancy.team_namespace_spec import TeamNamespaceSpec
from roadstead.workload.network_rules import outside
from settings import Settings


def namespaces(team: str, settings: Settings) -> dict[str, TeamNamespaceSpec]:
    """A team's namespaces; each may have the ways out that the apps in it say they need."""
    return {
        name: _with_ways_out(spec, team, name, settings) for name, spec in settings.teams[team]["namespaces"].items()
    }


def _with_ways_out(spec: TeamNamespaceSpec, team: str, namespace: str, settings: Settings) -> TeamNamespaceSpec:
    here = (app for owner, _, app, home in apps(settings.teams) if (owner, home) == (team, namespace))
    ways = [way for app in here for way in outside(app)]
    allowed = spec.get("allowed", {})
    return {**spec, "allowed": {**allowed, "egress": [*allowed.get("egress", []), *ways]}} if ways else spec
