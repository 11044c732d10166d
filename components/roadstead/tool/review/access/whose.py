"""Whom a finding is about: their resource, their team, and what kind of somebody they are."""

from collections.abc import Iterable
from dataclasses import replace

from roadstead.identity.boundary import TEAM_TAG
from roadstead.tool.offline.graph import EXAMPLE_ACCOUNT_ID, Graph, Resource
from roadstead.tool.review.access.matrix import ENTRY_OF, Cell
from roadstead.tool.review.difference.made_up import leaves
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.access_entry import AccessEntry, entries
from roadstead.tool.review.views.guarded import KEY, REPOSITORY
from roadstead.tool.review.views.namespace import teams
from roadstead.tool.review.views.pod_template import makes_no_pods
from roadstead.tool.review.views.principal import Principal, principals
from roadstead.tool.review.views.rbac import rbac_bindings
from roadstead.tool.review.views.reading import Place, once_a_graph, once_for_both
from roadstead.tool.review.views.reference import arn_of

PEOPLE_AND_CI, APPS, OTHERS = "people and CI", "apps", "others"


@once_for_both(makes_no_pods)
def roles(graph: Graph) -> dict[str, Principal]:
    """The roles and users by their names."""
    return {role.name: role for role in principals(graph).by_arn.values()}


def team_of(graph: Graph, who: str) -> str:
    """Whose somebody is: by the tag of a role or an entry, by our names of groups, by the namespace of a service account."""
    if who in roles(graph):
        return roles(graph)[who].tags.get(TEAM_TAG, "")
    if entry := _entry(graph, who):
        tags = Place.of(entry.resource).at("tags").labels()
        return tags.get(TEAM_TAG, "") if isinstance(tags, dict) else ""
    if who.startswith("ServiceAccount "):
        return teams(graph).get(who.removeprefix("ServiceAccount ").partition("/")[0], "")
    parts = who.split(":")
    return parts[1] if parts[0] == "roadstead" and len(parts) == 3 else ""


def kind_of(graph: Graph, who: str) -> str:
    """Whether somebody is people or CI, an app, or anything else that has a role."""
    if who.startswith("ServiceAccount "):
        return APPS
    role = roles(graph).get(who)
    if role is None or role.arn in {entry.principal for entry in entries(graph)}:
        return PEOPLE_AND_CI
    if {kind for each in role.trust.statements for kind in each.get("Principal", {})} & {"AWS", "Federated"}:
        return PEOPLE_AND_CI
    return APPS if role.tags.get(TEAM_TAG) else OTHERS


def about(graph: Graph, who: str, cells: Iterable[Cell] = ()) -> Resource:
    """The resource that a finding about somebody is about.

    Their role, their access entry, their binding, whatever names them, or the key or image repository that lets them in.
    """
    if who in roles(graph):
        return roles(graph)[who].resource
    if entry := _entry(graph, who):
        return entry.resource
    for binding in rbac_bindings(graph):
        if any(subject.name.rpartition("/")[2] in who for subject in binding.subjects):
            return binding.resource
    concerned = {cell.what for cell in cells}
    made = sorted((made for made in graph.resources.values() if made.custom), key=lambda made: made.urn)
    for resource in made:
        if any(who in text for _, text in leaves(resource.inputs) if isinstance(text, str)):
            return resource
    kinds = {KEY: "key", REPOSITORY: "images"}
    return next((one for one in made if f"{kinds.get(one.type)} {one.name}" in concerned), made[0])


def _entry(graph: Graph, who: str) -> AccessEntry | None:
    return next(
        (entry for entry in entries(graph) if who in (entry.principal, f"{ENTRY_OF} {entry.resource.name}")), None
    )


def is_of_another_account(who: str, graph: Graph) -> bool:
    """Whether it is an ARN of an account in which the graph makes nothing."""
    own = _accounts(graph)
    return who.startswith("arn:") and bool(own) and EXAMPLE_ACCOUNT_ID not in own and _account(who) not in own


@once_a_graph
def _accounts(graph: Graph) -> set[str]:
    arns = map(arn_of, graph.resources.values())
    return {_account(arn) for arn in arns if arn.startswith("arn:") and arn.count(":") >= 5}


def _account(arn: str) -> str:
    return [*arn.split(":"), "", "", "", "", ""][4]


def of_several(
    graph: Graph, resource: Resource, rule: str, severity: Severity, what: str, do: str, is_one_teams: bool
) -> Finding:
    """A finding about several of whom this is the first: where they are not one team's, no team's file is to blame."""
    found = finding(graph, resource, rule, severity, what, do)
    return found if is_one_teams else replace(found, file=None, key=None)
