"""A part of the network, as a way out of the cluster's own, without Pulumi."""

from typing_extensions import TypedDict

from roadstead.core.problems import problem, spec
from roadstead.network.cidrs import cidr_problems

MOST_PORT = 65535


@spec
class EgressSpec(TypedDict):
    """A part of the network that an app may open connections to."""

    cidr: str
    """IPv4 block, e.g. "10.0.8.0/24"; "0.0.0.0/0" for anywhere."""
    ports: list[int]
    """TCP ports, e.g. [5432]."""


def egress_problems(egress: EgressSpec) -> list[str]:
    """What the types cannot say about it."""
    found = cidr_problems("cidr", egress["cidr"])
    for index, port in enumerate(egress["ports"]):
        found += port_problems(f"ports.{index}", port)
    return found if egress["ports"] else [*found, problem("ports", "none", [], "at least one TCP port")]


def port_problems(path: str, port: int) -> list[str]:
    """Whether there is such a port."""
    return [] if 1 <= port <= MOST_PORT else [problem(path, "no TCP port", port, f"1 to {MOST_PORT}")]
