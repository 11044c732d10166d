"""What of a stack can be reached from outside: as sets of things and addresses, so that what is moved or narrowed is no news."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.blocks import EVERYWHERE, NOWHERE, Blocks
from roadstead.tool.review.exposure import policy_openings, security_groups
from roadstead.tool.review.exposure.opening import Opening
from roadstead.tool.review.exposure.reach import changed, is_large, where
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.network_policy import read_blocks
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.whole import needed, seen, whole
from roadstead.tool.review.views.workload import Workload, declared

ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
"""Of the Gateway API: what is behind a gateway that is there already."""
_SCHEMES = (
    "alb.ingress.kubernetes.io/scheme",
    "service.beta.kubernetes.io/aws-load-balancer-scheme",
    "service.beta.kubernetes.io/aws-load-balancer-internal",
)
INTERNAL = Blocks.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_HOSTS = 3
"""How many hosts a sentence names before it only counts."""


@dataclass(frozen=True)
class _Open:
    """Something that is open, new or not."""

    resource: Resource
    what: str
    """With `{where}` where the addresses are said."""
    things: frozenset[Hashable]
    """What is open, by what it is to others."""
    blocks: Blocks = EVERYWHERE
    """To whom."""
    keys: tuple[str, ...] = ()
    is_server: bool = False
    """Whether it is the API server, which half an internet must not reach."""


def newly_open(base: Graph | None, head: Graph) -> Iterator[Opening | Unread]:
    """What can be reached from outside the cluster and could not before, or what cannot be read of it."""
    yield from _of_single_things(base, head)
    for said in (*policy_openings.newly_open(base, head), *security_groups.newly_open(base, head)):
        if isinstance(said, Opening) or changed(said, base):
            yield said


def _of_single_things(base: Graph | None, head: Graph) -> Iterator[Opening | Unread]:
    before: dict[Hashable, Blocks] = {}
    hidden: list[Unread] = []
    for old in _open(base) if base else ():
        if isinstance(old, Unread):
            hidden.append(old)
        else:
            before |= {thing: before.get(thing, NOWHERE) | old.blocks for thing in old.things}
    for new in _open(head):
        if isinstance(new, Unread):
            if changed(new, base):
                yield new
            continue
        left = NOWHERE
        for thing in new.things:
            left |= new.blocks - before.get(thing, NOWHERE)
        unread = next((each for each in hidden if each.resource.urn == new.resource.urn), None)
        if unread is not None and changed(unread, head):
            yield unread
        elif left and unread is None:
            severity = Severity.ERROR if new.is_server and is_large(left) else Severity.WARNING
            yield Opening(new.resource, new.what.format(where=where(left)), severity, new.keys)


def _open(graph: Graph) -> Iterator[_Open | Unread]:
    for cluster in graph.of_type("aws:eks/cluster:Cluster"):
        yield from _present(_server(Place.of(cluster)))
    for made in objects_of(graph, "Ingress", "Gateway", *ROUTES):
        yield from _present(_entrance(made))
    for made in objects_of(graph, "Service"):
        yield from _present(_service(made))
    for workload in declared(graph):
        yield from _present(_on_the_node(workload))
    for made_by_aws in graph.of_type("aws:lb/loadBalancer:LoadBalancer"):
        yield from _present(_balancer(Place.of(made_by_aws)))
    for made_by_aws in graph.of_type("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"):
        yield from _present(_database(Place.of(made_by_aws)))


def _present(opened: _Open | Unread | None) -> Iterator[_Open | Unread]:
    if opened is not None:
        yield opened


@whole
def _server(place: Place) -> _Open | None:
    network = place.at("vpcConfig")
    if not seen(network.at("endpointPublicAccess").boolean()):
        return None
    name = seen(place.at("name").text()) or place.resource.name
    cidrs = network.at("publicAccessCidrs")
    # Without a list EKS lets everybody in.
    blocks = needed(cidrs, read_blocks(seen(cidrs.texts()) or ["0.0.0.0/0"]), "blocks such as 10.0.0.0/16")
    what = f"The API server of {_plain(name)} answers to {{where}}"
    return _Open(place.resource, what, frozenset([("server", name)]), blocks, ("public_access_cidrs",), is_server=True)


@whole
def _entrance(made: KubernetesObject) -> _Open:
    """An Ingress, a Gateway, or a route behind one: by its hosts, whatever it is called itself."""
    rules = seen(made.place.at("spec", "rules").items()) if made.kind == "Ingress" else []
    hosts = [host for rule in rules if (host := seen(rule.at("host").text()))]
    if made.kind in ROUTES:
        hosts = seen(made.place.at("spec", "hostnames").texts())
    does = "leads from a gateway into the cluster" if made.kind in ROUTES else "takes requests from outside the cluster"
    what = f"{made.kind} {_plain(str(made))} {does}" + (f" for {_plain(some(hosts, _HOSTS))}" if hosts else "")
    things = frozenset((made.kind, host) for host in hosts) or frozenset([(made.kind, str(made))])
    return _Open(made.resource, what, things, _to_whom(made))


@whole
def _service(made: KubernetesObject) -> _Open | None:
    spec = made.place.at("spec")
    type_ = seen(spec.at("type").text())
    if type_ not in ("LoadBalancer", "NodePort"):
        return None
    ranges = spec.at("loadBalancerSourceRanges")
    cidrs = seen(ranges.texts()) if type_ == "LoadBalancer" else []
    blocks = needed(ranges, read_blocks(cidrs), "blocks such as 10.0.0.0/16") if cidrs else _to_whom(made)
    selector = tuple(sorted(seen(spec.at("selector").labels()).items())) or (str(made),)
    what = f"Service {_plain(str(made))} takes connections from outside the cluster ({type_})"
    return _Open(made.resource, what, frozenset([(type_, seen(made.namespace), selector)]), blocks)


def _to_whom(made: KubernetesObject) -> Blocks:
    """Who reaches a load balancer: the private networks alone where it says so. Only within a function that is `whole`."""
    said = seen(made.place.at("metadata", "annotations").entries())
    schemes: Mapping[str, Place] = {key: said[key] for key in _SCHEMES if key in said}
    return INTERNAL if any(seen(each.text()) in ("internal", "true") for each in schemes.values()) else EVERYWHERE


@whole
def _on_the_node(workload: Workload) -> _Open | None:
    """Pods that listen on the network of their node."""
    pod = workload.pod.spec
    ports = [
        port.at("hostPort")
        for kind in ("containers", "initContainers")
        for container in seen(pod.at(kind).items())
        for port in seen(container.at("ports").items())
    ]
    on_host = seen(pod.at("hostNetwork").boolean())
    if not on_host and not any(seen(port.number()) for port in ports):
        return None
    what = f"{_plain(str(workload))} listens on the network of its node"
    return _Open(workload.resource, what, frozenset([("node", str(workload))]))


@whole
def _balancer(place: Place) -> _Open | None:
    if seen(place.at("internal").boolean()):
        return None
    name = place.resource.name
    return _Open(
        place.resource, f"Load balancer {_plain(name)} answers to the internet", frozenset([("balancer", name)])
    )


@whole
def _database(place: Place) -> _Open | None:
    if not seen(place.at("publiclyAccessible").boolean()):
        return None
    name = place.resource.name
    return _Open(
        place.resource, f"Database {_plain(name)} has an address on the internet", frozenset([("database", name)])
    )


def _plain(text: str) -> str:
    """Text in a template."""
    return text.replace("{", "{{").replace("}", "}}")
