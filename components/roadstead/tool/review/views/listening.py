"""The ports at which pods say that they listen."""

from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.network_policy import Port
from roadstead.tool.review.views.reading import Unread, once_a_graph
from roadstead.tool.review.views.whole import number, one_of, seen, whole
from roadstead.tool.review.views.workload import Workload, declared


class Listening(NamedTuple):
    """A port of a container."""

    name: str
    port: Port

    def is_let_through(self, port: Port) -> bool:
        """Whether a port of a rule, by number or by name, means this one."""
        is_named = self.name != "" and port.first == self.name and port.protocol in ("", self.port.protocol)
        return is_named or port.covers(self.port)


@once_a_graph
def listening(graph: Graph) -> dict[tuple[str, str], tuple[Listening, ...]]:
    """By namespace and name of a workload; those that say nothing, or cannot be read, are not in it."""
    said = {each.called: _ports(each) for each in declared(graph) if each.called}
    return {called: ports for called, ports in said.items() if ports and not isinstance(ports, Unread)}


@whole
def _ports(workload: Workload) -> tuple[Listening, ...]:
    return tuple(
        Listening(
            seen(place.at("name").text()) or "",
            Port(one_of(place.at("protocol"), ("TCP", "UDP", "SCTP"), "TCP"), *[str(number(place.at("containerPort")))] * 2),
        )
        for container in seen(workload.pod.containers)
        for place in seen(container.place.at("ports").items())
    )  # fmt: skip
