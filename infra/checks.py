"""What no single spec can say: whether the parts of an environment fit each other. Pure functions to problems."""

from collections.abc import Iterator, Mapping

from identities import people_problems, role_name_problems
from roadstead.cluster import cluster_addons_spec, cluster_spec, node_group_spec
from roadstead.cluster.node_group_spec import ON_DEMAND, NodeGroupSpec
from roadstead.core.forms import account_problems, dns_label_problems, region_problems, registry_problems
from roadstead.core.mending import did_you_mean
from roadstead.core.placement import SYSTEM_TAINT_KEY
from roadstead.core.problems import problem, within
from roadstead.core.tags import RESERVED_TAGS, tag_problems
from roadstead.core.tiers import tier_problems
from roadstead.identity.github import number_problems
from roadstead.identity.github import provider_problems as github_provider_problems
from roadstead.network import network_spec
from roadstead.network.cidrs import overlap_problems
from roadstead.tenancy import team_spec, tenancy_guard_spec
from roadstead.tenancy.team_access import LONGEST_ENVIRONMENT_NAME
from roadstead.tenancy.team_access_spec import trust_problems
from roadstead.tenancy.team_namespace_spec import team_name_problems
from roadstead.workload import app_spec
from roadstead.workload.app_spec import (
    APP_OF_NAMESPACE,
)
from room import node_problems, quota_problems
from spec import StackSpec, TeamAppSpec, TeamFileSpec

MOST_NAMES_IN_A_LINE = 12
NEEDED_IN_AWS = ("account_id", "network", "cluster", "node_groups", "node_release_version")


def environment_problems(environment: str, region: str, stack: StackSpec) -> list[str]:
    """What is wrong with the name of a stack and with its region."""
    found = dns_label_problems("(name of the stack)", environment, longest=LONGEST_ENVIRONMENT_NAME)
    if not region and "existing_cluster" not in stack:
        found.append("aws:region: missing key; expected an AWS region, e.g. 'eu-west-1'")
    return found + (region_problems("aws:region", region) if region else [])


def stack_problems(stack: StackSpec, region: str) -> list[str]:
    """What is wrong with a stack file beyond its types."""
    found = tier_problems(stack["tier"])
    for index, team in enumerate(stack["teams"]):
        found += team_name_problems(f"teams.{index}", team)
        if team in stack["teams"][:index]:
            found.append(problem(f"teams.{index}", "named twice", team, "each team once"))
    if "registry" in stack:
        found += registry_problems("registry", stack["registry"])
    if "isolation" in stack:
        found += tenancy_guard_spec.problems({"isolation": stack["isolation"]})
    if "existing_cluster" in stack:
        beside = [key for key in NEEDED_IN_AWS if key in stack]
        if beside:
            found.append(
                problem("existing_cluster", "set beside the keys of a new cluster", beside, "one or the other")
            )
        return found
    if "github_oidc_provider_arn" in stack:
        found += github_provider_problems("github_oidc_provider_arn", stack["github_oidc_provider_arn"])
    found += [f"{key}: missing key; expected it, or existing_cluster" for key in NEEDED_IN_AWS if key not in stack]
    return found + _aws_problems(stack, region)


def within_project(found: list[str]) -> list[str]:
    """Problems with the configuration key as it stands in the stack file."""
    return [f"roadstead:{text}" for text in found]


def _aws_problems(stack: StackSpec, region: str) -> list[str]:
    """What is wrong with each part, and with what fits what among the parts that are right."""
    groups, account_id = stack.get("node_groups", {}), stack.get("account_id", "")
    wrong = {
        "account_id": account_problems("account_id", stack["account_id"]) if "account_id" in stack else [],
        "network": within("network", network_spec.problems(stack["network"], region)) if "network" in stack else [],
        "cluster": within("cluster", cluster_spec.problems(stack["cluster"], stack["tier"], account_id, region))
        if "cluster" in stack
        else [],
        "node_groups": [text for name, group in groups.items() for text in _group_problems(name, group)],
        "tags": tag_problems("tags", stack.get("tags", {}), RESERVED_TAGS),
        "addons": within("addons", cluster_addons_spec.problems(stack.get("addons", {}))),
    }
    found = [text for texts in wrong.values() for text in texts]
    for account in stack.get("pull_account_ids", []):
        found += account_problems("pull_account_ids", account)

    def right(*keys: str) -> bool:
        return all(key in stack and not wrong.get(key) for key in keys)

    if right("cluster", "node_release_version"):
        version = stack["cluster"]["version"]
        found += node_group_spec.release_problems("node_release_version", stack["node_release_version"], version)
    if right("cluster", "network") and "service_cidr" in stack["cluster"] and "existing" not in stack["network"]:
        vpc = stack["network"].get("cidr", network_spec.DEFAULT_CIDR)
        found += overlap_problems("cluster.service_cidr", stack["cluster"]["service_cidr"], vpc, "the VPC")
    if right("node_groups") and not any(_takes_system_pods(group) for group in groups.values()):
        expected = f"an on-demand group without taints but {SYSTEM_TAINT_KEY}, with at least one node"
        found.append(problem("node_groups", "no place for the cluster's own pods", list(groups), expected))
    return found


