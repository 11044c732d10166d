"""What a namespace's objects may have beyond the least: annotations of the namespace, which only the platform can write.

A team has no right on namespaces, so it cannot change them; the API server has every namespace at hand, so it costs no look-up.
"""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import NamedTuple, NotRequired

from typing_extensions import TypedDict

from roadstead.core.forms import host_problems
from roadstead.core.problems import problem, spec, within
from roadstead.network.cidrs import cidr_problems
from roadstead.network.egress_spec import EgressSpec, egress_problems

PREFIX = "roadstead.dev/allowed-"
"""What the names of the annotations begin with. Their values are words with a space between them."""
SYSTEM_PRIORITY = "system-"


@spec
class AllowedSpec(TypedDict):
    """What the objects of a namespace may have, beside what every team's may."""

    images: NotRequired[list[str]]
    """Image repositories beside the team's own, e.g. "public.ecr.aws/docker/library/redis"; with "/" at its end, all below it. Default: none."""
    hosts: NotRequired[list[str]]
    """Names that ingresses and routes may answer for, e.g. "pay.example.com", or "*.pay.example.com" for all below it. Default: none."""
    balancers: NotRequired[list[str]]
    """Groups of ingresses (`alb.ingress.kubernetes.io/group.name`) that share a load balancer with others. Default: none."""
    priority_classes: NotRequired[list[str]]
    """Priority classes that pods may have. Default: none, so all are equal."""
    taints: NotRequired[list[str]]
    """Keys of node taints that pods may tolerate, beside those of spot nodes. Default: none."""
    node_labels: NotRequired[list[str]]
    """Keys of node labels that pods may choose nodes by, beside zone, region, architecture, system and capacity. Default: none."""
    egress: NotRequired[list[EgressSpec]]
    """Parts of the network that network policies may open a way to, beside what the team's apps say. Default: none."""
    ingress: NotRequired[list[str]]
    """IPv4 blocks that network policies may let in, e.g. those of load balancers. Default: none."""


class Allowed(NamedTuple):
    """The same, as the rules read it."""

    images: tuple[str, ...] = ()
    """What an image's name may begin with."""
    hosts: tuple[str, ...] = ()
    balancers: tuple[str, ...] = ()
    priority_classes: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    node_labels: tuple[str, ...] = ()
    egress: tuple[str, ...] = ()
    """Each `<block>:<port>`."""
    ingress: tuple[str, ...] = ()


def allowed(said: AllowedSpec) -> Allowed:
    """What a spec allows."""
    egress = [f"{block['cidr']}:{port}" for block in said.get("egress", []) for port in block["ports"]]
    images = [start for name in said.get("images", []) for start in starts(name)]
    rest = {key: tuple(said[key]) for key in Allowed._fields if key in said and key not in ("images", "egress")}  # type: ignore[literal-required]
    return Allowed(images=tuple(images), egress=tuple(dict.fromkeys(egress)), **rest)


def starts(name: str) -> list[str]:
    """What the names of a repository's images begin with; of all repositories below a name that ends with "/"."""
    return [name] if name.endswith("/") else [f"{name}@", f"{name}:"]


def annotations(what: Allowed) -> dict[str, str]:
    """The annotations of a namespace."""
    return {annotation(key): " ".join(words) for key, words in what._asdict().items() if words}


def read(body: Mapping[str, str]) -> Allowed:
    """What the annotations of a namespace allow."""
    return Allowed(*(tuple(filter(None, body.get(annotation(key), "").split(" "))) for key in Allowed._fields))


def annotation(field: str) -> str:
    """The annotation that holds a field."""
    return PREFIX + field.replace("_", "-")


def in_cel(field: str) -> str:
    """The words of a field, of the namespace that a request is about."""
    return (
        f"namespaceObject.metadata.?annotations[?'{annotation(field)}'].orValue('').split(' ').filter(word, word != '')"
    )


def problems(said: AllowedSpec) -> list[str]:
    """What the types cannot say about it."""
    found = []
    lists: dict[str, list[str]] = {key: said[key] for key in Allowed._fields if key in said and key != "egress"}  # type: ignore[literal-required]
    for key, words in lists.items():
        for index, word in enumerate(words):
            if not word or any(char.isspace() for char in word):
                found.append(problem(f"{key}.{index}", "no single word", word, "text without spaces"))
    for index, name in enumerate(said.get("priority_classes", [])):
        if name.startswith(SYSTEM_PRIORITY):
            expected = "a class of the platform's own: those of the system evict everybody's pods"
            found.append(problem(f"priority_classes.{index}", "a class of the system", name, expected))
    for index, host in enumerate(said.get("hosts", [])):
        found += host_problems(f"hosts.{index}", host)
    for index, egress in enumerate(said.get("egress", [])):
        found += within(f"egress.{index}", egress_problems(egress))
    for index, cidr in enumerate(said.get("ingress", [])):
        found += cidr_problems(f"ingress.{index}", cidr)
    return found


def covers(block: str, other: str) -> bool:
    """Whether a block holds another one; what is no block is in none."""
    try:
        outer, inner = ip_network(block, strict=False), ip_network(other, strict=False)
    except ValueError:
        return False
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]
