"""Who administers a whole cluster."""

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.trusts import trusts
from roadstead.tool.review.views.access_entry import associations, entries
from roadstead.tool.review.views.principal import ROLE
from roadstead.tool.review.views.principal import principals as principals_of
from roadstead.tool.review.views.reading import Place, Unread

EKS = "aws:eks/cluster:Cluster"
ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"


def administrators(graph: Graph) -> set[str]:
    """ARNs of the principals that administer the whole cluster and may sign in to it, as far as they can be read."""
    modes = [Place.of(made).at("accessConfig", "authenticationMode").text() for made in graph.of_type(EKS)]
    if "CONFIG_MAP" in modes:
        return set()  # Access entries do not count.
    taken_on = trusts(graph)
    nobodys = {
        role.arn
        for role in principals_of(graph).by_arn.values()
        if role.resource.type == ROLE and not role.trust.unread and not taken_on.get(role.name)
    }
    administer = {
        each.principal for each in associations(graph) if each.policy == ADMIN_POLICY and each.namespaces is None
    }
    return {entry.principal for entry in entries(graph) if isinstance(entry.principal, str)} & administer - nobodys


def unread_of_administrators(graph: Graph) -> list[Unread]:
    """What might make one more administrator."""
    hidden = [unread for each in associations(graph) for unread in each.unread]
    known = {entry.principal for entry in entries(graph) if isinstance(entry.principal, str)}
    if all(each.principal in known for each in associations(graph)):
        return hidden
    return hidden + [entry.principal for entry in entries(graph) if isinstance(entry.principal, Unread)]