def _group_problems(name: str, group: NodeGroupSpec) -> list[str]:
    path = f"node_groups.{name}"
    return dns_label_problems(path, name, longest=20) + within(path, node_group_spec.problems(group))


def _takes_system_pods(group: NodeGroupSpec) -> bool:
    keys = {taint["key"] for taint in group.get("taints", [])}
    on_demand = group.get("capacity", ON_DEMAND) == ON_DEMAND
    return on_demand and group["min_size"] > 0 and keys <= {SYSTEM_TAINT_KEY}


def team_problems(name: str, team: TeamFileSpec) -> list[str]:
    """What is wrong with one team file beyond its types."""
    found = team_name_problems("(name of the team)", name) + team_spec.problems(team)
    for app_name, app in team.get("apps", {}).items():
        found += app_spec.name_problems(f"apps.{app_name}", app_name)
        found += within(f"apps.{app_name}", app_spec.problems(app))
        if app.get("aws_permissions"):
            found += role_name_problems(f"apps.{app_name}", f"{name}.{app_name}")
        expected = f"one of {', '.join(team['namespaces'])}"
        if app.get("namespace", "") not in {"", *team["namespaces"]}:
            found.append(problem(f"apps.{app_name}.namespace", "not the team's", app.get("namespace"), expected))
        elif "namespace" not in app and name not in team["namespaces"] and len(team["namespaces"]) > 1:
            found.append(f"apps.{app_name}.namespace: missing key; expected {expected}")
    return found


def namespace_of(name: str, team: TeamFileSpec, app: TeamAppSpec) -> str:
    """The namespace in which an app of a team runs. The order of a mapping's keys decides nothing: see `team_problems`."""
    return app.get("namespace", name if name in team["namespaces"] else next(iter(team["namespaces"])))


def apps(teams: Mapping[str, TeamFileSpec]) -> Iterator[tuple[str, str, TeamAppSpec, str]]:
    """Every app with its team, its name and its namespace."""
    for team_name, team in teams.items():
        for app_name, app in team.get("apps", {}).items():
            yield team_name, app_name, app, namespace_of(team_name, team, app)


def tenancy_problems(teams: Mapping[str, TeamFileSpec]) -> list[str]:
    """What is wrong between teams, by their names alone; each with the team's file before it."""
    found = _shared_namespaces(teams)
    known = {f"{namespace}/{app}" for _, app, _, namespace in apps(teams)}
    for team, name, app, namespace in apps(teams):
        for index, other in enumerate(app.get("uses", [])):
            if other == f"{namespace}/{name}":
                found.append(problem(f"{team}.yaml: apps.{name}.uses.{index}", "the app itself", other, "another app"))
            if APP_OF_NAMESPACE.fullmatch(other) and other not in known:
                what = f"no such app{did_you_mean(other, known)}"
                names = ", ".join(sorted(known)) if len(known) <= MOST_NAMES_IN_A_LINE else f"one of {len(known)}"
                expected = f"an app of this environment: {names}"
                found.append(problem(f"{team}.yaml: apps.{name}.uses.{index}", what, other, expected))
    return found


def room_problems(stack: StackSpec, teams: Mapping[str, TeamFileSpec]) -> list[str]:
    """What is wrong between apps, quotas and nodes that are right in themselves; each with the team's file before it."""
    found = []
    for team, name, app, _ in apps(teams):
        found += node_problems(f"{team}.yaml: apps.{name}", app, stack)
    for owner, settings in teams.items():
        for namespace in settings["namespaces"]:
            of_apps = settings.get("apps", {})
            mine = {key: app for key, app in of_apps.items() if namespace_of(owner, settings, app) == namespace}
            quota = settings["namespaces"][namespace]["quota"]
            found += quota_problems(f"{owner}.yaml: namespaces.{namespace}", quota, mine, stack["tier"])
    return found


def account_fit_problems(
    stack: StackSpec, teams: Mapping[str, TeamFileSpec], environment: str, region: str
) -> list[str]:
    """What is wrong between the people and repositories of teams that are right and the account and its administrators."""
    found = number_problems(
        (f"{team}.yaml: github_repositories.{index}", repository)
        for team, settings in teams.items()
        for index, repository in enumerate(settings.get("github_repositories", []))
    )
    for owner, settings in teams.items() if "cluster" in stack else ():
        found += within_file(owner, people_problems(settings, stack["cluster"], f"{environment}-{owner}", region))
        found += within_file(owner, trust_problems(settings, environment, stack["account_id"], region))
    return found


def within_file(team: str, found: list[str]) -> list[str]:
    """Problems with the team's file before them."""
    return [f"{team}.yaml: {text}" for text in found]


def _shared_namespaces(teams: Mapping[str, TeamFileSpec]) -> list[str]:
    owners: dict[str, str] = {}
    found = []
    for name, team in teams.items():
        for namespace in team["namespaces"]:
            owner = owners.setdefault(namespace, name)
            if owner != name:
                expected = f"a namespace of its own: infra/teams/{owner}.yaml has this one"
                found.append(problem(f"{name}.yaml: namespaces.{namespace}", "two teams'", namespace, expected))
    return found
