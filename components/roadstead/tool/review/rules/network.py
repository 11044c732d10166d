"""Whether a change opens the way out of pods, closes a way that they had, takes their policies away, or leaves one NAT gateway.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterator
from fractions import Fraction
from math import inf

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.exposure.cut import cut
from roadstead.tool.review.exposure.dead import deserted
from roadstead.tool.review.exposure.reach import (
    Allowed,
    Pods,
    before,
    beyond,
    changed,
    is_large,
    known,
    on,
    over,
    rules_of,
    unread,
    where,
)
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.protection.row import MODEST, SERIOUS, graded
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.kubernetes_object import objects_of
from roadstead.tool.review.views.namespace import namespaces
from roadstead.tool.review.views.network_policy import DIRECTIONS, EGRESS, INGRESS, Rule
from roadstead.tool.review.views.reading import Place

ANYWHERE, WIDER, OPEN, CUT, NAT = IDS = (
    "network/egress-anywhere",
    "network/wider-policy",
    "network/not-isolated",
    "network/cut-off",
    "network/single-nat",
)
NAMED = 5
_PORTS = 65536


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What pods may reach, and who reaches them, that was closed; and what a network can no longer bear."""
    if diff.base is None or diff.head is None or not diff.changes:
        return
    for missed in unread(diff.head):
        if changed(missed, diff.base):
            yield Undecided((ANYWHERE, WIDER, OPEN, CUT), missed)
    yield from _wider(diff.base, diff.head)
    yield from _not_isolated(diff.base, diff.head)
    yield from _cut_off(diff.base, diff.head)
    yield from _deserted(diff.base, diff.head)
    yield from _nat(diff.base, diff.head)


def _wider(base: Graph, head: Graph) -> Iterator[Finding]:
    """Pods whose policies let more through. Those of one cause are said together."""
    alike: dict[tuple[str, Severity, str], list[tuple[Pods, Resource]]] = {}
    for pods in known(head).values():
        for way in DIRECTIONS:
            policies = over(head, pods, way)
            said = _more(base, head, pods, way, rules_of(policies, way)) if policies else None
            if said is not None:
                first = min((policy.resource for policy in policies), key=lambda made: _weight(base, made))
                alike.setdefault(said, []).append((pods, first))
    for (rule, severity, what), each in alike.items():
        names = some(sorted(str(pods) for pods, _ in each), NAMED)
        resource = min((made for _, made in each), key=lambda made: made.urn)
        do = (
            "Name the blocks and ports that it needs; or confirm it."
            if rule == ANYWHERE
            else "Confirm that it is needed."
        )
        yield finding(head, resource, rule, severity, what.format(names=names), do)


def _weight(base: Graph, made: Resource) -> tuple[bool, str]:
    """Policies that the change brings or changes come first."""
    old = base.resources.get(made.urn)
    return old is not None and old.inputs == made.inputs, made.urn


def _more(base: Graph, head: Graph, pods: Pods, way: str, rules: list[Rule]) -> tuple[str, Severity, str] | None:
    """What pods may have that they could not, as a rule, how bad it is and a sentence; nothing where that is nothing."""
    options = before(base, head, pods, way)
    is_new = pods.key not in known(base)
    more = [beyond(rules, option, head, base) for option in options or [[]]]
    if not all(more):
        return None
    least = more[0]
    if way == EGRESS and (is_large(least.blocks) or least.every_namespace):
        severity = Severity.NOTE if is_new else graded(SERIOUS, head)
        return (
            ANYWHERE,
            severity,
            f"Pods of {{names}} may reach {_whom(least)}, which they could not before: data may leave.",
        )
    if is_new or not all(_volume(rules) > _volume(option) for option in options):
        return None
    if is_large(least.blocks) or least.every_namespace:  # Who reaches pods from everywhere is `workload/newly-public`.
        return None
    does = "may reach" if way == EGRESS else "can be reached from"
    return WIDER, Severity.NOTE, f"Pods of {{names}} {does} {_whom(least)}, which was closed before."


def _whom(allowed: Allowed) -> str:
    whom = [where(allowed.blocks)] if allowed.blocks else []
    whom += ["pods of every namespace"] if allowed.every_namespace else []
    return " and ".join(whom) + on(allowed.ports)


