"""Pods that the network agent's strict mode leaves without any connection, because no network policy is about them.

https://github.com/aws/amazon-vpc-cni-k8s#network_policy_enforcing_mode-v1171
"""

from collections.abc import Iterator

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.exposure.reach import Pods, known, over
from roadstead.tool.review.views.addon import ADDON
from roadstead.tool.review.views.network_policy import DIRECTIONS
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.workload import declared

CNI, SYSTEM = "vpc-cni", "kube-system"
_MODE = ("env", "NETWORK_POLICY_ENFORCING_MODE")


def cut_off(graph: Graph) -> dict[tuple[str, str], Pods | Unread]:
    """What runs on pods' own network and no policy selects, while the mode is strict; and what keeps anybody from saying so."""
    on_nodes = {workload.called for workload in declared(graph) if workload.pod.spec.at("hostNetwork").value is True}
    found = dict[tuple[str, str], Pods | Unread]()
    for made in graph.of_type(ADDON):
        if Place.of(made).at("addonName").value != CNI:
            continue
        mode = Place.of(made).at("configurationValues").document().at(*_MODE).text()
        if isinstance(mode, Unread):
            found[CNI, ""] = mode
        elif mode == "strict":
            system = Pods(made, SYSTEM, "*", {})
            found |= {pods.key: pods for pods in (system, *known(graph).values()) if pods.key not in on_nodes}
    return {key: pods for key, pods in found.items() if isinstance(pods, Unread) or not any(_policies(graph, pods))}


def _policies(graph: Graph, pods: Pods) -> Iterator[bool]:
    return (bool(over(graph, pods, way)) for way in DIRECTIONS)