def _volume(rules: list[Rule]) -> Fraction | float:
    """How much is let through: addresses times ports. What is moved is as much as before."""
    total = Fraction(0)
    for rule in rules:
        v4, v6 = rule.blocks.size
        ports = [
            int(port.last) - int(port.first) + 1 if port.first.isdecimal() and port.last.isdecimal() else 1
            for port in rule.ports
            if port.first
        ]
        if rule.blocks:
            total += (v4 + v6) * (sum(ports) if len(ports) == len(rule.ports) else _PORTS)
    return total or (inf if not rules else total)


def _not_isolated(base: Graph, head: Graph) -> Iterator[Finding]:
    """Pods that network policies were about, and none is any more."""
    there, now = {**known(base), **_others(base)}, {**known(head), **_others(head)}
    for way in DIRECTIONS:
        bare = [
            pods
            for key, pods in now.items()
            if key in there and over(base, there[key], way) and not over(head, pods, way)
        ]
        if bare:
            names = some(sorted(map(str, bare)), NAMED)
            does = "everybody in the cluster may connect to them" if way == INGRESS else "they may connect to everybody"
            what = f"No network policy is about the {'incoming' if way == INGRESS else 'outgoing'} connections of {names} any more: {does}."
            resource = min((pods.resource for pods in bare), key=lambda made: made.urn)
            yield finding(
                head, resource, OPEN, graded(SERIOUS, head), what, "Keep a policy that closes what nobody opens."
            )


def _cut_off(base: Graph, head: Graph) -> Iterator[Finding]:
    """Pods that stay and lose a way that was let through. Those that lose the same are said together."""
    alike: dict[tuple[str, tuple[str, ...], Severity], list[Pods]] = {}
    for each in cut(base, head):
        alike.setdefault((each.way, each.whom, each.severity), []).append(each.pods)
    for (way, whom, severity), pods in alike.items():
        does = "reach" if way == EGRESS else "be reached by"
        names = some(sorted(map(str, pods)), NAMED)
        what = (
            f"{names} can no longer {does} {some(whom, NAMED)}: the network policies that stay do not let it through."
        )
        resource = min((each.resource for each in pods), key=lambda made: made.urn)
        grade = graded(SERIOUS, head) if severity is Severity.WARNING else severity
        yield finding(head, resource, CUT, grade, what, "Keep the rule; or confirm that nobody needs it any more.")


def _deserted(base: Graph, head: Graph) -> Iterator[Finding]:
    for service in deserted(base, head):
        what, do = f"{service.what}: whoever calls it gets no answer.", "Let the selector be labels of the pods."
        yield finding(head, service.resource, CUT, service.severity, what, do)


def _others(graph: Graph) -> dict[tuple[str, str], Pods]:
    """For each namespace the pods that the program does not declare, with labels that nobody knows."""
    made = {each.name: each.resource for each in objects_of(graph, "Namespace")}
    return {(name, ""): Pods(made[name], name, "*", {}) for name in namespaces(graph) if name in made}


def _nat(base: Graph, head: Graph) -> Iterator[Finding]:
    """A network with fewer ways out than it had, and than it has zones.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    """
    was, now = _ways_out(base), _ways_out(head)
    zones = {Place.of(made).at("availabilityZone").value for made in head.of_type("aws:ec2/subnet:Subnet")}
    gateways = head.of_type("aws:ec2/natGateway:NatGateway")
    if not now < was or not now < len(zones) or not gateways:
        return
    first = min(gateways, key=lambda made: made.urn)
    loss = "every pod loses its way out" if now == 1 else "pods in other zones lose their way out too"
    what = f"The network has {now} NAT gateway{'s' if now > 1 else ''} in use instead of {was} for {len(zones)} zones: with the loss of a zone {loss}."
    do = "Keep one in each zone."
    yield finding(head, first, NAT, graded(MODEST, head), what, do)


def _ways_out(graph: Graph) -> int:
    """How many NAT gateways routes lead to; all where no route says so."""
    gateways = [Place.of(made).at("natGatewayId").value for made in graph.of_type("aws:ec2/route:Route")]
    used = {str(gateway) for gateway in gateways if gateway}
    return len(used) or len(graph.of_type("aws:ec2/natGateway:NatGateway"))
